import { Auth } from '../../../src/auth/auth.js';
import type { ApplicationUser } from '../../../src/auth/users.js';
import { ask } from '../../../src/client/connection.js';
import type { Outcome } from '../../../src/client/outcome.js';
import { derivedPassword, type OwnUser } from '../../../src/client/own-users.js';
import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';
import type { RedisSentinelProps } from '../../../src/topology/props.js';
import { Drill } from '../../../src/verification/drill.js';
import { wholeRehearsal } from './rehearsed.js';

export const TOPOLOGY = String.raw`topology's "own" # \a $HOME →`;
export const SHOP = String.raw`shop's "own" >b ~* +@all \n`;
const VERIFICATION = 'verification’s own';

export const USERS: readonly ApplicationUser[] = [
  { name: 'shop', keys: ['shop:*'], channels: ['shop:*'] },
  { name: 'report', keys: ['%R~shop:*'], commands: ['+@read', '-@dangerous', '+ping', '+role'] },
];

export const SECRET = { password: TOPOLOGY, shop: SHOP, report: 'report’s own', verification: VERIFICATION };

/** A topology with users, whole; the rehearsal has one of its own beside them. */
export const startWithUsers = (props: RedisSentinelProps = {}, secret: Readonly<Record<string, string>> = SECRET) =>
  wholeRehearsal(
    { auth: Auth.fromSecret(undefined, { users: USERS }), verification: { drill: Drill.switchover() }, ...props },
    { secret },
  );

export type Who = OwnUser | 'shop' | 'report' | 'verification' | 'default' | 'nobody';

/** A login as that user, with the password that it has at the beginning. */
export function loginOf(who: Who): { user?: string; password?: string } {
  if (who === 'nobody') return {};
  if (who === 'default') return { password: TOPOLOGY };
  if (who === 'shop' || who === 'report' || who === 'verification') return { user: who, password: SECRET[who] };
  return { user: who, password: derivedPassword(TOPOLOGY, who) };
}

/** One command to the server, or the Sentinel, of that pod. */
export function tell(
  { sites }: Rehearsal,
  part: 'server' | 'sentinel',
  pod: string,
  login: { user?: string; password?: string },
  command: readonly string[],
): Promise<Outcome> {
  const port = part === 'server' ? sites.redisPort : sites.sentinelPort;
  return ask({ host: sites.addressOf(pod), port, ...login }, command);
}

/** How many of all servers and Sentinels let a client in with that login. */
export async function admitting(rehearsal: Rehearsal, login: { user?: string; password?: string }): Promise<number> {
  const all = [
    ...rehearsal.servers.map((pod) => tell(rehearsal, 'server', pod, login, ['PING'])),
    ...rehearsal.sentinels.map((pod) => tell(rehearsal, 'sentinel', pod, login, ['PING'])),
  ];
  return (await Promise.all(all)).filter(({ kind }) => kind === 'reply').length;
}
