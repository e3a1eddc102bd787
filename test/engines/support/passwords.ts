import { Auth } from '../../../src/auth/auth.js';
import { ask } from '../../../src/client/connection.js';
import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';
import { Environment } from '../../../src/topology/environment.js';
import type { RedisSentinelProps } from '../../../src/topology/props.js';
import { wholeRehearsal } from './rehearsed.js';

export const OLD = String.raw`it's "old" # a\nb \\ $HOME`;
export const NEW = String.raw` "new" >it's\' #b\\n → `;

export const startWithOld = (props: RedisSentinelProps = {}, surroundings = {}) =>
  wholeRehearsal({ ...props, auth: Auth.literal(OLD), environment: Environment.DEVELOPMENT }, surroundings);

/** How many of all servers and Sentinels let a client in with that password. */
export async function accepting({ sites }: Rehearsal, password: string): Promise<number> {
  const endpoints = [
    ...sites.servers.map((pod) => ({ host: sites.addressOf(pod), port: sites.redisPort })),
    ...sites.sentinels.map((pod) => ({ host: sites.addressOf(pod), port: sites.sentinelPort })),
  ];
  const outcomes = await Promise.all(endpoints.map((endpoint) => ask({ ...endpoint, password }, ['PING'])));
  return outcomes.filter(({ kind }) => kind === 'reply').length;
}

/** As a StatefulSet does: from the highest ordinal down, each when the one before is ready. */
export async function roll(rehearsal: Rehearsal, pods = rehearsal.servers): Promise<void> {
  for (const pod of [...pods].reverse()) {
    await rehearsal.replacePod(pod);
    await rehearsal.whole();
  }
}
