import { markdownTable } from '../cluster/support/figures.js';
import type { Cost } from './usage.js';

/** What an idle pod of a strict topology may cost, all containers together; thousandths of a processor. */
export const POD_LIMIT = 25;
/** What its agent may, of that. */
export const AGENT_LIMIT = 8;
/** Working set of the agent, MiB. */
export const AGENT_MEMORY_LIMIT = 64;

const MIB = 2 ** 20;

/** A row for each container, and one for each pod. */
export function tableOf(all: readonly Cost[], roles: ReadonlyMap<string, string>): string {
  const rows = podsOf(all).flatMap(([pod, own]) => [
    ...own.map((cost) => row(pod, cost.container, [cost])),
    row(`${pod} (${roles.get(pod) ?? 'role unknown'})`, 'all', own),
  ]);
  return markdownTable(['pod', 'container', 'CPU, m', 'working set, MiB'], rows).join('\n');
}

/**
 * Every bound that is not kept, a sentence each.
 * @param slack how many times more of the processors is let pass, on a machine whose processors are others' too
 */
export function complaints(all: readonly Cost[], slack = 1): string[] {
  const found: string[] = [];
  for (const [pod, own] of podsOf(all)) {
    const cpu = sum(own);
    if (cpu > POD_LIMIT * slack) found.push(`${pod}: ${cpu.toFixed(1)} m, at most ${POD_LIMIT} m`);
    const agent = own.find(({ container }) => container === 'agent');
    if (!agent) {
      found.push(`${pod}: has no agent`);
      continue;
    }
    if (agent.millicores > AGENT_LIMIT * slack) {
      found.push(`${pod}, agent: ${agent.millicores.toFixed(1)} m, at most ${AGENT_LIMIT} m`);
    }
    const mebibytes = agent.workingSetBytes / MIB;
    if (mebibytes > AGENT_MEMORY_LIMIT) {
      found.push(`${pod}, agent: ${mebibytes.toFixed(1)} MiB, at most ${AGENT_MEMORY_LIMIT} MiB`);
    }
  }
  return found;
}

const sum = (own: readonly Cost[]): number => own.reduce((total, { millicores }) => total + millicores, 0);

function podsOf(all: readonly Cost[]): [string, Cost[]][] {
  const pods = [...new Set(all.map(({ pod }) => pod))].sort();
  return pods.map((pod) => [pod, all.filter((cost) => cost.pod === pod)]);
}

function row(pod: string, container: string, own: readonly Cost[]): string[] {
  const mebibytes = own.reduce((total, { workingSetBytes }) => total + workingSetBytes, 0) / MIB;
  return [pod, container, sum(own).toFixed(1), mebibytes.toFixed(1)];
}

/** An agent at one moment of a soak. */
export interface Sample {
  /** Minutes since the soak began. */
  readonly minute: number;
  readonly pod: string;
  readonly workingSetBytes: number;
  readonly sockets: number;
}

/** Until everything has happened once, in minutes: buffers and code are not yet what they will be. */
export const WARM_UP = 10;
/** What a garbage collector leaves lying about, MiB. */
const MEMORY_NOISE = 4;
/** Connections that are being replaced at the moment. */
const SOCKET_NOISE = 4;

/**
 * What has grown after the first ten minutes, a sentence each: the least of the last third against the least of the first. A
 * leak raises the least too; what a failover takes for a moment does not.
 */
export function growth(samples: readonly Sample[]): string[] {
  const found: string[] = [];
  for (const pod of new Set(samples.map((sample) => sample.pod))) {
    const warm = samples.filter((sample) => sample.pod === pod && sample.minute >= WARM_UP);
    const third = Math.floor(warm.length / 3);
    if (third < 3) {
      found.push(`${pod}: ${warm.length} samples after the first ${WARM_UP} minutes say nothing about growth`);
      continue;
    }
    const [first, last] = [warm.slice(0, third), warm.slice(-third)];
    const memory = (of: readonly Sample[]) => Math.min(...of.map((sample) => sample.workingSetBytes)) / MIB;
    const sockets = (of: readonly Sample[]) => Math.min(...of.map((sample) => sample.sockets));
    if (memory(last) > memory(first) + MEMORY_NOISE) {
      found.push(`${pod}: memory grew from ${memory(first).toFixed(1)} to ${memory(last).toFixed(1)} MiB`);
    }
    if (sockets(last) > sockets(first) + SOCKET_NOISE) {
      found.push(`${pod}: sockets grew from ${sockets(first)} to ${sockets(last)}`);
    }
  }
  return found;
}
