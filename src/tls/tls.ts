import type { Duration } from 'cdk8s';
import type { TlsSecretKeys } from '../kube/tls-volume.js';

/** Whether servers and Sentinels ask whoever connects for a certificate of its own (`tls-auth-clients`). */
export type TlsClients = (typeof TLS_CLIENTS)[number];

export const TLS_CLIENTS = ['none', 'optional', 'required'] as const;

/**
 * How far TLS is turned on, or off, for a topology that runs. In both stages servers and Sentinels take plain text and TLS on the
 * same ports. `accept`: what is the topology's own still connects without TLS, and clients are told so. `prefer`: with it.
 */
export type TlsTransition = (typeof TLS_TRANSITIONS)[number];

export const TLS_TRANSITIONS = ['accept', 'prefer'] as const;

/** Keys of the Secret. The defaults are those of `kubectl create secret tls` and of cert-manager. */
export interface TlsKeys {
  /** The certificate, and behind it those of the authorities between it and the root. @default tls.crt */
  readonly certificate?: string;
  /** Its private key, without a passphrase. @default tls.key */
  readonly key?: string;
  /** The authorities that are trusted, one or several. @default ca.crt */
  readonly ca?: string;
}

export interface TlsProps {
  /**
   * `required`: nobody is let in without a certificate of an authority that is trusted (mutual TLS).
   * @default none
   */
  readonly clients?: TlsClients;
  /**
   * While TLS is turned on or off for a topology that runs: `accept` comes after none, then `prefer`, then TLS alone; turned off
   * it goes the other way. Plain text is taken in both, so neither is a state to stay in.
   * @default - nobody listens without TLS
   */
  readonly transition?: TlsTransition;
}

export interface TlsSecretProps extends TlsProps {
  /** @default - tls.crt, tls.key and ca.crt */
  readonly keys?: TlsKeys;
}

/** An issuer of cert-manager. */
export interface IssuerReference {
  /** Of the issuer. */
  readonly name: string;
  /** Whether it is of one namespace or of the cluster. @default Issuer */
  readonly kind?: 'Issuer' | 'ClusterIssuer';
}

export interface CertManagerProps extends TlsProps {
  /** Who signs it. Not one that leaves `ca.crt` empty, as ACME does. */
  readonly issuer: IssuerReference;
  /** For how long it is valid. @default - cert-manager's own 90 days */
  readonly duration?: Duration;
  /** How long before its end it is renewed. @default - cert-manager's own third of the duration */
  readonly renewBefore?: Duration;
}

/** Where the certificate comes from, one kind per way. */
export type TlsSource =
  | { readonly kind: 'secret'; readonly name?: string }
  | ({ readonly kind: 'cert-manager' } & Omit<CertManagerProps, keyof TlsProps>);

/**
 * TLS on every connection of servers and Sentinels: of clients, of replication, between Sentinels, of the agents, the
 * verification and the exporters. The ports stay what they are, and nobody listens without it, but while it is turned on or off
 * (`transition`).
 *
 * Sentinels then name servers by the full names of their Services and not by addresses, since that is what a certificate holds.
 */
export class Tls {
  /**
   * A Secret that exists already.
   * @param name default: `<topology>-tls`
   */
  static fromSecret(name?: string, props: TlsSecretProps = {}): Tls {
    return new Tls({ kind: 'secret', name }, props, props.keys);
  }

  /** A `Certificate` object with all names, of which cert-manager makes the Secret `<topology>-tls`, and renews it. */
  static certManager({ clients, transition, ...props }: CertManagerProps): Tls {
    return new Tls({ kind: 'cert-manager', ...props }, { clients, transition });
  }

  readonly keys: TlsSecretKeys;
  readonly clients: TlsClients;
  /** Undefined: nobody listens without TLS. */
  readonly transition?: TlsTransition;

  private constructor(
    readonly source: TlsSource,
    { clients = 'none', transition }: TlsProps,
    keys: TlsKeys = {},
  ) {
    this.clients = clients;
    this.transition = transition;
    const { certificate = 'tls.crt', key = 'tls.key', ca = 'ca.crt' } = keys;
    this.keys = { certificate, key, ca };
  }

  /** Whether clients, and what is the topology's own, are to connect with it. */
  get isSpoken(): boolean {
    return this.transition !== 'accept';
  }
}
