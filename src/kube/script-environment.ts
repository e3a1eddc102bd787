import type { Duration } from 'cdk8s';
import { CONFIG_DIR, DATA_DIR, PASSWORD_FILE, RUN_DIR } from './paths.js';
import type { EnvVar } from './pod.js';
import { REDIS_PORT, SENTINEL_PORT } from './ports.js';

/** What the scripts in the pods are told. Every container of a topology is told the same. */
export interface ScriptFacts {
  readonly topology: string;
  readonly clusterDomain: string;
  readonly masterName: string;
  readonly engine: 'redis' | 'valkey';
  /** Services in front of each server, by ordinal. */
  readonly servers: readonly string[];
  /** Services in front of each Sentinel, by ordinal. */
  readonly sentinels: readonly string[];
  readonly quorum: number;
  readonly downAfter: Duration;
  readonly failoverTimeout: Duration;
  readonly tiltPeriod: Duration;
  readonly pollPeriods: { readonly info: Duration; readonly ask: Duration; readonly ping: Duration };
  readonly whenEmpty: 'stay-down' | 'start';
  readonly whenEmptyAfter: Duration;
  readonly whenAbandoned: 'promote' | 'promote-if-certain';
  readonly whenAbandonedAfter: Duration;
  readonly persistent: boolean;
  readonly minReplicasToWrite: number;
  readonly maxLag: Duration;
  /** Whether a master that is cut off pauses its writes. */
  readonly fence: boolean;
}

/**
 * Time that Kubernetes gives a pod to stop. A hand-over takes a few seconds; the rest is for replicas that lag and for
 * the last write to disk.
 */
export const GRACE_SECONDS = 60;

/** The environment of every container. NAMESPACE comes first, since the names of hosts refer to it. */
export function scriptEnvironment(facts: ScriptFacts): EnvVar[] {
  const { pollPeriods } = facts;
  const debug = {
    'TILT-PERIOD': facts.tiltPeriod,
    'INFO-PERIOD': pollPeriods.info,
    'ASK-PERIOD': pollPeriods.ask,
    'PING-PERIOD': pollPeriods.ping,
  };
  return [
    { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ...plain({
      TOPOLOGY: facts.topology,
      MASTER_NAME: facts.masterName,
      ENGINE: facts.engine,
      REDIS_PORT,
      SENTINEL_PORT,
      // Every address, and no error on a node without IPv6.
      BIND: '* -::*',
      LOCAL: '127.0.0.1',
      SERVERS: hosts(facts.servers, facts.clusterDomain),
      SENTINELS: hosts(facts.sentinels, facts.clusterDomain),
      QUORUM: facts.quorum,
      DOWN_AFTER_MS: facts.downAfter.toMilliseconds(),
      FAILOVER_TIMEOUT_MS: facts.failoverTimeout.toMilliseconds(),
      SENTINEL_DEBUG: Object.entries(debug)
        .map(([name, period]) => `${name} ${period.toMilliseconds()}`)
        .join(' '),
      WHEN_EMPTY: facts.whenEmpty,
      WHEN_EMPTY_AFTER: facts.whenEmptyAfter.toSeconds(),
      WHEN_ABANDONED: facts.whenAbandoned,
      WHEN_ABANDONED_AFTER: facts.whenAbandonedAfter.toSeconds(),
      PERSISTENT: facts.persistent ? 'yes' : 'no',
      MIN_REPLICAS: facts.minReplicasToWrite,
      MAX_LAG: facts.maxLag.toSeconds(),
      FENCE: facts.fence ? 'yes' : 'no',
      GRACE: GRACE_SECONDS,
      PASSWORD_FILE,
      CONFIG_DIR,
      DATA_DIR,
      RUN_DIR,
    }),
  ];
}

function plain(values: Record<string, string | number>): EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: String(value) }));
}

/** Full names with a dot at the end: the resolver asks once, and /etc/hosts does not answer with the pod's own address. */
function hosts(services: readonly string[], clusterDomain: string): string {
  return services.map((service) => `${service}.$(NAMESPACE).svc.${clusterDomain}.`).join(' ');
}
