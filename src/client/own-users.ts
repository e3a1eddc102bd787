import { createHmac } from 'node:crypto';

/** Whom a topology logs in as itself, where it has users: each with no more rights than its work needs. */
export const OWN_USERS = ['agent', 'replication', 'sentinel', 'exporter'] as const;
export type OwnUser = (typeof OWN_USERS)[number];

/**
 * The password of one of these, computed from the topology's, which is itself sent to nobody: whoever learns that of one user
 * learns nothing of the others'. 256 bits, in characters that need no quoting.
 */
export function derivedPassword(password: string, user: OwnUser): string {
  return createHmac('sha256', password).update(`redis-sentinel user ${user}`).digest('base64url');
}
