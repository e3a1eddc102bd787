import { createHash } from 'node:crypto';
import type { Login } from '../accounts.js';
import type { Address } from '../decide/known.js';
import type { TlsConfig } from '../trust.js';
import { listening } from './listening.js';
import { quoted } from './quoted.js';

export interface SentinelConfInput {
  /** What is the same in every pod: sentinel.conf of the ConfigMap. It refers to the master, so it follows `monitor`. */
  readonly common: string;
  readonly bind: string;
  readonly port: number;
  readonly redisPort: number;
  readonly dir: string;
  readonly masterName: string;
  readonly quorum: number;
  readonly me: Address;
  readonly servers: readonly Address[];
  readonly sentinels: readonly Address[];
  /** By ordinal. */
  readonly sentinelIds: readonly string[];
  /** Who is let in. */
  readonly admission: readonly string[];
  /** As whom, and with what, it logs in to servers. */
  readonly serverLogin: Login;
  /** The same to other Sentinels. */
  readonly sentinelLogin: Login;
  /** Undefined: there is no TLS. */
  readonly tls?: TlsConfig;
  readonly master: Address;
  readonly configEpoch: number;
  readonly leaderEpoch: number;
  readonly currentEpoch: number;
}

/**
 * A Sentinel's configuration, rendered afresh at each start and always of the whole mesh. The file that Sentinel rewrites may
 * hold duplicates, on which it refuses to start, and addresses that are gone. Its identity is a hash and the announced
 * address is the Service's, so a restarted Sentinel is the same voter and not one more.
 */
export function sentinelConf(input: SentinelConfInput): string {
  const { masterName: name, port, redisPort, me, master, serverLogin, sentinelLogin } = input;
  const lines = [
    ...listening('sentinel', port, input.tls),
    `bind ${input.bind}`,
    `dir ${quoted(input.dir)}`,
    ...input.admission,
    ...(sentinelLogin.user === undefined ? [] : [`sentinel sentinel-user ${sentinelLogin.user}`]),
    ...(sentinelLogin.password === undefined ? [] : [`sentinel sentinel-pass ${quoted(sentinelLogin.password)}`]),
    `sentinel myid ${input.sentinelIds[input.sentinels.indexOf(me)]}`,
    `sentinel announce-ip ${me}`,
    `sentinel announce-port ${port}`,
    `sentinel monitor ${name} ${master} ${redisPort} ${input.quorum}`,
    ...(serverLogin.user === undefined ? [] : [`sentinel auth-user ${name} ${serverLogin.user}`]),
    ...(serverLogin.password === undefined ? [] : [`sentinel auth-pass ${name} ${quoted(serverLogin.password)}`]),
    input.common.trimEnd(),
    `sentinel config-epoch ${name} ${input.configEpoch}`,
    `sentinel leader-epoch ${name} ${input.leaderEpoch}`,
    `sentinel current-epoch ${input.currentEpoch}`,
  ];
  for (const server of input.servers) {
    if (server !== master) lines.push(`sentinel known-replica ${name} ${server} ${redisPort}`);
  }
  for (const [ordinal, sentinel] of input.sentinels.entries()) {
    if (sentinel !== me)
      lines.push(`sentinel known-sentinel ${name} ${sentinel} ${port} ${input.sentinelIds[ordinal]}`);
  }
  return `${lines.join('\n')}\n`;
}

/** `myid` of a Sentinel, the same for all its lives; an id of an agent for whom votes are asked. */
export function identity(...words: readonly (string | number)[]): string {
  return createHash('sha1').update(words.join('/')).digest('hex');
}

/** What must survive of the file that a Sentinel has rewritten. */
export interface RememberedState {
  readonly master?: Address;
  readonly configEpoch: number;
  readonly leaderEpoch: number;
  readonly currentEpoch: number;
}

/** @param text of the old sentinel.conf; undefined without one */
export function readSentinelConf(text: string | undefined, masterName: string): RememberedState {
  let master: Address | undefined;
  const epochs = { 'config-epoch': 0, 'leader-epoch': 0, 'current-epoch': 0 };
  for (const line of (text ?? '').split('\n')) {
    const [sentinel, key, ...rest] = line.trim().split(/\s+/);
    if (sentinel !== 'sentinel') continue;
    if (key === 'monitor' && rest[0] === masterName) master ??= rest[1];
    else if (key === 'current-epoch') epochs[key] = epochOf(rest[0]);
    else if ((key === 'config-epoch' || key === 'leader-epoch') && rest[0] === masterName)
      epochs[key] = epochOf(rest[1]);
  }
  return {
    master,
    configEpoch: epochs['config-epoch'],
    leaderEpoch: epochs['leader-epoch'],
    currentEpoch: epochs['current-epoch'],
  };
}

function epochOf(word: string | undefined): number {
  return word !== undefined && /^\d{1,15}$/.test(word) ? Number(word) : 0;
}
