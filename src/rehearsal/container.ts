import { appendFileSync, closeSync, readFileSync } from 'node:fs';
import type { ProbeKind, ProbePlan } from './probe.js';
import { exitOf, handlesTerm, killSession, sessionMembers, signalAll, spawnSession } from './processes.js';

/** A container, ready to run on this machine. */
export interface ContainerPlan {
  /** `<pod>/<container>` */
  readonly title: string;
  readonly command: string[];
  readonly env: Record<string, string>;
  /** Where it is started: the pod's folder. */
  readonly folder: string;
  readonly log: string;
  readonly preStop?: string[];
  readonly probes: Partial<Record<ProbeKind, ProbePlan>>;
}

/** What a command that was run in a container came to. */
export interface Outcome {
  /** The exit code; 137 when it was ended at its time limit. */
  readonly code: number;
  readonly timedOut: boolean;
}

/** A container that ran this long is restarted at once again, and its pauses begin anew. The kubelet: 10 minutes. */
const FORGIVEN_AFTER_MS = 10_000;

/**
 * One container under the rehearsal's "kubelet": restarted whenever it ends (`restartPolicy: Always`), until it is
 * told to stop. Its first process leads a session; when that ends, all others in it end too, as in a pod.
 */
export class Container {
  restarts = 0;
  private wanted = false;
  private held = false;
  private leader?: number;
  private startedAt = 0;
  private failures = 0;
  private timer?: NodeJS.Timeout;
  private readonly executing = new Set<number>();
  private onExit: (() => void)[] = [];

  /** @param backoffMs pauses before the first, second, … restart in a row; the last one repeats */
  constructor(
    readonly plan: ContainerPlan,
    private readonly backoffMs: readonly number[],
  ) {}

  get running(): boolean {
    return this.leader !== undefined;
  }

  /** The living processes of the container, its first one first; not those of probes and hooks. */
  get processes() {
    return this.leader === undefined ? [] : sessionMembers(this.leader);
  }

  /** Runs it from now on. */
  start(): void {
    this.wanted = true;
    this.failures = 0;
    if (!this.running) this.spawn();
  }

  /** Keeps it from being started or restarted; one that runs goes on. */
  hold(): void {
    this.held = true;
    clearTimeout(this.timer);
  }

  /** Takes back `hold()`, and starts it where its pod runs. */
  release(): void {
    this.held = false;
    if (this.wanted && !this.running) this.spawn();
  }

  /** Stops it as the kubelet does: SIGTERM to the first process, and SIGKILL to what is left after the time. */
  async terminate(graceMs: number): Promise<void> {
    this.giveUp();
    const { leader } = this;
    if (leader === undefined) return;
    const stopped = sessionMembers(leader).filter(({ pid }) => pid === leader);
    if (handlesTerm(leader)) signalAll(stopped, 'SIGTERM');
    else this.note('SIGTERM dropped: the first process has no handler for it, so the kernel keeps it from PID 1');
    const ended = await within(graceMs, this.exit());
    if (!ended) this.note(`SIGKILL: still there ${graceMs} ms after SIGTERM`);
    await this.kill();
  }

  /** Ends every process of it at once, and does not restart it. */
  async kill(): Promise<void> {
    this.giveUp();
    if (this.leader === undefined) return;
    const gone = this.exit();
    this.killNow();
    await gone;
  }

  /** The same, without waiting; for the moment in which the rehearsal itself ends. */
  killNow(): void {
    this.giveUp();
    for (const session of [this.leader, ...this.executing]) if (session !== undefined) killSession(session);
  }

  /** Runs a command in the container's environment, bounded; its output goes to the container's log. */
  async execute(command: readonly string[], timeoutMs: number): Promise<Outcome> {
    const { env, folder, log } = this.plan;
    const { child, output } = spawnSession(command, env, folder, log);
    const exit = exitOf(child).finally(() => closeSync(output));
    const session = child.pid;
    if (session === undefined) return { code: await exit, timedOut: false };
    this.executing.add(session);
    const code = await within(timeoutMs, exit);
    killSession(session);
    this.executing.delete(session);
    return code === undefined ? { code: 137, timedOut: true } : { code, timedOut: false };
  }

  /** The log so far: the output of all its lives, hooks and probes, between lines of the rehearsal's own. */
  output(): string {
    return readFileSync(this.plan.log, { encoding: 'utf8', flag: 'a+' });
  }

  private spawn(): void {
    if (this.held) return;
    const { command, env, folder, log } = this.plan;
    this.note('started');
    const { child, output } = spawnSession(command, env, folder, log);
    this.leader = child.pid;
    this.startedAt = Date.now();
    void exitOf(child).then((code) => {
      closeSync(output);
      this.ended(code);
    });
  }

  private ended(code: number): void {
    for (const session of [this.leader, ...this.executing]) if (session !== undefined) killSession(session);
    this.leader = undefined;
    this.note(`ended with code ${code}`);
    for (const tell of this.onExit.splice(0)) tell();
    if (!this.wanted || this.held) return;
    if (Date.now() - this.startedAt > FORGIVEN_AFTER_MS) this.failures = 0;
    const pause = this.backoffMs[Math.min(this.failures, this.backoffMs.length - 1)] ?? 0;
    this.failures++;
    this.restarts++;
    this.timer = setTimeout(() => this.spawn(), pause);
  }

  private giveUp(): void {
    this.wanted = false;
    clearTimeout(this.timer);
  }

  private exit(): Promise<true> {
    if (!this.running) return Promise.resolve(true);
    return new Promise((resolve) => this.onExit.push(() => resolve(true)));
  }

  private note(text: string): void {
    appendFileSync(this.plan.log, `--- ${new Date().toISOString()} ${this.plan.title} ${text}\n`);
  }
}

/** The promise's value, or `undefined` after the time. */
export async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
