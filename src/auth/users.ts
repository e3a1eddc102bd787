import { OWN_USERS } from '../client/own-users.js';
import type { SecretKey } from '../kube/pod-set.js';

/**
 * What an application logs in as, and what it may do, in the words of Redis' ACL.
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export interface ApplicationUser {
  readonly name: string;
  /**
   * Patterns of the keys that it may read and write, as `shop:*`; with `%R~` before one it may only read them.
   * @default * - all keys
   */
  readonly keys?: readonly string[];
  /**
   * Patterns of the channels.
   * @default * - all channels
   */
  readonly channels?: readonly string[];
  /**
   * Commands and categories, in this order, beginning with none.
   * @default +@all -@admin -@dangerous +info +role - clients ask a server by the last two what it is
   */
  readonly commands?: readonly string[];
  /**
   * Where its password is.
   * @default - the topology's Secret, under the user's name
   */
  readonly secret?: UserSecret;
}

/** Where a user's password is. */
export interface UserSecret {
  /** Name of the Secret. @default - the topology's */
  readonly name?: string;
  /** Key of the Secret that holds the password. @default - the user's name in the topology's Secret, `password` in another */
  readonly key?: string;
}

/**
 * What becomes of Redis' `default` user where there are users. `closed`: nobody logs in as it. `open`: whoever has the
 * topology's password does, with all rights. `used`: so does the topology itself. The last two are steps on the way of a
 * topology that runs: from one to the next, each rolled.
 */
export type DefaultUser = (typeof DEFAULT_USERS)[number];
export const DEFAULT_USERS = ['closed', 'open', 'used'] as const;

/** Logs in for the verification and its drill. */
export const VERIFICATION_USER = 'verification';

/** Names that no application may have. */
export const RESERVED_USERS: readonly string[] = ['default', ...OWN_USERS, VERIFICATION_USER];

/** A user whose password is under a key of a Secret. */
export interface ListedUser {
  readonly name: string;
  readonly secret: SecretKey;
}
