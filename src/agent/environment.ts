import { Duration } from 'cdk8s';
import { variables } from '../kube/container.js';
import {
  CONFIG_DIR,
  DATA_DIR,
  EXPORTER_PASSWORDS,
  KEPT_DIR,
  PASSWORD_FILE,
  RUN_DIR,
  SENTINEL_PASSWORD_FILE,
  TLS_DIR,
  USERS_DIR,
} from '../kube/paths.js';
import type { EnvVar } from '../kube/pod.js';
import { AGENT_PORT, EXPORTER_PORT, INNER_PORTS, REDIS_PORT, SENTINEL_PORT } from '../kube/ports.js';

/** What the agents of a topology are told. All of them are told the same. */
export interface AgentFacts {
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
  readonly persistent: 'yes' | 'snapshots' | 'no';
  readonly minReplicasToWrite: number;
  readonly maxLag: Duration;
  /** Whether a master that is cut off pauses its writes. */
  readonly fence: boolean;
  /** Seconds that a pod is given to stop. */
  readonly grace: number;
  readonly auth: AuthFacts;
  /** @default - there is no TLS */
  readonly tls?: TlsFacts;
}

export interface TlsFacts {
  /** Whether who connects is asked for a certificate. */
  readonly clients: 'none' | 'optional' | 'required';
  /** @default - nobody listens without it */
  readonly transition?: 'accept' | 'prefer';
}

/** Who wants a password. */
export interface AuthFacts {
  readonly servers: boolean;
  /** `same`: whatever the servers do; `own`: another one. */
  readonly sentinels: 'same' | 'own' | 'none';
  /** What becomes of the default user. Absent: there are no others. */
  readonly users?: 'closed' | 'open' | 'used';
}

/** Whether the topology logs in as users of its own. */
export function usesOwnUsers({ users }: AuthFacts): boolean {
  return users !== undefined && users !== 'used';
}

/**
 * How long a Sentinel tries to be elected; 10 s by its own default. It takes a few milliseconds, or comes to nothing: of three,
 * one is gone with the master's node, and where one of the two that are left votes for itself and the other for an agent, neither
 * is elected. Then the agents go on, as soon as the Sentinel has given up.
 */
const ELECTION_TIMEOUT = Duration.seconds(1);

/** What a pod has beside its agent. */
export type Parts = 'server sentinel' | 'server' | 'sentinel';

/** The environment of the agent in a pod. NAMESPACE comes first, since the names of hosts refer to it. */
export function agentEnvironment(facts: AgentFacts, parts: Parts): EnvVar[] {
  const { pollPeriods } = facts;
  const debug = {
    'TILT-PERIOD': facts.tiltPeriod,
    'ELECTION-TIMEOUT': ELECTION_TIMEOUT,
    'INFO-PERIOD': pollPeriods.info,
    'ASK-PERIOD': pollPeriods.ask,
    'PING-PERIOD': pollPeriods.ping,
  };
  return [
    { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ...variables({
      TOPOLOGY: facts.topology,
      MASTER_NAME: facts.masterName,
      ENGINE: facts.engine,
      PARTS: parts,
      REDIS_PORT,
      SENTINEL_PORT,
      AGENT_PORT,
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
      PERSISTENT: facts.persistent,
      MIN_REPLICAS: facts.minReplicasToWrite,
      MAX_LAG: facts.maxLag.toSeconds(),
      FENCE: facts.fence ? 'yes' : 'no',
      GRACE: facts.grace,
      ...passwordFiles(facts.auth),
      ...(facts.tls && tlsVariables(facts.tls)),
      CONFIG_DIR,
      DATA_DIR,
      RUN_DIR,
    }),
  ];
}

function tlsVariables({ clients, transition }: TlsFacts): Record<string, string | number> {
  const variables = { TLS_DIR, TLS_CLIENTS: clients };
  if (!transition) return variables;
  const { redis, sentinel } = INNER_PORTS;
  return {
    ...variables,
    TLS_TRANSITION: transition,
    REDIS_PLAIN_PORT: redis.plain,
    REDIS_TLS_PORT: redis.tls,
    SENTINEL_PLAIN_PORT: sentinel.plain,
    SENTINEL_TLS_PORT: sentinel.tls,
  };
}

function passwordFiles({ servers, sentinels, users }: AuthFacts): Record<string, string> {
  const file = servers ? PASSWORD_FILE : 'none';
  if (users) return { PASSWORD_FILE: file, USERS_DIR, KEPT_DIR, DEFAULT_USER: users };
  if (sentinels === 'same') return { PASSWORD_FILE: file };
  return { PASSWORD_FILE: file, SENTINEL_PASSWORD_FILE: sentinels === 'own' ? SENTINEL_PASSWORD_FILE : 'none' };
}

/** Where an exporter in the agent's pod has its passwords from, and where it answers. */
export function exporterEnvironment(): EnvVar[] {
  return variables({ EXPORTER_PASSWORDS, EXPORTER_PORT });
}

/** Full names with a dot at the end: the resolver asks once, and /etc/hosts does not answer with the pod's own address. */
function hosts(services: readonly string[], clusterDomain: string): string {
  return services.map((service) => `${service}.$(NAMESPACE).svc.${clusterDomain}.`).join(' ');
}
