import type { Plan, SentinelSeen, ServerSeen } from '../../agent/program/decide/known.js';
import { COMPONENT, selector } from '../../kube/labels.js';
import { CONFIG_DIR } from '../../kube/paths.js';
import type { Kubectl } from '../kubectl.js';
import type { Target } from '../target.js';

/** What an agent says at /status: as much of it as is judged. Times are ms of the agent's own clock. */
export interface AgentStatus {
  /** What of the pod waits, and for what. */
  readonly waiting: Readonly<Record<string, { readonly reason: string; readonly since: number } | undefined>>;
  /** Absent while it starts. */
  readonly known?: {
    readonly now: number;
    readonly realNow: number;
    readonly plan: Plan;
    readonly servers: Readonly<Record<string, ServerSeen>>;
    readonly sentinels: Readonly<Record<string, SentinelSeen>>;
    readonly server: { readonly state: 'absent' | 'waiting' | 'running'; readonly since: number };
  };
  /** Absent: there is no TLS. */
  readonly certificate?: {
    readonly expires: string;
    readonly days: number;
    readonly ignored?: string;
    readonly why: string;
  };
  /** How far TLS is turned on or off. Absent: plain text, or TLS alone. */
  readonly transition?: string;
  /** Where the change of each password stands, by whose it is. */
  readonly passwords?: Readonly<Record<string, string>>;
  readonly memory?: {
    readonly durable: { readonly fenced: boolean; readonly candidate?: unknown };
    readonly handOver: { readonly phase?: string };
  };
}

export interface PodSeen {
  readonly name: string;
  readonly component: 'server' | 'sentinel';
  readonly node?: string;
  readonly ready: boolean;
  /** What Kubernetes says is wrong with it. */
  readonly problem?: string;
  readonly agent?: AgentStatus;
  /** Why there is no word of its agent. */
  readonly silence?: string;
}

export interface SetSeen {
  readonly name: string;
  readonly component: 'server' | 'sentinel';
  readonly replicas: number;
}

/** All that can be seen of a topology in a cluster, at one moment. */
export interface Observation {
  readonly topology: string;
  readonly sets: readonly SetSeen[];
  readonly pods: readonly PodSeen[];
}

/** A cluster that answers does so within a second; of a pod whose node is gone nobody would hear for half a minute. */
const LIST_TIMEOUT_MS = 5000;
const ASK_TIMEOUT_MS = 4000;
/** So many `kubectl` at the same time. */
const AT_ONCE = 8;

/** As little of V8 as does, as the container's memory is the agent's. */
const ASK = ['node', '--max-semi-space-size=1', '--v8-pool-size=1', `${CONFIG_DIR}/agent.cjs`, 'status'];

/**
 * Asks Kubernetes for the pods, and all their agents at the same time. By `exec`: no NetworkPolicy is in its way.
 * @throws Error where the cluster does not answer, or has no such topology
 */
export async function observe({ name }: Target, kubectl: Kubectl, signal?: AbortSignal): Promise<Observation> {
  const labels = Object.entries(selector(name)).map(([key, value]) => `${key}=${value}`);
  const text = await kubectl.run(['get', 'pods,statefulsets', '-l', labels.join(','), '-o', 'json'], {
    timeout: LIST_TIMEOUT_MS,
    signal,
  });
  const { items } = JSON.parse(text) as { items: readonly KubeItem[] };
  const sets = items.filter(({ kind }) => kind === 'StatefulSet').flatMap(setOf);
  const pods = items.filter(({ kind }) => kind === 'Pod').flatMap(podOf);
  if (sets.length === 0 && pods.length === 0) {
    throw new Error(`there is no topology '${name}' in this namespace of the cluster; name another with --namespace`);
  }
  const asked = await inParallel(pods, async (pod) => ({ ...pod, ...(await askAgent(pod, kubectl, signal)) }));
  return { topology: name, sets, pods: asked.sort(byName) };
}

async function askAgent(pod: PodSeen, kubectl: Kubectl, signal?: AbortSignal) {
  if (pod.node === undefined) return { silence: 'the pod has no node yet' };
  const { code, stdout, stderr, late } = await kubectl.attempt(['exec', pod.name, '-c', 'agent', '--', ...ASK], {
    timeout: ASK_TIMEOUT_MS,
    signal,
  });
  if (late) return { silence: `no answer in ${ASK_TIMEOUT_MS / 1000} s` };
  if (code !== 0) return { silence: stderr.trim().split('\n').at(-1) || `exec ended with status ${code}` };
  const agent = parseStatus(stdout);
  return agent ? { agent } : { silence: 'what it answered is no JSON' };
}

/** @returns undefined where it is none */
export function parseStatus(text: string): AgentStatus | undefined {
  try {
    return JSON.parse(text, (_, value) => (value === 'Infinity' || value === '-Infinity' ? Number(value) : value));
  } catch {
    return undefined;
  }
}

async function inParallel<T, U>(items: readonly T[], ask: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) results.push(await ask(item));
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}

/** By ordinal: `cache-2` before `cache-10`. */
function byName(a: PodSeen, b: PodSeen): number {
  return a.name.localeCompare(b.name, 'en', { numeric: true });
}

/** As much of a pod or StatefulSet as is looked at. */
export interface KubeItem {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly replicas?: number; readonly nodeName?: string };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

/** The pods of Jobs are none of it. */
function componentOf({ metadata }: KubeItem): 'server' | 'sentinel' | undefined {
  const component = metadata.labels?.[COMPONENT];
  return component === 'server' || component === 'sentinel' ? component : undefined;
}

function setOf(item: KubeItem): SetSeen[] {
  const component = componentOf(item);
  return component ? [{ name: item.metadata.name, component, replicas: item.spec.replicas ?? 0 }] : [];
}

function podOf(item: KubeItem): PodSeen[] {
  const component = componentOf(item);
  if (!component) return [];
  const { name } = item.metadata;
  const ready = item.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return [{ name, component, node: item.spec.nodeName, ready, problem: podProblem(item, ready) }];
}

/** The cause rather than its consequence. */
export function podProblem({ metadata, status }: KubeItem, ready: boolean): string | undefined {
  if (metadata.deletionTimestamp) return 'is being stopped';
  const unscheduled = status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status !== 'True');
  if (unscheduled) return `has no node: ${unscheduled.message ?? unscheduled.reason}`;
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  for (const { name, state } of containers) {
    const { reason, message } = state?.waiting ?? {};
    if (reason && reason !== 'PodInitializing' && reason !== 'ContainerCreating') {
      return `container ${name}: ${reason}${message ? `, ${message}` : ''}`;
    }
  }
  if (ready) return undefined;
  const unready = containers.filter((container) => !container.ready).map(({ name }) => name);
  return unready.length > 0 ? `is not ready: ${unready.join(', ')}` : 'is not ready; perhaps its node is gone';
}
