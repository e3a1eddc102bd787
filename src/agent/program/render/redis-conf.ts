import type { Login } from '../accounts.js';
import type { Address, Position } from '../decide/known.js';
import type { TlsConfig } from '../trust.js';
import { listening } from './listening.js';
import { quoted } from './quoted.js';

export interface RedisConfInput {
  /** What is the same in every pod: redis.conf of the ConfigMap. */
  readonly common: string;
  readonly bind: string;
  readonly port: number;
  /** Where the data is. */
  readonly dir: string;
  /** It writes this file once it has taken its configuration, and then begins to load. */
  readonly pidFile: string;
  /** What it announces: its Service's address, or name. */
  readonly me: Address;
  /** Who is let in. */
  readonly admission: readonly string[];
  /** As whom, and with what, it logs in to its master. */
  readonly login: Login;
  /** Undefined: there is no TLS. */
  readonly tls?: TlsConfig;
  /** Undefined: it starts as a master. */
  readonly master?: Address;
  readonly position?: Position;
}

/**
 * A server's own configuration, rendered afresh at each start. It begins with priority 0: an empty replica that no one has
 * filled must not be promoted; it is raised when the first synchronisation is done.
 */
export function redisConf(input: RedisConfInput): string {
  const { common, bind, port, dir, pidFile, me, admission, login, tls, master, position } = input;
  const lines = [
    common.trimEnd(),
    `bind ${bind}`,
    ...listening('redis', port, tls),
    `dir ${quoted(dir)}`,
    `pidfile ${quoted(pidFile)}`,
    `replica-announce-ip ${me}`,
    `replica-announce-port ${port}`,
    ...admission,
    ...(login.user === undefined ? [] : [`masteruser ${login.user}`]),
    ...(login.password === undefined ? [] : [`masterauth ${quoted(login.password)}`]),
    'replica-priority 0',
    ...(position ? [`cluster-announce-hostname ${positionText(position)}`] : []),
    ...(master === undefined ? [] : [`replicaof ${master} ${port}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * How far a candidate had come, where all others can read it: the value of a setting that means nothing without
 * Redis Cluster. (Of the settings that may change at any time it is one of the few of free text; it takes letters, digits,
 * dots and dashes.)
 */
export function positionText({ epoch, offset, bytes }: Position): string {
  return `position.${epoch}.${offset}.${bytes}`;
}

export function parsePosition(text: string): Position | undefined {
  const match = /^position\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  return match ? { epoch: Number(match[1]), offset: Number(match[2]), bytes: Number(match[3]) } : undefined;
}
