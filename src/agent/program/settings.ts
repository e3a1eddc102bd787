import { isIP } from 'node:net';
import type { Transition } from './transition.js';

export type Engine = 'redis' | 'valkey';

/** What the agent is told by its environment. Times are ms, whatever the variable's unit is. */
export interface AgentSettings {
  readonly namespace: string;
  readonly podName: string;
  /** The number at the end of the pod's name. */
  readonly ordinal: number;
  readonly topology: string;
  readonly masterName: string;
  readonly engine: Engine;
  readonly hasServer: boolean;
  readonly hasSentinel: boolean;
  readonly redisPort: number;
  readonly sentinelPort: number;
  readonly agentPort: number;
  /** Of redis.conf: where servers listen. */
  readonly bind: string;
  /** Where this pod's own server and Sentinel are reached. */
  readonly local: string;
  /** Host names or addresses, by ordinal. */
  readonly servers: readonly string[];
  readonly sentinels: readonly string[];
  readonly quorum: number;
  readonly downAfter: number;
  readonly failoverTimeout: number;
  /** Names and values for SENTINEL DEBUG. */
  readonly sentinelDebug: readonly string[];
  readonly whenEmpty: 'stay-down' | 'start';
  readonly whenEmptyAfter: number;
  readonly whenAbandoned: 'promote' | 'promote-if-certain';
  readonly whenAbandonedAfter: number;
  readonly persistent: boolean;
  /** The data is kept in snapshots, without an append-only file. */
  readonly snapshots: boolean;
  readonly minReplicas: number;
  readonly maxLag: number;
  readonly fence: boolean;
  readonly grace: number;
  /** Of the servers' password, and of the Sentinels' unless they have another. Undefined: there is none. */
  readonly passwordFile?: string;
  /** Of the Sentinels' own password: `same` as the servers', or none. */
  readonly sentinelPassword: 'same' | 'none' | { readonly file: string };
  /** Of an exporter beside this agent. Undefined: there is none, or nothing wants a password. */
  readonly exporter?: { readonly passwordsFile: string; readonly port: number };
  /** Of the mounted certificate. Undefined: there is no TLS. */
  readonly tls?: TlsSettings;
  /** Undefined: all log in as the default user. */
  readonly users?: UserSettings;
  readonly configDir: string;
  readonly dataDir: string;
  readonly runDir: string;
  /** Where the passwords in force are kept: for the agent alone where there are users, else with all that a pod shares. */
  readonly keptDir: string;
}

/** Where a topology has TLS. */
export interface TlsSettings {
  readonly dir: string;
  readonly clients: 'none' | 'optional' | 'required';
  /** Plain text is taken too. Undefined: nobody listens without TLS. */
  readonly transition?: Transition;
}

/** Where a topology has users. */
export interface UserSettings {
  /** Holds a file with the password of each user that is not the topology's own. */
  readonly dir: string;
  /**
   * What becomes of the default user: `closed` lets nobody in; `open` lets in whoever has the topology's password; `used`
   * besides leaves the topology itself logged in as it.
   */
  readonly default: 'closed' | 'open' | 'used';
}

export class SettingsError extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

const MAX_PORT = 65_535;
const DAY = 86_400;
/** More than any topology has; a limit on what a mistake may make of it. */
const MAX_MEMBERS = 99;

/** @throws SettingsError - with every fault that there is, in one line */
export function readSettings(environment: Environment): AgentSettings {
  const read = new Reader(environment);
  const parts = read.oneOf('PARTS', ['server sentinel', 'server', 'sentinel']);
  const hasServer = parts.includes('server');
  const hasSentinel = parts.includes('sentinel');
  const podName = read.text('POD_NAME', /^.*-\d+$/, 'a name that ends in the ordinal, as a StatefulSet gives it');
  const ordinal = Number(/\d+$/.exec(podName)?.[0] ?? 0);
  const servers = read.hosts('SERVERS');
  const sentinels = read.hosts('SENTINELS');
  const persistent = read.oneOf('PERSISTENT', ['yes', 'snapshots', 'no']);
  if (hasServer) read.place('SERVERS', servers, ordinal);
  if (hasSentinel) read.place('SENTINELS', sentinels, ordinal);
  const settings: AgentSettings = {
    namespace: read.text('NAMESPACE'),
    podName,
    ordinal,
    topology: read.text('TOPOLOGY'),
    masterName: read.text('MASTER_NAME', /^[\w.-]+$/, 'letters, digits, dots, dashes and underscores'),
    engine: read.oneOf('ENGINE', ['redis', 'valkey']),
    hasServer,
    hasSentinel,
    redisPort: read.number('REDIS_PORT', 1, MAX_PORT),
    sentinelPort: read.number('SENTINEL_PORT', 1, MAX_PORT),
    agentPort: read.number('AGENT_PORT', 1, MAX_PORT),
    bind: read.text('BIND'),
    local: read.text('LOCAL'),
    servers,
    sentinels,
    quorum: read.number('QUORUM', 1, MAX_MEMBERS),
    downAfter: read.number('DOWN_AFTER_MS', 100, DAY * 1000),
    failoverTimeout: read.number('FAILOVER_TIMEOUT_MS', 1000, DAY * 1000),
    sentinelDebug: read.pairs('SENTINEL_DEBUG'),
    whenEmpty: read.oneOf('WHEN_EMPTY', ['stay-down', 'start']),
    whenEmptyAfter: read.number('WHEN_EMPTY_AFTER', 0, DAY) * 1000,
    whenAbandoned: read.oneOf('WHEN_ABANDONED', ['promote', 'promote-if-certain']),
    whenAbandonedAfter: read.number('WHEN_ABANDONED_AFTER', 0, DAY) * 1000,
    persistent: persistent !== 'no',
    snapshots: persistent === 'snapshots',
    minReplicas: read.number('MIN_REPLICAS', 0, MAX_MEMBERS),
    maxLag: read.number('MAX_LAG', 0, DAY) * 1000,
    fence: read.oneOf('FENCE', ['yes', 'no']) === 'yes',
    grace: read.number('GRACE', 1, DAY) * 1000,
    passwordFile: read.passwordFile('PASSWORD_FILE'),
    sentinelPassword: sentinelPassword(read, environment),
    exporter: exporter(read, environment),
    tls: tls(read, environment),
    users: users(read, environment),
    configDir: read.path('CONFIG_DIR'),
    dataDir: read.path('DATA_DIR'),
    runDir: read.path('RUN_DIR'),
    keptDir: read.path(environment.KEPT_DIR === undefined ? 'RUN_DIR' : 'KEPT_DIR'),
  };
  if (read.faults.length > 0) throw new SettingsError(`environment: ${read.faults.join('; ')}`);
  return settings;
}

function sentinelPassword(read: Reader, environment: Environment): AgentSettings['sentinelPassword'] {
  if (environment.SENTINEL_PASSWORD_FILE === undefined) return 'same';
  const file = read.passwordFile('SENTINEL_PASSWORD_FILE');
  return file === undefined ? 'none' : { file };
}

function exporter(read: Reader, environment: Environment): AgentSettings['exporter'] {
  if (environment.EXPORTER_PASSWORDS === undefined) return undefined;
  return { passwordsFile: read.path('EXPORTER_PASSWORDS'), port: read.number('EXPORTER_PORT', 1, MAX_PORT) };
}

function tls(read: Reader, environment: Environment): AgentSettings['tls'] {
  if (environment.TLS_DIR === undefined) return undefined;
  const clients = read.oneOf('TLS_CLIENTS', ['none', 'optional', 'required']);
  return { dir: read.path('TLS_DIR'), clients, transition: transition(read, environment) };
}

function transition(read: Reader, environment: Environment): Transition | undefined {
  if (environment.TLS_TRANSITION === undefined) return undefined;
  const ports = (part: string) => ({
    plain: read.number(`${part}_PLAIN_PORT`, 1, MAX_PORT),
    tls: read.number(`${part}_TLS_PORT`, 1, MAX_PORT),
  });
  const stage = read.oneOf('TLS_TRANSITION', ['accept', 'prefer']);
  return { stage, redis: ports('REDIS'), sentinel: ports('SENTINEL') };
}

function users(read: Reader, environment: Environment): AgentSettings['users'] {
  if (environment.USERS_DIR === undefined) return undefined;
  return { dir: read.path('USERS_DIR'), default: read.oneOf('DEFAULT_USER', ['closed', 'open', 'used']) };
}

/** Reads variables and collects what is wrong with them. */
class Reader {
  readonly faults: string[] = [];

  constructor(private readonly environment: Environment) {}

  text(name: string, pattern = /^[^\r\n]+$/, allowed = 'not empty, and of one line'): string {
    return this.checked(name, (value) => pattern.test(value), allowed);
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const isChoice = (value: string) => (choices as readonly string[]).includes(value);
    return this.checked(name, isChoice, choices.map((choice) => `'${choice}'`).join(' or ')) as Choice;
  }

  number(name: string, least: number, most: number): number {
    const inRange = (value: string) => /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most;
    return Number(this.checked(name, inRange, `a whole number from ${least} to ${most}`));
  }

  path(name: string): string {
    return this.text(name, /^\/[^\r\n]*$/, 'an absolute path');
  }

  /** Undefined: there is none. */
  passwordFile(name: string): string | undefined {
    const file = this.text(name, /^(none$|\/[^\r\n]*$)/, "an absolute path, or 'none'");
    return file === 'none' ? undefined : file;
  }

  hosts(name: string): string[] {
    const allHosts = (value: string) => wordsIn(value).length > 0 && wordsIn(value).every(isHost);
    const list = wordsIn(this.checked(name, allHosts, 'host names or addresses with spaces between them'));
    if (list.length > MAX_MEMBERS)
      this.faults.push(`${name} must name at most ${MAX_MEMBERS} hosts, got ${list.length}`);
    return list;
  }

  pairs(name: string): string[] {
    const arePairs = (value: string) => /^\s*([A-Z-]+ \d+\s*)+$/.test(value);
    return wordsIn(this.checked(name, arePairs, "names and numbers, as 'TILT-PERIOD 5000 INFO-PERIOD 1000'"));
  }

  place(name: string, hosts: readonly string[], ordinal: number): void {
    if (hosts.length === 0 || ordinal < hosts.length) return;
    this.faults.push(`${name} must name a host for ordinal ${ordinal}, got ${hosts.length}: ${hosts.join(' ')}`);
  }

  private checked(name: string, isAllowed: (value: string) => boolean, allowed: string): string {
    const value = this.environment[name];
    if (value !== undefined && isAllowed(value)) return value;
    this.faults.push(`${name} must be ${allowed}, ${value === undefined ? 'but is not set' : `got '${value}'`}`);
    return '';
  }
}

function wordsIn(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function isHost(word: string): boolean {
  return isIP(word) !== 0 || /^[a-zA-Z0-9]([a-zA-Z0-9.-]*)$/.test(word);
}
