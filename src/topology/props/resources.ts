import { Size } from 'cdk8s';
import { clientsOfProxy } from '../../access/proxies.js';
import type { ContainerResources } from '../../kube/resources.js';
import { clientsOfSentinel, LEAST_SENTINEL_MEMORY } from '../../sentinel/sentinel-memory.js';
import { describeBudget, LEAST_MEMORY, memoryBudget } from '../../server/memory-budget.js';
import { type EntriesOf, mapping } from '../../words/mappings.js';
import { cpu, size, sizeText } from '../../words/quantities.js';
import { type Entry, entry } from '../../words/value-kind.js';
import { bytes } from '../units.js';
import type { Violation } from '../violation.js';
import type { TlsGroupProps } from './tls.js';

/** CPU and memory, in Kubernetes' quantities. */
export interface Amounts {
  /** `100m` or `1`. */
  readonly cpu?: string;
  /** In whole bytes. */
  readonly memory?: Size;
}

/** What a container reserves, and may take. */
export interface ContainerResourcesProps extends Amounts {
  /** CPU that is reserved, short for `requests: { cpu }`. @default - see Resources */
  readonly cpu?: string;
  /** Memory, reserved and limit in one. @default - see Resources */
  readonly memory?: Size;
  /** What is reserved. @default - as much memory as its limit */
  readonly requests?: Amounts;
  /**
   * What it may take at most.
   * @default - no limit of CPU: a throttled Sentinel calls healthy masters dead
   */
  readonly limits?: Amounts;
}

/** CPU and memory, by kind of container. */
export interface Resources {
  /**
   * Of a server.
   * @default - cpu 100m; its memory is the prop `memory`
   */
  readonly redis?: Omit<ContainerResourcesProps, 'memory'>;
  /**
   * Every client that learns of a new master from a Sentinel holds a connection to one; in the worst case all of them to the
   * same. 25 KiB for each: 128 MiB is enough for some 4,000, the least (64 MiB) for 2,000.
   * @default - cpu 50m, memory 128 MiB
   */
  readonly sentinel?: ContainerResourcesProps;
  /**
   * Of the agent in each pod.
   * @default - cpu 50m, memory 128 MiB; cpu 200m while TLS is turned on or off, when all connections go through it
   */
  readonly agent?: ContainerResourcesProps;
  /** Of the exporters. @default - cpu 10m, memory 64 MiB */
  readonly exporter?: ContainerResourcesProps;
  /**
   * Of the proxies that `access` asks for. A client takes up to 40 KiB: 128 MiB is enough for 2,457 at the same time on each
   * of them, of both Services; those beyond wait. A limit of CPU is also the number of HAProxy's threads, else 2.
   * @default - cpu 50m, memory 128 MiB
   */
  readonly proxy?: ContainerResourcesProps;
  /** Of the Job that makes a Secret, and of the verification. @default - cpu 50m, memory 128 MiB */
  readonly jobs?: ContainerResourcesProps;
}

/** The props about memory and CPU. */
export interface ResourceProps {
  /**
   * Memory of each server, reserved and limit in one; at least 128 MiB. Redis counts up to 65 % of it as its own: the data, the
   * replication backlog (64 MiB, at most a quarter, or 1 %) and its clients' buffers (6.5 %). The rest is for replicas that
   * copy, for the pages that a fork copies, and for the process (src/server/memory-budget.ts).
   * @default Size.gibibytes(1)
   */
  readonly memory?: Size;
  /**
   * CPU and memory of each kind of container.
   * @default - see Resources
   */
  readonly resources?: Resources;
}

/** `Resources` with all defaults filled in. */
export interface ResourcesOfAll {
  /** Of a server. */
  readonly redis: ContainerResources;
  /** Of a Sentinel. */
  readonly sentinel: ContainerResources;
  /** Of an agent. */
  readonly agent: ContainerResources;
  /** Of an exporter. */
  readonly exporter: ContainerResources;
  /** Of a proxy. */
  readonly proxy: ContainerResources;
  /** Of each Job. */
  readonly jobs: ContainerResources;
}

export interface ResourceSettings {
  /** Of each server: the limit of its container. */
  readonly memory: Size;
  /** CPU and memory of each kind of container. */
  readonly resources: ResourcesOfAll;
}

export const resourceWords: EntriesOf<ResourceProps> = {
  memory: entry(size('1Gi'), "of each server's container, request and limit in one", '1Gi'),
  resources: entry(
    mapping<Resources>(
      {
        redis: entry(
          mapping(requestsAndLimits(), 'redis: { cpu: 1 }'),
          'of the servers; their memory is `memory`, or `limits.memory`',
          'cpu 100m',
        ),
        sentinel: sidecar('of the Sentinels; a client that waits for a new master takes 25 KiB of one'),
        agent: sidecar('of the agents; cpu 200m in a `tls.transition`, when all connections go through them'),
        exporter: sidecar('of the exporters', 'cpu 10m, memory 64Mi'),
        proxy: sidecar('of the proxies; a client takes up to 40 KiB of one'),
        jobs: sidecar('of the Job that makes a Secret, and of the verification'),
      },
      'resources: { redis: { cpu: 1 } }',
    ),
    'CPU and memory of each kind of container',
    'see each',
  ),
};

function requestsAndLimits(): EntriesOf<Omit<ContainerResourcesProps, 'memory'>> {
  const amounts = (example: string) =>
    mapping<Amounts>(
      { cpu: entry(cpu(), 'as Kubernetes counts it'), memory: entry(size('512Mi'), 'as Kubernetes counts it') },
      example,
    );
  return {
    cpu: entry(cpu(), 'short for `requests.cpu`'),
    requests: entry(
      amounts('requests: { cpu: 100m, memory: 512Mi }'),
      'what is reserved',
      'as much memory as its limit',
    ),
    limits: entry(amounts('limits: { memory: 1Gi }'), 'what it may take', 'no limit of CPU'),
  };
}

function sidecar(meaning: string, standard = 'cpu 50m, memory 128Mi'): Entry<ContainerResourcesProps> {
  const memory = entry(size('128Mi'), 'request and limit in one');
  return entry(mapping({ ...requestsAndLimits(), memory }, '{ cpu: 100m, memory: 128Mi }'), meaning, standard);
}

/**
 * 128 MiB is enough for a Sentinel with some 4,000 clients (sentinel-memory.ts), and for an agent twice over: it takes 45 to
 * 55 MiB, most of it Node's own program.
 */
const BESIDE = { cpu: '50m', memory: Size.mebibytes(128) };

/**
 * In a transition of TLS every byte goes through the agent. With the share of the others it fell behind on a busy node: it stood
 * still for a third of the time, and the master fenced itself again and again.
 */
const OF_PASSING_AGENT = { ...BESIDE, cpu: '200m' };

/** It takes 15 to 25 MiB, and works at a scrape alone. */
const OF_EXPORTER = { cpu: '10m', memory: Size.mebibytes(64) };

export function resolveResources({ memory, resources = {}, tls }: ResourceProps & TlsGroupProps): ResourceSettings {
  const redis = resolveContainer({ ...resources.redis, memory }, { cpu: '100m', memory: Size.gibibytes(1) });
  return {
    memory: redis.limits.memory,
    resources: {
      redis,
      sentinel: resolveContainer(resources.sentinel, BESIDE),
      agent: resolveContainer(resources.agent, tls?.transition ? OF_PASSING_AGENT : BESIDE),
      exporter: resolveContainer(resources.exporter, OF_EXPORTER),
      proxy: resolveContainer(resources.proxy, BESIDE),
      jobs: resolveContainer(resources.jobs, BESIDE),
    },
  };
}

function resolveContainer(
  { cpu, memory, requests = {}, limits = {} }: ContainerResourcesProps = {},
  standard: Required<Amounts>,
): ContainerResources {
  // A default must not contradict what was given.
  const limit = limits.memory ?? memory ?? larger(standard.memory, requests.memory);
  const usual =
    limits.cpu !== undefined && millicores(limits.cpu) < millicores(standard.cpu) ? limits.cpu : standard.cpu;
  return {
    requests: { cpu: requests.cpu ?? cpu ?? usual, memory: requests.memory ?? limit },
    limits: { cpu: limits.cpu, memory: limit },
  };
}

function larger(one: Size, other: Size | undefined): Size {
  return other !== undefined && bytes(other) > bytes(one) ? other : one;
}

/** NaN where it is no amount. */
function millicores(cpu: string): number {
  if (!/^([1-9]\d*m|\d+(\.\d{1,3})?)$/.test(cpu)) return Number.NaN;
  return cpu.endsWith('m') ? Number.parseInt(cpu, 10) : Number(cpu) * 1000;
}

const MIB = 2 ** 20;
/** Node's own 45 MiB, and a heap that is twice what the agent or a Job needs. */
const LEAST_NODE_MEMORY = 96 * MIB;
const LEAST_EXPORTER_MEMORY = 32 * MIB;
/** Some 800 clients. */
const LEAST_PROXY_MEMORY = 64 * MIB;
/** More than any node has; what is beyond it is a slip. */
const MOST_MEMORY = 64 * 2 ** 40;

/** Lower bounds: each is the memory below which the process is known not to fit. */
export function* resourceRules(settings: ResourceSettings, props: ResourceProps): Generator<Violation> {
  const { resources } = settings;
  const memory = bytes(settings.memory);
  const ofRedis = props.resources?.redis?.limits?.memory;
  const path = props.memory === undefined && ofRedis ? ['resources', 'redis', 'limits', 'memory'] : ['memory'];
  if (props.memory !== undefined && ofRedis && bytes(props.memory) !== bytes(ofRedis)) {
    yield {
      path: ['resources', 'redis', 'limits', 'memory'],
      message: `'resources.redis.limits.memory' must not be another than 'memory', as both are the limit of the server, got ${ofRedis.asString()} and ${props.memory.asString()}: keep one of them`,
    };
  }
  const budget = memoryBudget(memory);
  const left = `${Math.max(0, Math.floor(budget.data / MIB))}Mi of it for data`;
  yield* atLeast(path, settings.memory, LEAST_MEMORY, `${describeBudget(budget)} leave ${left}`);
  if (memory > MOST_MEMORY) {
    yield {
      path,
      message: `'${path.join('.')}' must be at most ${sizeText(MOST_MEMORY)}, since no node has more, got ${settings.memory.asString()}: give what a node has to spare`,
    };
  }
  const clients = grouped(clientsOfSentinel(bytes(resources.sentinel.limits.memory)));
  yield* atLeast(
    memoryPath(props, 'sentinel'),
    resources.sentinel.limits.memory,
    LEAST_SENTINEL_MEMORY,
    `every client that watches for a new master takes 25 KiB of one Sentinel, so that ${clients} of them would end it`,
  );
  yield* atLeast(
    memoryPath(props, 'agent'),
    resources.agent.limits.memory,
    LEAST_NODE_MEMORY,
    'the agent takes up to 64 MiB, and is ended at the limit',
  );
  yield* atLeast(
    memoryPath(props, 'proxy'),
    resources.proxy.limits.memory,
    LEAST_PROXY_MEMORY,
    `HAProxy itself takes up to 32 MiB and each client up to 40 KiB, which leaves ${clientsOfProxy(resources.proxy)} clients`,
  );
  yield* atLeast(memoryPath(props, 'jobs'), resources.jobs.limits.memory, LEAST_NODE_MEMORY, 'Node takes up to 64 MiB');
  yield* atLeast(
    memoryPath(props, 'exporter'),
    resources.exporter.limits.memory,
    LEAST_EXPORTER_MEMORY,
    'the exporter takes up to 25 MiB, and a pod whose exporter is ended at the limit is not ready',
  );
  for (const container of Object.keys(resources) as (keyof Resources)[]) {
    yield* containerRules(container, resources[container], props.resources?.[container]);
  }
}

/** `2,600`; `toLocaleString` would load all that Node knows of languages, a tenth of the whole command's time. */
function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

function memoryPath(
  { resources }: ResourceProps,
  container: 'sentinel' | 'agent' | 'exporter' | 'proxy' | 'jobs',
): string[] {
  return ['resources', container, ...(resources?.[container]?.limits?.memory ? ['limits'] : []), 'memory'];
}

function* containerRules(
  container: keyof Resources,
  { requests, limits }: ContainerResources,
  given: ContainerResourcesProps = {},
): Generator<Violation> {
  const path = ['resources', container];
  for (const [where, amount] of [
    [given.cpu === undefined ? ['requests', 'cpu'] : ['cpu'], requests.cpu],
    [['limits', 'cpu'], limits.cpu],
  ] as const) {
    if (amount === undefined || millicores(amount) > 0) continue;
    yield {
      path: [...path, ...where],
      message: `'cpu' must be a Kubernetes quantity above 0 such as 100m or 0.5, got '${amount}': leave it out for the default`,
    };
  }
  for (const [short, long] of [
    ['cpu', given.requests?.cpu],
    ['memory', given.limits?.memory],
    ['memory', given.requests?.memory],
  ] as const) {
    if (given[short] === undefined || long === undefined) continue;
    yield {
      path: [...path, short],
      message: `'resources.${container}.${short}' must not be given beside 'requests' and 'limits', for which it is short, got both: keep the long form`,
    };
  }
  if (limits.cpu !== undefined && millicores(requests.cpu) > millicores(limits.cpu)) {
    yield above([...path, 'limits', 'cpu'], requests.cpu, limits.cpu);
  }
  if (bytes(requests.memory) > bytes(limits.memory)) {
    yield above([...path, 'requests', 'memory'], requests.memory.asString(), limits.memory.asString());
  }
}

function above(path: string[], request: string, limit: string): Violation {
  return {
    path,
    message: `'requests' must be at most what 'limits' allow, as Kubernetes demands, got ${request} and ${limit}: raise the limit, or reserve less`,
  };
}

export function* atLeast(path: string[], given: Size, least: number, why: string): Generator<Violation> {
  if (bytes(given) >= least) return;
  yield {
    path,
    message: `'${path.join('.')}' must be at least ${sizeText(least)}, since ${why}, got ${given.asString()}: give ${sizeText(least)} or more`,
  };
}
