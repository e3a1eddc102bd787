import type { Duration } from 'cdk8s';
import type { ApplicationUser, DefaultUser } from './users.js';

/** What the Sentinels want where it is not the servers' password. */
export class SentinelAuth {
  /** No password: for clients that never send one to a Sentinel, as Harbor's jobservice. Refused where the network is open. */
  static none(): SentinelAuth {
    return new SentinelAuth(undefined);
  }

  /**
   * Another Secret that exists.
   * @param props its key
   */
  static fromSecret(name: string, props: SecretKeyProps = {}): SentinelAuth {
    return new SentinelAuth({ name, key: props.key ?? 'password' });
  }

  private constructor(
    /** Absent: there is no password. */
    readonly secret: NamedSecret | undefined,
  ) {}
}

/** A password's place. */
export interface NamedSecret {
  /** Name of the Secret. */
  readonly name: string;
  /** Key of the Secret that holds the password. */
  readonly key: string;
}

/** Where in a Secret the password is. */
export interface SecretKeyProps {
  /**
   * Key of the Secret that holds the password.
   * @default password
   */
  readonly key?: string;
}

/** What every source of the servers' password can be given besides. */
export interface AuthProps {
  /**
   * The Sentinels' password, where it is another.
   * @default - the Sentinels want the servers' password
   */
  readonly sentinels?: SentinelAuth;
  /**
   * Whom applications log in as. With them the topology itself logs in with users of its own, each with no more rights than its
   * work needs, and the password above is sent to nobody: theirs are computed from it.
   * @default - all log in as Redis' default user, with all rights
   */
  readonly users?: readonly ApplicationUser[];
  /**
   * Who may log in as Redis' default user; only with `users`.
   * @default closed - nobody
   */
  readonly defaultUser?: DefaultUser;
}

/** A Secret that is there already. */
export interface SecretProps extends SecretKeyProps, AuthProps {}

/** A store of External Secrets Operator. */
export interface SecretStoreReference {
  /** Of the store. */
  readonly name: string;
  /** Whether it is of one namespace or of the cluster. @default SecretStore */
  readonly kind?: 'SecretStore' | 'ClusterSecretStore';
}

/** A Secret that the External Secrets Operator makes. */
export interface ExternalSecretProps extends AuthProps {
  /** The store of External Secrets Operator that knows the password. */
  readonly store: SecretStoreReference;
  /** Name of the entry in that store. */
  readonly remoteKey: string;
  /**
   * Property of the entry, where it holds several.
   * @default - the whole entry
   */
  readonly property?: string;
  /**
   * How often the operator reads it again; whole seconds.
   * @default Duration.hours(1)
   */
  readonly refreshInterval?: Duration;
}

/** A Secret that a Job in the cluster makes once. */
export interface GeneratedSecretProps extends AuthProps {
  /**
   * Length of the password in characters, out of 64 (6 bits each).
   * @default 43
   */
  readonly length?: number;
  /**
   * Image with Node ≥ 20 that creates it.
   * @default - that of the agents
   */
  readonly image?: string;
}

/** Where the password comes from, one kind per way. */
export type AuthSource =
  | { readonly kind: 'none' }
  | { readonly kind: 'secret'; readonly name?: string; readonly key: string }
  | ({ readonly kind: 'external' } & Omit<ExternalSecretProps, keyof AuthProps>)
  | ({ readonly kind: 'generated' } & Omit<GeneratedSecretProps, keyof AuthProps>)
  | { readonly kind: 'literal'; readonly password: string };

/**
 * Where the password of servers and Sentinels comes from. It is never made up while the manifests are written: two
 * runs would give two passwords, and both would be in version control.
 */
export class Auth {
  /**
   * No password, on servers and Sentinels: whoever reaches them may read, write and delete everything. So only where the
   * network is closed, or in development.
   */
  static none(): Auth {
    return new Auth({ kind: 'none' }, { sentinels: SentinelAuth.none() });
  }

  /**
   * A Secret that exists already.
   * @param name default: `<topology>-auth`
   */
  static fromSecret(name?: string, props: SecretProps = {}): Auth {
    return new Auth({ kind: 'secret', name, key: props.key ?? 'password' }, props);
  }

  /** An `ExternalSecret` object, from which External Secrets Operator makes the Secret `<topology>-auth`. */
  static externalSecret({ sentinels, users, defaultUser, ...props }: ExternalSecretProps): Auth {
    return new Auth({ kind: 'external', ...props }, { sentinels, users, defaultUser });
  }

  /** A Job that makes the Secret `<topology>-auth` in the cluster if there is none, and never changes it. */
  static generated({ sentinels, users, defaultUser, ...props }: GeneratedSecretProps = {}): Auth {
    return new Auth({ kind: 'generated', ...props }, { sentinels, users, defaultUser });
  }

  /** The password itself, in the manifests for all to read: only where `environment` is development. */
  static literal(password: string, props: AuthProps = {}): Auth {
    return new Auth({ kind: 'literal', password }, props);
  }

  /** Absent: the servers' password is the Sentinels' too. */
  readonly sentinels?: SentinelAuth;
  /** Absent: there are none. */
  readonly users?: readonly ApplicationUser[];
  /** Of the props: looked at only with users. */
  readonly defaultUser?: DefaultUser;

  private constructor(
    readonly source: AuthSource,
    { sentinels, users, defaultUser }: AuthProps,
  ) {
    this.sentinels = sentinels;
    this.users = users;
    this.defaultUser = defaultUser;
  }
}
