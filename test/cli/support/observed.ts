import type { MasterView, ServerInfo } from '../../../src/agent/program/decide/known.js';
import type { AgentStatus, Observation, PodSeen } from '../../../src/cli/status/observe.js';

export const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const NOW = 100_000;

/** What deviates from a sound topology of three, by ordinal. */
export interface Deviation {
  /** `null`: it does not answer. */
  readonly servers?: Readonly<Record<number, Partial<ServerInfo> | null>>;
  readonly sentinels?: Readonly<Record<number, Partial<MasterView> | null>>;
  /** Servers and Sentinels that the agents of other pods do not trust. */
  readonly untrusted?: { readonly server?: number; readonly sentinel?: number };
  readonly pods?: Readonly<Record<number, Partial<PodSeen>>>;
  readonly agents?: Readonly<Record<number, Partial<AgentStatus> | null>>;
  /** Of the plan. */
  readonly minReplicas?: number;
  /** How many pods are there. */
  readonly there?: number;
  /** What was known is older than what counts. */
  readonly stale?: boolean;
}

const MASTER: ServerInfo = {
  role: 'master',
  loading: false,
  offset: 5000,
  priority: -1,
  master: '',
  linkUp: false,
  syncing: false,
  heardMs: 0,
  linkDownMs: 0,
  replicas: [1, 2].map((i) => ({ address: ADDRESSES[i] ?? '', offset: 5000, lagMs: 0, online: true })),
  changes: 0,
  rewriting: false,
};
const REPLICA: ServerInfo = {
  ...MASTER,
  role: 'replica',
  offset: 4900,
  priority: 100,
  master: ADDRESSES[0] ?? '',
  linkUp: true,
  replicas: [],
};
const VIEW: MasterView = {
  master: ADDRESSES[0] ?? '',
  epoch: 4,
  subjectivelyDown: false,
  objectivelyDown: false,
  failoverInProgress: false,
  elected: false,
  met: true,
  heardMs: 100,
};

/** A topology of three servers with a Sentinel each, of which `cache-0` is master. */
export function observed(deviation: Deviation = {}): Observation {
  const { there = 3, pods = {}, agents = {} } = deviation;
  return {
    topology: 'cache',
    sets: [{ name: 'cache', component: 'server', replicas: 3 }],
    pods: ADDRESSES.slice(0, there).map((_, i): PodSeen => {
      const agent = agents[i] === null ? undefined : { ...statusOf(i, deviation), ...agents[i] };
      const silence = agents[i] === null ? 'no answer in 4 s' : undefined;
      return { name: `cache-${i}`, component: 'server', node: `n${i}`, ready: true, agent, silence, ...pods[i] };
    }),
  };
}

/** What the agent of that pod says, as it would say it over the wire. */
export function statusOf(ordinal: number, deviation: Deviation = {}): AgentStatus {
  const { servers = {}, sentinels = {}, untrusted = {}, minReplicas = 1, stale = false } = deviation;
  const at = stale ? NOW - 60_000 : NOW - 500;
  const asked = { contact: 'answered', askedAt: at } as const;
  const silent = { contact: 'silent', askedAt: at } as const;
  const distrusted = { contact: 'untrusted', askedAt: at } as const;
  return {
    waiting: {},
    known: {
      now: NOW,
      realNow: NOW + 50,
      plan: {
        ordinal,
        hasServer: true,
        hasSentinel: true,
        me: ADDRESSES[ordinal],
        servers: ADDRESSES,
        sentinels: ADDRESSES,
        nearest: ADDRESSES[ordinal],
        minReplicas,
        maxLag: 3000,
      } as never,
      servers: Object.fromEntries(
        ADDRESSES.map((address, i) => {
          const given = servers[i];
          if (untrusted.server === i && ordinal !== i)
            return [address, { ...distrusted, infoAt: -Infinity, positionAt: 0 }];
          const info = { ...(i === 0 ? MASTER : REPLICA), ...given };
          return [
            address,
            given === null
              ? { ...silent, infoAt: -Infinity, positionAt: 0 }
              : { ...asked, info, infoAt: at, positionAt: 0 },
          ];
        }),
      ),
      sentinels: Object.fromEntries(
        ADDRESSES.map((address, i) => {
          const given = sentinels[i];
          const seen = { replicasAt: 0 };
          if (untrusted.sentinel === i && ordinal !== i)
            return [address, { ...seen, ...distrusted, viewAt: -Infinity }];
          return [
            address,
            given === null
              ? { ...seen, ...silent, viewAt: -Infinity }
              : { ...seen, ...asked, view: { ...VIEW, ...given }, viewAt: at },
          ];
        }),
      ),
      server: { state: 'running', since: 0 },
    },
    memory: { durable: { fenced: false }, handOver: {} },
  };
}
