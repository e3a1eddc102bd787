import { check, lostBy, type Report } from '../load/checker.js';
import type { HistoryEntry } from '../load/history.js';
import type { FaultWindow } from '../load/outages.js';
import type { Deployment } from './deployment.js';
import { nodeFault } from './environment.js';
import { record } from './figures.js';
import { Load, type LoadProps, WRITERS } from './load.js';
import { NodeAgents } from './node-agents.js';
import type { Pod } from './objects.js';
import { Pending, sleep, until } from './wait.js';

/** Something that happens to the master, and how it is undone. */
export interface Fault {
  readonly name: string;
  inject(master: Pod, deployment: Deployment): Promise<void>;
  /** What a person or the cloud does after it, so that the topology can become whole. @default - nothing need be done */
  mend?(master: Pod, deployment: Deployment): Promise<void>;
}

const agents = new NodeAgents();

export const SIGKILL: Fault = {
  name: 'SIGKILL',
  inject: (master, { manifest }) => agents.signal(master, 'redis', `${manifest.setting('ENGINE')}-server`, 'KILL'),
};

/** A kubelet waits for 10 s before it starts a container for the second time. It tells times to the second. */
const LEAST_BACK_OFF_MS = 8000;

/** So that the kubelet waits before it starts it again: the master serves on meanwhile. */
export const AGENT_GONE: Fault = {
  name: 'agent killed twice',
  inject: async (master, { kubectl }) => {
    const state = async () => {
      const { status } = await kubectl.get<Pod>('pod', master.metadata.name);
      return status.initContainerStatuses?.find(({ name }) => name === 'agent');
    };
    const back = (since: number) =>
      until('the agent is back', 60, async () => {
        const agent = await state();
        return agent && agent.restartCount > since && agent.started ? true : new Pending(JSON.stringify(agent));
      });
    const before = (await state())?.restartCount ?? 0;
    await agents.signal(master, 'agent', 'node', 'KILL');
    await back(before);
    await agents.signal(await kubectl.get<Pod>('pod', master.metadata.name), 'agent', 'node', 'KILL');
    await back(before + 1);
    // Not by the state in between: a kubelet does not always tell of it.
    const agent = await state();
    const ended = Date.parse(agent?.lastState?.terminated?.finishedAt ?? '');
    const waited = Date.parse(agent?.state?.running?.startedAt ?? '') - ended;
    if (!(waited >= LEAST_BACK_OFF_MS)) throw new Error(`the kubelet did not wait: ${JSON.stringify(agent)}`);
  },
};

export const POD_DELETED: Fault = {
  name: 'pod deleted',
  inject: async (master, { kubectl }) => {
    await kubectl.run(['delete', 'pod', master.metadata.name], { timeout: 90_000 });
  },
};

/** Until the servers that are left have a master that the Sentinels that are left agree on. */
export async function replaced(old: Pod, deployment: Deployment, seconds = 60): Promise<void> {
  const name = old.metadata.name;
  await until(`another master than ${name}`, seconds, async () => {
    const { servers, sentinels } = await deployment.client.observe();
    const master = servers.find((server) => server.role === 'master' && server.host !== name);
    const named = new Set(sentinels.filter((sentinel) => !sentinel.error).map((sentinel) => sentinel.master));
    return master && named.size === 1 ? true : new Pending(JSON.stringify({ servers, named: [...named] }));
  });
}

/** The master's node loses power, and comes back when another server has taken over. */
export const NODE_CRASH: Fault = {
  name: 'node crash',
  inject: async (master, deployment) => {
    await nodeFault('crash', nodeOf(master));
    await replaced(master, deployment);
  },
  mend: (master) => nodeFault('start', nodeOf(master)),
};

/** Everything at once, without a chance to hand over. */
export const ALL_PODS_DELETED: Fault = {
  name: 'all pods deleted at once',
  inject: async (_, deployment) => crash(deployment, agents, await deployment.pods()),
};

/**
 * Pods end as by a power cut, and are made anew. Even a deletion without grace leaves two seconds to a pod, in which its agent
 * would hand over: so it is stopped, and the server killed, before the pod is deleted.
 */
export async function crash({ kubectl, manifest }: Deployment, by: NodeAgents, pods: readonly Pod[]): Promise<void> {
  const all = (container: string, program: string, signal: 'STOP' | 'KILL') =>
    Promise.all(pods.map((pod) => by.signal(pod, container, program, signal)));
  await all('agent', 'node', 'STOP');
  await all('redis', `${manifest.setting('ENGINE')}-server`, 'KILL');
  const names = pods.map(({ metadata }) => metadata.name);
  await kubectl.run(['delete', 'pod', ...names, '--force', '--grace-period=0'], { timeout: 120_000 });
}

export function nodeOf(pod: Pod): string {
  if (!pod.spec.nodeName) throw new Error(`pod ${pod.metadata.name} is on no node`);
  return pod.spec.nodeName;
}

export interface SeriesProps {
  /** @default 1 */
  readonly times?: number;
  /** Bound of the outage in ms, for the table; the test asserts it. */
  readonly limit?: number;
  /** How long the topology may take to be whole again, in seconds. @default 120 */
  readonly patience?: number;
  /** Of the load that goes on meanwhile. */
  readonly load?: LoadProps;
}

/**
 * Writes that one SIGKILL may lose although the client had its OK; none that a replica confirmed.
 *
 * Redis takes up all commands that have arrived, and then answers them before it sends them to its replicas, all but the
 * first (seen with strace: of four SETs, three replies, the replicas' copy, the fourth reply). A kill between two of these
 * system calls loses up to all but one of the writes that were under way. Whoever cannot afford it uses WAIT.
 */
export const LOST_IN_FLIGHT = WRITERS - 1;

export interface Series {
  readonly report: Report;
  /** Writes lost by each of the faults. */
  readonly lostEach: readonly number[];
  /** Who was master at first, and after each fault. */
  readonly masters: readonly string[];
  readonly history: readonly HistoryEntry[];
}

/** Injects a fault into the master again and again under one load, each time until all is whole and verified again. */
export async function underLoad(deployment: Deployment, fault: Fault, props: SeriesProps = {}): Promise<Series> {
  const { times = 1, patience = 120 } = props;
  let { master } = await deployment.whole(60);
  const masters = [master];
  const load = await Load.start(deployment.client, fault.name.replaceAll(' ', '-'), props.load);
  const windows: FaultWindow[] = [];
  try {
    for (let i = 1; i <= times; i++) {
      const pod = await deployment.pod(master);
      const from = Date.now();
      await fault.inject(pod, deployment);
      await fault.mend?.(pod, deployment);
      ({ master } = await deployment.whole(patience));
      windows.push(load.clock.there(`${fault.name} ${i}`, from, Date.now()));
      masters.push(master);
      await deployment.verify();
      await sleep(500);
    }
  } catch (error) {
    // The history is worth having all the more, but what went wrong first is what is told.
    await load.stop().catch(() => undefined);
    throw error;
  }
  const history = await load.stop();
  const report = check(history, windows);
  const lostEach = windows.map((_, index) => lostBy(report.lost, windows, index).length);
  recordSeries(deployment, fault, report, lostEach, props.limit);
  return { report, lostEach, masters, history };
}

function recordSeries(
  { manifest }: Deployment,
  fault: Fault,
  report: Report,
  lostEach: readonly number[],
  limit?: number,
): void {
  record({
    kind: 'fault',
    topology: `${manifest.name} (${manifest.image.replace(/^.*\//, '')})`,
    fault: fault.name,
    outages: report.outages.map((outage) => Math.round(outage.ms)),
    limit,
    acknowledged: report.acknowledged,
    confirmed: report.confirmed,
    unknown: report.unknown,
    lost: report.lost.length,
    lostEach,
    lostConfirmed: report.lostConfirmed.length,
  });
}
