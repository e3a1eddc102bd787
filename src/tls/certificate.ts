import { Construct } from 'constructs';
import { Names } from '../kube/names.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import type { TlsSecret } from '../kube/tls-volume.js';
import type { Tls, TlsSource } from './tls.js';

export interface CertificateProps extends PartProps {
  readonly tls: Tls;
  /** All names that somebody connects to. */
  readonly dnsNames: readonly string[];
  /** Those that exporters dial: their own pod. @default - none */
  readonly ipAddresses?: readonly string[];
}

/** The Secret with the certificate, and the object that it comes from, if it does not exist already. */
export class Certificate extends Construct {
  readonly secret: TlsSecret;

  constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    this.secret = tlsSecretOf(props.topology, props.tls);
    const { source } = props.tls;
    if (source.kind !== 'cert-manager') return;
    addObject(this, 'Resource', 'Certificate', metadata(props, this.secret.name), {
      spec: certificateSpec(source, this.secret.name, props),
    });
  }
}

/** Where the certificate is, whoever puts it there. */
export function tlsSecretOf(topology: string, { source, keys }: Tls): TlsSecret {
  const name = source.kind === 'secret' && source.name !== undefined ? source.name : new Names(topology).tls;
  return { name, keys };
}

/**
 * One certificate for all, as a server's and, for replication and between Sentinels, as a client's. Not the addresses of the
 * Services, which the cluster gives: whoever dials one names what it verifies.
 * @see https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificateSpec
 */
function certificateSpec(
  { issuer, duration, renewBefore }: Extract<TlsSource, { kind: 'cert-manager' }>,
  secretName: string,
  { dnsNames, ipAddresses }: CertificateProps,
): object {
  return {
    secretName,
    dnsNames,
    ipAddresses,
    duration: duration && `${duration.toSeconds()}s`,
    renewBefore: renewBefore && `${renewBefore.toSeconds()}s`,
    privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    usages: ['digital signature', 'server auth', 'client auth'],
    issuerRef: { group: 'cert-manager.io', kind: issuer.kind ?? 'Issuer', name: issuer.name },
  };
}
