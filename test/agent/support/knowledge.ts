import type { Known, MasterView, ServerInfo } from '../../../src/agent/program/decide/known.js';
import { type Memory, newMemory } from '../../../src/agent/program/decide/memory.js';
import { NO_DATA } from '../../../src/agent/program/decide/position.js';
import { planOf } from '../../../src/agent/program/know/plan.js';
import { readSettings } from '../../../src/agent/program/settings.js';
import { environment } from './environment.js';

export const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
export const [OTHER = '', ME = ''] = ADDRESSES;
export const NOW = 100_000;

const INFO: ServerInfo = {
  role: 'master',
  loading: false,
  offset: 4711,
  priority: 0,
  master: '',
  linkUp: false,
  syncing: false,
  heardMs: 0,
  linkDownMs: 0,
  replicas: [],
  changes: 0,
  rewriting: false,
};
export const REPLICA: Partial<ServerInfo> = { role: 'replica', master: OTHER, linkUp: true, priority: 100 };

/** What an agent knows, but for what is usual. */
export interface Knowledge {
  info?: Partial<ServerInfo>;
  infoAt?: number;
  contact?: 'answered' | 'refused';
  /** Whom each Sentinel names, and in which epoch; undefined: it does not answer. */
  named?: ([string, number] | undefined)[];
  viewAt?: number;
  parts?: string;
  memory?: Partial<Memory>;
}

export function knowing({
  info = {},
  infoAt = NOW - 500,
  contact = 'answered',
  named,
  viewAt = NOW - 500,
  parts,
  memory,
}: Knowledge = {}) {
  const hosts = ADDRESSES.join(' ');
  const settings = readSettings(environment({ SERVERS: hosts, SENTINELS: hosts, ...(parts && { PARTS: parts }) }));
  const plan = planOf(settings, { servers: ADDRESSES, sentinels: ADDRESSES });
  const views = named ?? [
    [ME, 4],
    [ME, 4],
    [ME, 4],
  ];
  const view = ([master, epoch]: [string, number]): MasterView => ({
    master,
    epoch,
    subjectivelyDown: false,
    objectivelyDown: false,
    failoverInProgress: false,
    elected: false,
    met: true,
    heardMs: 100,
  });
  const known: Known = {
    now: NOW,
    realNow: NOW,
    plan,
    servers: new Map([[ME, { contact, askedAt: infoAt, info: { ...INFO, ...info }, infoAt, positionAt: -Infinity }]]),
    sentinels: new Map(
      ADDRESSES.map((address, place) => {
        const names = views[place];
        const seen = {
          contact: names ? ('answered' as const) : ('silent' as const),
          askedAt: viewAt,
          viewAt,
          replicasAt: -Infinity,
        };
        return [address, names ? { ...seen, view: view(names) } : seen];
      }),
    ),
    server: { state: 'running', since: 0 },
    sentinel: { state: 'running', since: 0 },
    data: { there: true, firstStart: false, position: NO_DATA },
    sentinelState: { configEpoch: 0, leaderEpoch: 0, currentEpoch: 0, hadData: true },
    promoteOrdered: false,
    results: new Map(),
  };
  return { known, memory: { ...newMemory(), ...memory } };
}
