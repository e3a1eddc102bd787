import type { Inside } from './door.js';
import type { Addresses } from './names.js';
import type { AgentSettings } from './settings.js';
import { addressesByName, ownName, type Reach, type Trust } from './trust.js';

/** The ports of one engine on the loopback interface, while TLS is turned on or off. */
export interface InnerPorts {
  readonly plain: number;
  readonly tls: number;
}

/**
 * TLS is being turned on or off: servers and Sentinels take plain text and TLS on the same ports (door.ts).
 *
 *  - `accept`  what this pod itself opens is plain, and addresses are announced, as without TLS
 *  - `prefer`  what it opens has TLS, and names are announced, as with TLS alone
 */
export interface Transition {
  readonly stage: 'accept' | 'prefer';
  readonly redis: InnerPorts;
  readonly sentinel: InnerPorts;
}

type Facts = Pick<AgentSettings, 'tls'>;

/** Whether what this pod opens has TLS; members are then known by the names that their certificate holds. */
export function dialsTls({ tls }: Facts): boolean {
  return tls !== undefined && tls.transition?.stage !== 'accept';
}

/** Where the engine listens: in a transition for this pod alone, since the agent takes the connections of others. */
export function bindOf({ tls, bind, local }: Facts & Pick<AgentSettings, 'bind' | 'local'>): string {
  return tls?.transition ? local : bind;
}

/** Whereto the agent leads who connects; undefined where the engine itself is reached. */
export function insideOf(
  { tls, local }: Facts & Pick<AgentSettings, 'local'>,
  part: 'redis' | 'sentinel',
): Inside | undefined {
  return tls?.transition && { host: local, ...tls.transition[part] };
}

/** How all others are reached, and this pod's own engines: behind the agent's own doors, without TLS. */
export function reachAll(settings: AgentSettings, trust: Trust | undefined, located: Addresses): Reach | undefined {
  const byName = addressesByName(settings, located);
  const secure = trust?.reach(ownName(settings), byName);
  const transition = settings.tls?.transition;
  if (!transition) return secure;
  const plain: Reach = (address, port) => ({ host: byName.get(address) ?? address, port });
  const outside = dialsTls(settings) && secure ? secure : plain;
  const { local, redisPort } = settings;
  return (address, port) => {
    if (address !== local) return outside(address, port);
    return { host: local, port: (port === redisPort ? transition.redis : transition.sentinel).plain };
  };
}
