import { Construct } from 'constructs';
import { Names } from '../kube/names.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import type { SecretKey, Secrets } from '../kube/pod-set.js';
import type { ContainerResources } from '../kube/resources.js';
import type { Auth, AuthSource } from './auth.js';
import { GeneratedSecret } from './generated-secret.js';
import { type ListedUser, VERIFICATION_USER } from './users.js';

export interface PasswordProps extends PartProps {
  readonly auth: Auth;
  /** Users with passwords of their own. */
  readonly listed: readonly ListedUser[];
  /** Node's, for the Job that makes a Secret. */
  readonly image: string;
  /** Of that Job. */
  readonly resources: ContainerResources;
}

/** The Secrets that hold the passwords, and the objects that they come from, if they do not exist already. */
export class Password extends Construct {
  /** Names and keys of the Secrets with the passwords. */
  readonly secrets: Secrets;

  constructor(scope: Construct, id: string, props: PasswordProps) {
    super(scope, id);
    this.secrets = secretsOf(props.topology, props.auth);
    const { servers } = this.secrets;
    if (!servers) return;
    const further = props.listed.flatMap(({ secret }) => (secret.name === servers.name ? secret.key : []));
    this.addObjects(props, props.auth.source, servers, further);
  }

  private addObjects(
    props: PasswordProps,
    source: AuthSource,
    { name, key }: SecretKey,
    further: readonly string[],
  ): void {
    switch (source.kind) {
      case 'none':
      case 'secret':
        break;
      case 'literal':
        addObject(this, 'Resource', 'Secret', metadata(props, name, 'secret'), {
          type: 'Opaque',
          stringData: Object.fromEntries([key, ...further].map((each) => [each, source.password])),
        });
        break;
      case 'external':
        addObject(this, 'Resource', 'ExternalSecret', metadata(props, name, 'secret'), {
          spec: externalSecret(source, name, key, further),
        });
        break;
      case 'generated':
        new GeneratedSecret(this, 'Generated', {
          ...props,
          secretName: name,
          secretKey: key,
          furtherKeys: further,
          length: source.length,
          image: source.image ?? props.image,
        });
    }
  }
}

/** The users whose passwords are under keys of Secrets, and where. */
export function listedUsers(topology: string, auth: Auth, withVerification: boolean): ListedUser[] {
  const servers = secretOf(topology, auth.source);
  if (!servers || !auth.users) return [];
  const listed = auth.users.map(({ name, secret = {} }) => ({
    name,
    secret: { name: secret.name ?? servers.name, key: secret.key ?? (secret.name === undefined ? name : 'password') },
  }));
  const verification = { name: VERIFICATION_USER, secret: { name: servers.name, key: VERIFICATION_USER } };
  return withVerification ? [...listed, verification] : listed;
}

/** Where the passwords are, whoever puts them there. */
export function secretsOf(topology: string, { source, sentinels }: Auth): Secrets {
  const servers = secretOf(topology, source);
  // A Secret that people make may lack its key: the pods start without it, and say in their logs what is missing.
  const others = sentinels?.secret && { ...sentinels.secret, optional: true };
  return { servers, sentinels: sentinels ? others : servers };
}

/** One that is made by its object here appears, and the pods wait for it; one that people make is optional. */
function secretOf(topology: string, source: AuthSource): SecretKey | undefined {
  const ofTopology = new Names(topology).secret;
  if (source.kind === 'none') return undefined;
  if (source.kind === 'secret') return { name: source.name ?? ofTopology, key: source.key, optional: true };
  return { name: ofTopology, key: 'password', optional: false };
}

/**
 * Also what the operator's API server fills in: a GitOps tool that compares would else show a difference for ever.
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
function externalSecret(
  source: Extract<AuthSource, { kind: 'external' }>,
  name: string,
  key: string,
  further: readonly string[],
) {
  const { store, remoteKey, property, refreshInterval } = source;
  const remoteRef = (from: string | undefined) => ({
    key: remoteKey,
    property: from,
    conversionStrategy: 'Default',
    decodingStrategy: 'None',
    metadataPolicy: 'None',
  });
  return {
    refreshInterval: `${refreshInterval?.toSeconds() ?? 3600}s`,
    secretStoreRef: { name: store.name, kind: store.kind ?? 'SecretStore' },
    target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
    data: [
      { secretKey: key, remoteRef: remoteRef(property) },
      // Of the same entry, each under its own name.
      ...further.map((each) => ({ secretKey: each, remoteRef: remoteRef(each) })),
    ],
  };
}
