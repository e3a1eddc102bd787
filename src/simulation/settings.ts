import type { Plan } from '../agent/program/decide/known.js';
import type { Latency } from './network.js';
import { Random } from './random.js';

export type ProfileName = 'strict' | 'default' | 'cache';
/**
 *  - `few`     a fault or two, one after the other: all that is promised must hold
 *  - `many`    several at once, of a minority of the pods
 *  - `beyond`  more than is promised: only safety must hold
 */
export type Severity = 'few' | 'many' | 'beyond';

/** How the engines are set, and how quick they are. All times in ms. */
export interface SimulatedEngineSettings {
  readonly minReplicas: number;
  readonly maxLag: number;
  readonly fsync: 'always' | 'everysec' | 'none';
  readonly backlogBytes: number;
  readonly replTimeout: number;
  readonly shutdownTimeout: number;
  readonly quorum: number;
  readonly downAfter: number;
  readonly failoverTimeout: number;
  readonly tiltPeriod: number;
  readonly infoPeriod: number;
  readonly askPeriod: number;
  readonly pingPeriod: number;
}

/** What a seed draws before anything happens: it is printed with the seed. */
export interface Setting {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly severity: Severity;
  readonly servers: number;
  /** Sentinels with pods of their own; 0: each server's pod has one. */
  readonly separateSentinels: number;
  readonly engine: SimulatedEngineSettings;
  readonly whenEmpty: 'stay-down' | 'start';
  readonly whenEmptyAfter: number;
  readonly whenAbandoned: 'promote' | 'promote-if-certain';
  readonly whenAbandonedAfter: number;
  readonly grace: number;
  readonly latency: Latency;
  /** Of an agent's question, in addition. */
  readonly questionMs: number;
  /** Of a full copy. */
  readonly copyMs: number;
  /** Of reading a file, or a copy. */
  readonly loadMs: number;
  readonly rewriteMs: number;
  readonly fsyncMs: number;
  /** From the order to a listening server. */
  readonly launchMs: number;
  readonly writers: number;
  /** Between two writes of one writer. */
  readonly writeEveryMs: number;
  /** Share of the writes that WAIT confirms. */
  readonly waitShare: number;
}

/** `repl-timeout`, `shutdown-timeout` and failover settings as redis.conf and sentinel.conf have them (src/topology). */
const REPL_TIMEOUT = 20_000;
const SHUTDOWN_TIMEOUT = 20_000;
const FAILOVER_TIMEOUT = 10_000;

const PROFILES = {
  strict: { downAfter: 3000, minReplicas: 1, maxLag: 2000, fsync: 'always', tiltPeriod: 5000 },
  default: { downAfter: 3000, minReplicas: 1, maxLag: 3000, fsync: 'everysec', tiltPeriod: 5000 },
  cache: { downAfter: 1000, minReplicas: 0, maxLag: 0, fsync: 'none', tiltPeriod: 3000 },
} as const;

export interface Choice {
  readonly profile?: ProfileName;
  readonly severity?: Severity;
  /** Of servers, with a Sentinel each. */
  readonly servers?: number;
}

export function drawSetting(seed: number, choice: Choice = {}): Setting {
  const random = new Random(seed, 'setting');
  const drawnProfile = random.pick(['strict', 'strict', 'default', 'cache'] as const);
  const drawnSeverity = random.pick(['few', 'many', 'many', 'beyond'] as const);
  const shape = random.next();
  const profile = choice.profile ?? drawnProfile;
  const separate = shape >= 0.9 && choice.servers === undefined;
  const servers = choice.servers ?? (separate ? 2 : shape >= 0.75 ? 5 : 3);
  const values = PROFILES[profile];
  const sentinels = separate ? 3 : servers;
  const ofStrict = profile === 'strict' ? Math.floor(servers / 2) : 0;
  return {
    seed,
    profile,
    severity: choice.severity ?? drawnSeverity,
    servers,
    separateSentinels: separate ? 3 : 0,
    engine: {
      minReplicas: Math.max(values.minReplicas, ofStrict),
      maxLag: values.maxLag,
      fsync: values.fsync,
      backlogBytes: random.chance(0.2) ? Math.round(random.scaled(500, 20_000)) : 64 * 2 ** 20,
      replTimeout: REPL_TIMEOUT,
      shutdownTimeout: SHUTDOWN_TIMEOUT,
      quorum: Math.floor(sentinels / 2) + 1,
      downAfter: values.downAfter,
      failoverTimeout: FAILOVER_TIMEOUT,
      tiltPeriod: values.tiltPeriod,
      infoPeriod: 1000,
      askPeriod: 500,
      pingPeriod: 500,
    },
    // A server without a volume is empty after every stop.
    whenEmpty: profile === 'cache' ? 'start' : 'stay-down',
    // The product waits for 30 s and two minutes; here less, so that a schedule sees what comes after.
    whenEmptyAfter: 8000,
    whenAbandoned: profile === 'strict' ? 'promote-if-certain' : 'promote',
    whenAbandonedAfter: 12_000,
    grace: 60_000,
    latency: {
      usual: random.scaled(0.1, 2),
      late: random.scaled(5, 80),
      lateShare: random.chance(0.5) ? 0 : random.scaled(0.0005, 0.02),
    },
    questionMs: random.chance(0.15) ? random.scaled(5, 250) : 0,
    copyMs: random.scaled(30, 6000),
    loadMs: random.scaled(10, 3000),
    rewriteMs: random.scaled(20, 2000),
    fsyncMs: random.scaled(0.1, 5),
    launchMs: random.scaled(10, 200),
    writers: 2 + random.below(3),
    writeEveryMs: random.scaled(60, 250),
    waitShare: random.pick([0.3, 0.7, 1]),
  };
}

export interface Addresses {
  readonly servers: readonly string[];
  readonly sentinels: readonly string[];
}

export function addressesOf({ servers, separateSentinels }: Setting): Addresses {
  const ofServers = Array.from({ length: servers }, (_, place) => `cache-${place}`);
  if (separateSentinels === 0) return { servers: ofServers, sentinels: ofServers };
  return {
    servers: ofServers,
    sentinels: Array.from({ length: separateSentinels }, (_, at) => `cache-sentinel-${at}`),
  };
}

/** @param addresses the same strings for all: they are compared with one another again and again */
export function planOf(setting: Setting, addresses: Addresses, ordinal: number, hasServer: boolean): Plan {
  const { separateSentinels, engine } = setting;
  const { servers: serverAddresses, sentinels: sentinelAddresses } = addresses;
  const hasSentinel = separateSentinels === 0 || !hasServer;
  return {
    ordinal,
    hasServer,
    hasSentinel,
    me: (hasServer ? serverAddresses : sentinelAddresses)[ordinal] as string,
    servers: serverAddresses,
    sentinels: sentinelAddresses,
    nearest: sentinelAddresses[ordinal % sentinelAddresses.length] as string,
    electorId: `agent-${hasServer ? '' : 'sentinel-'}${ordinal}`,
    sentinelIds: sentinelAddresses.map((_, place) => `sentinel-${place}`),
    downAfter: engine.downAfter,
    failoverTimeout: engine.failoverTimeout,
    minReplicas: engine.minReplicas,
    maxLag: engine.maxLag,
    strict: setting.profile === 'strict',
    persistent: engine.fsync !== 'none',
    whenEmpty: setting.whenEmpty,
    whenEmptyAfter: setting.whenEmptyAfter,
    whenAbandoned: setting.whenAbandoned,
    whenAbandonedAfter: setting.whenAbandonedAfter,
    grace: setting.grace,
  };
}

export function describeSetting(setting: Setting): string {
  const round = (ms: number) => `${ms >= 10 ? Math.round(ms) : ms.toFixed(1)} ms`;
  const { engine, latency } = setting;
  return [
    `${setting.profile}, ${setting.severity} faults`,
    `${setting.servers} servers`,
    setting.separateSentinels > 0 ? `${setting.separateSentinels} separate Sentinels` : 'Sentinels with the servers',
    `down-after ${engine.downAfter}, min-replicas ${engine.minReplicas}, max-lag ${engine.maxLag}, fsync ${engine.fsync}`,
    `way ${round(latency.usual)}, ${(100 * latency.lateShare).toFixed(2)} % late by ${round(latency.late)}`,
    `questions +${round(setting.questionMs)}`,
    `copy ${round(setting.copyMs)}, load ${round(setting.loadMs)}, rewrite ${round(setting.rewriteMs)}`,
    `fsync ${round(setting.fsyncMs)}, launch ${round(setting.launchMs)}, backlog ${engine.backlogBytes} bytes`,
    `${setting.writers} writers every ${round(setting.writeEveryMs)}, WAIT on ${Math.round(100 * setting.waitShare)} %`,
  ].join('; ');
}
