import type { Duration } from 'cdk8s';

export interface SecretProps {
  /**
   * Key of the Secret that holds the password.
   * @default password
   */
  readonly key?: string;
}

export interface ExternalSecretProps {
  /** The store of External Secrets Operator that knows the password. */
  readonly store: { readonly name: string; readonly kind?: 'SecretStore' | 'ClusterSecretStore' };
  /** Name of the entry in that store. */
  readonly remoteKey: string;
  /**
   * Property of the entry, where it holds several.
   * @default - the whole entry
   */
  readonly property?: string;
  /**
   * How often the operator reads it again.
   * @default Duration.hours(1)
   */
  readonly refreshInterval?: Duration;
}

export interface GeneratedSecretProps {
  /**
   * Length of the password in characters, out of 64 (6 bits each).
   * @default 43
   */
  readonly length?: number;
  /**
   * Image with Node ≥ 20 that creates it.
   * @default docker.io/library/node:22.21.1
   */
  readonly image?: string;
}

/** Where the password comes from, one kind per way. */
export type AuthSource =
  | { readonly kind: 'secret'; readonly name?: string; readonly key: string }
  | ({ readonly kind: 'external' } & ExternalSecretProps)
  | ({ readonly kind: 'generated' } & GeneratedSecretProps)
  | { readonly kind: 'literal'; readonly password: string };

/**
 * Where the one password of servers and Sentinels comes from. It is never made up while the manifests are written: two
 * runs would give two passwords, and both would be in version control.
 */
export class Auth {
  /**
   * A Secret that exists already.
   * @param name default: `<topology>-auth`
   */
  static fromSecret(name?: string, props: SecretProps = {}): Auth {
    return new Auth({ kind: 'secret', name, key: props.key ?? 'password' });
  }

  /** An `ExternalSecret` object, from which External Secrets Operator makes the Secret `<topology>-auth`. */
  static externalSecret(props: ExternalSecretProps): Auth {
    return new Auth({ kind: 'external', ...props });
  }

  /** A Job that makes the Secret `<topology>-auth` in the cluster if there is none, and never changes it. */
  static generated(props: GeneratedSecretProps = {}): Auth {
    return new Auth({ kind: 'generated', ...props });
  }

  /** The password itself, in the manifests for all to read: only where `environment` is development. */
  static literal(password: string): Auth {
    return new Auth({ kind: 'literal', password });
  }

  private constructor(readonly source: AuthSource) {}
}
