import { setTimeout as sleep } from 'node:timers/promises';
import { COMPONENT, selector } from '../../kube/labels.js';
import type { Report } from '../../verification/program/report.js';
import { EXIT } from '../exit-codes.js';
import { Kubectl } from '../kubectl.js';
import type { KubeObject } from '../manifests.js';
import { type KubeItem, podProblem } from '../status/observe.js';
import type { Target } from '../target.js';
import { anotherRun, RUN_LABEL, type Verification, verificationOf } from './job.js';

export interface VerifyOptions {
  readonly signal: AbortSignal;
  /** Leave the Job when it has ended. */
  readonly keep: boolean;
  /** Told each line of the Job's log, and what it waits for. */
  readonly line: (text: string) => void;
  /** Between two looks, ms. @default 1000 */
  readonly everyMs?: number;
}

export interface Verified {
  readonly job: string;
  readonly exitCode: number;
  /** @default - it ended without one */
  readonly report?: Report;
  /** Why there is none. */
  readonly why?: string;
}

/**
 * Creates the verification Job, follows its log, and deletes it, also where it is interrupted.
 * @throws Error where the Job could not be created
 */
export async function verifyInCluster(target: Target, options: VerifyOptions): Promise<Verified> {
  const kubectl = new Kubectl(target.kubectl);
  const { job, needs } = target.props ? verificationOf(target.props) : await lastVerification(target.name, kubectl);
  const run = anotherRun(job, target.name);
  const missing = await missingOf(needs, kubectl, options.signal);
  const made = [run, ...missing];
  const name = run.metadata.name;
  try {
    options.signal.throwIfAborted();
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...missing, run] });
    // Not to be ended by the signal: whether it was created would not be known.
    await kubectl.run(['create', '-f', '-'], { stdin: list, undisturbed: true });
    options.line(`created job/${name}`);
    const verified = await new Follower(kubectl, name, options).follow();
    if (options.keep) made.length = 0;
    return verified;
  } finally {
    if (made.length > 0) await remove(made, kubectl);
  }
}

/** The newest that is in the cluster. */
async function lastVerification(topology: string, kubectl: Kubectl): Promise<Verification> {
  const labels = { ...selector(topology), [COMPONENT]: 'verification' };
  const list = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const text = await kubectl.run(['get', 'jobs', '-l', list.join(','), '-o', 'json']);
  const { items } = JSON.parse(text) as { items: readonly KubeObject[] };
  const created = ({ metadata }: KubeObject) => String((metadata as { creationTimestamp?: string }).creationTimestamp);
  const [job] = [...items].sort((a, b) => created(b).localeCompare(created(a)));
  if (job) return { job, needs: [] };
  throw new Error(
    `there is no verification Job of '${topology}' in this namespace that could be run again; ` +
      "name the topology's file instead, or another namespace with --namespace",
  );
}

async function missingOf(needs: readonly KubeObject[], kubectl: Kubectl, signal: AbortSignal): Promise<KubeObject[]> {
  if (needs.length === 0) return [];
  const found = await kubectl.run(['get', ...needs.map(reference), '--ignore-not-found', '-o', 'name'], { signal });
  // `networkpolicy.networking.k8s.io/cache-verify`
  const there = found.split('\n').map((line) => line.replace(/^([^./]+)[^/]*\//, '$1/'));
  return needs.filter((object) => !there.includes(reference(object)));
}

function reference({ kind, metadata }: KubeObject): string {
  return `${kind.toLowerCase()}/${metadata.name}`;
}

async function remove(objects: readonly KubeObject[], kubectl: Kubectl): Promise<void> {
  await kubectl.run(['delete', ...objects.map(reference), '--ignore-not-found', '--wait=false'], { undisturbed: true });
}

/** Follows a Job to its end. */
class Follower {
  private report?: Report;
  private told = 0;
  private waited?: string;

  constructor(
    private readonly kubectl: Kubectl,
    private readonly job: string,
    private readonly options: VerifyOptions,
  ) {}

  async follow(): Promise<Verified> {
    const { signal, everyMs = 1000 } = this.options;
    for (;;) {
      const state = await this.look();
      signal.throwIfAborted();
      if (state.phase === 'waiting') {
        if (this.waited !== state.why) this.options.line(`wait  pod            ${state.why}`);
        this.waited = state.why;
      } else {
        await this.readLog();
        signal.throwIfAborted();
        if (this.report) return { job: this.job, exitCode: this.report.exitCode, report: this.report };
        if (state.phase === 'ended') return { job: this.job, exitCode: EXIT.unknown, why: state.why };
      }
      await sleep(everyMs, undefined, { signal });
    }
  }

  /** Lines that were told before are not told again: a log that broke off is read from its beginning. */
  private async readLog(): Promise<void> {
    let line = 0;
    await this.kubectl.attempt(['logs', '--follow', `job/${this.job}`], {
      signal: this.options.signal,
      timeout: Number.POSITIVE_INFINITY,
      onLine: (text) => {
        line++;
        if (line <= this.told) return;
        this.told = line;
        const report = reportOf(text);
        if (report) this.report = report;
        else this.options.line(text);
      },
    });
  }

  private async look(): Promise<{ phase: 'waiting' | 'running' | 'ended'; why: string }> {
    const text = await this.kubectl.run(['get', 'jobs,pods', '-l', `${RUN_LABEL}=${this.job}`, '-o', 'json'], {
      signal: this.options.signal,
    });
    const { items } = JSON.parse(text) as { items: readonly (KubeItem & { status?: { phase?: string } })[] };
    const failed = items
      .find(({ kind }) => kind === 'Job')
      ?.status?.conditions?.find(({ type, status }) => type === 'Failed' && status === 'True');
    const pod = items.find(({ kind }) => kind === 'Pod');
    if (pod?.status?.phase === 'Running') return { phase: 'running', why: '' };
    if (failed || pod?.status?.phase === 'Failed' || pod?.status?.phase === 'Succeeded') {
      return { phase: 'ended', why: failed?.message ?? 'it ended without a report' };
    }
    if (!items.some(({ kind }) => kind === 'Job')) return { phase: 'ended', why: 'the Job was deleted meanwhile' };
    return { phase: 'waiting', why: pod ? (podProblem(pod, true) ?? 'its image is pulled') : 'it is not there yet' };
  }
}

function reportOf(line: string): Report | undefined {
  if (!line.startsWith('{"report":"redis-sentinel-verification"')) return undefined;
  try {
    return JSON.parse(line) as Report;
  } catch {
    return undefined;
  }
}
