import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Assembly, assemble } from './assemble.js';
import { atEnd } from './at-end.js';
import type { EngineName } from './binaries.js';
import type { Authority } from './certificates.js';
import { type Container, within } from './container.js';
import type { KubernetesObject } from './manifest.js';
import type { RehearsalOptions } from './options.js';
import type { Pod } from './pod.js';
import { type ProcessInfo, signalAll } from './processes.js';
import { disown } from './sweep.js';
import { View } from './view.js';
import { Writer, type WriterOptions } from './writer.js';

export type { KubernetesObject } from './manifest.js';
export type { RehearsalOptions } from './options.js';

/** How long waits last where nothing else is said: ample for an election that fails once, less than a test may take. */
const PATIENCE_MS = 45_000;
const VERIFIED_WITHIN_MS = 120_000;
const SERVER_PROGRAM = /^(redis|valkey)-server$/;

/**
 * A topology on this machine, without Kubernetes: the agents, the launchers and the configuration of a manifest, byte for
 * byte, with a real Redis or Valkey and real Sentinels; each pod has a loopback address and folders of its own.
 *
 *     const rehearsal = await Rehearsal.create(objects);
 *     try {
 *       rehearsal.start();
 *       rehearsal.killServer(await rehearsal.whole());
 *       await rehearsal.whole();
 *     } finally {
 *       await rehearsal.close();
 *     }
 *
 * It stands for the kubelet in what programs can notice: the order of start and stop, restarts, hooks, grace, PID 1's
 * way with SIGTERM, volumes; probes run when asked. It does not stand for the network (no partitions, no DNS, no
 * NetworkPolicy), limits, users, read-only file systems, or the restart by a liveness probe.
 */
export class Rehearsal {
  /** What is seen from outside: roles, INFO, the Sentinels' views. */
  readonly view: View;
  private readonly writers: Writer[] = [];
  private readonly forgetEnd: () => void;
  private closed = false;

  /** Prepares everything, and starts nothing. */
  static async create(objects: readonly KubernetesObject[], options: RehearsalOptions = {}): Promise<Rehearsal> {
    return new Rehearsal(await assemble(objects, options));
  }

  private constructor(private readonly assembly: Assembly) {
    this.view = new View(assembly.sites);
    // Should this process end before close(), it leaves nothing running.
    this.forgetEnd = atEnd(() => {
      for (const { containers } of this.allPods()) for (const container of containers) container.killNow();
      rmSync(assembly.folder, { recursive: true, force: true });
    });
  }

  /** Names of the servers' pods, by ordinal. */
  get servers(): readonly string[] {
    return this.assembly.sites.servers;
  }

  /** Names of the pods with a Sentinel, by ordinal. */
  get sentinels(): readonly string[] {
    return this.assembly.sites.sentinels;
  }

  /** Where everything is: addresses, ports, the password; for clients of one's own. */
  get sites() {
    return this.assembly.sites;
  }

  /** Names of all pods. */
  get pods(): readonly string[] {
    return [...this.assembly.pods.keys()];
  }

  get topology(): string {
    return this.assembly.manifest.topology;
  }

  get engine(): EngineName {
    return this.assembly.engine;
  }

  /** What was put in the place of something that is not on this machine; to be shown to people. */
  get notes(): readonly string[] {
    return this.assembly.notes;
  }

  /** Of the engine that runs. */
  get version(): string {
    return this.assembly.binaries.version;
  }

  /** Holds all files of the rehearsal: `<pod>/logs/<container>.log`, `<pod>/volumes/<volume>/`. */
  get folder(): string {
    return this.assembly.folder;
  }

  /** Starts pods, in this order and at once. @param pods default: all, as `podManagementPolicy: Parallel` does */
  start(pods: readonly string[] = this.pods): void {
    if (this.closed) throw new Error(`the rehearsal of '${this.topology}' is closed: make another`);
    for (const name of pods) this.pod(name).start();
  }

  /**
   * Deletes a pod as the kubelet does (hook, SIGTERM, grace, sidecars last), then starts its successor; none where the
   * rehearsal was closed meanwhile, as by one who did not wait for it.
   */
  async replacePod(name: string): Promise<void> {
    await this.deletePod(name);
    if (this.closed) return;
    this.assembly.remake(name);
    this.start([name]);
  }

  /** Other objects of the same pods: what is made anew by `replacePod`, and the verification, is theirs from now on. */
  apply(objects: readonly KubernetesObject[]): void {
    this.assembly.apply(objects);
  }

  /** The same without a successor; `start([name])` makes one. */
  async deletePod(name: string): Promise<void> {
    await this.pod(name).delete();
  }

  /** Power off: all processes of the pod end at once; it stays down until `start([name])`. */
  async crashPod(name: string): Promise<void> {
    await this.pod(name).crash();
  }

  /** The disk of a pod that is down is lost: it will start with an empty one. */
  loseVolume(name: string): void {
    this.pod(name).loseVolume();
  }

  /** SIGSTOP to every process of the pod: the node hangs. Ended by `thaw()`. */
  freeze(name: string): void {
    this.pod(name).signal('SIGSTOP');
  }

  thaw(name: string): void {
    this.pod(name).signal('SIGCONT');
  }

  /** The topology's Secret has another password from now on: pods that are made have it; those that run, with `refreshSecret`. @param key of one password; by default all */
  changePassword(password: string, key = ''): void {
    this.assembly.secret.changed.set(key, password);
  }

  /** Who issued the topology's certificate. @throws Error - where there is none of the rehearsal's own */
  get authority(): Authority {
    const { authority } = this.assembly;
    if (!authority) throw new Error('there is no certificate of the rehearsal’s own');
    return authority;
  }

  /**
   * The topology's certificate is renewed; the same holds for when pods have it.
   * @param by @default - the same authority as before
   * @param trusted whose certificates are accepted from then on. @default - that authority's
   * @param days until it ends. @default 30
   */
  renewCertificate(by?: Authority, trusted?: readonly Authority[], days?: number): void {
    this.assembly.renewCertificate(by, trusted, days);
  }

  /** The kubelet brings the Secret, as it is now, into the pod's mounted file. In a cluster each takes up to two minutes. */
  refreshSecret(pod: string): void {
    this.pod(pod).refreshSecret();
  }

  /**
   * Sends a signal to the engine's own process in a container, not to its launcher: SIGKILL is a crash or the
   * kernel's OOM kill, SIGSTOP a hang, SIGCONT its end. Returns the moment, as `performance.now()` has it.
   *
   * @param container `sentinel` for the pod's Sentinel
   */
  killServer(pod: string, signal: NodeJS.Signals = 'SIGKILL', container = 'redis'): number {
    const { processes } = this.container(pod, container);
    const program = processes.find((found) => SERVER_PROGRAM.test(found.program));
    if (!program) throw new Error(`no Redis runs in ${pod}/${container}; ${describe(processes)}`);
    signalAll([program], signal);
    return performance.now();
  }

  /** Sends a signal to the pod's agent: SIGKILL is its crash, SIGSTOP a stall, SIGCONT its end. */
  signalAgent(pod: string, signal: NodeJS.Signals): void {
    signalAll(this.container(pod, 'agent').processes, signal);
  }

  /** A container, to hold it back (`hold()`, `release()`), to `execute()` in it, to read its `output()` or `restarts`. */
  container(pod: string, name: string): Container {
    return this.pod(pod).container(name);
  }

  /** Everything that a container said, over all its lives. */
  log(pod: string, container: string): string {
    return this.container(pod, container).output();
  }

  /** Runs the readiness probes of the pod's containers now. */
  ready(pod: string): Promise<boolean> {
    return this.sites.ready(pod);
  }

  /** Waits until nothing is wrong any more (`view.faults()`), and returns the master's pod. */
  async whole(timeoutMs = PATIENCE_MS): Promise<string> {
    let faults: string[] = [];
    const isWhole = async () => {
      faults = await this.view.faults();
      return faults.length === 0;
    };
    const message = () => `'${this.topology}' is not whole:\n  ${faults.join('\n  ')}`;
    await this.until(isWhole, message, { timeoutMs, everyMs: 100 });
    return (await this.view.master()) ?? '';
  }

  /** Waits until one of the other servers says that it is master, and returns its pod. */
  async masterOtherThan(pod: string, timeoutMs = PATIENCE_MS): Promise<string> {
    let master: string | undefined;
    const others = this.servers.filter((name) => name !== pod);
    const found = async () => {
      const roles = await Promise.all(others.map((name) => this.view.role(name)));
      master = others.find((_, index) => roles[index] === 'master');
      return master !== undefined;
    };
    await this.until(found, `no other server became master in the place of ${pod}`, { timeoutMs });
    return master ?? '';
  }

  /**
   * Waits for a condition; one that throws is not met yet. Fails with the message, the last error of the condition, and
   * the end of every log.
   */
  async until(
    condition: () => Promise<boolean> | boolean,
    message: string | (() => string),
    { timeoutMs = PATIENCE_MS, everyMs = 20 } = {},
  ): Promise<void> {
    try {
      await waitFor(condition, timeoutMs, everyMs);
    } catch (error) {
      const what = typeof message === 'string' ? message : message();
      throw new Error(`after ${timeoutMs / 1000} s: ${what}${(error as Error).message}\n${this.tails()}`);
    }
  }

  /** Clients that begin to write at once; `report()` ends them and tells what was lost. */
  writer(options: WriterOptions = {}): Writer {
    const writer = new Writer(this.sites, this.view, options);
    this.writers.push(writer);
    return writer;
  }

  /** Runs the manifest's verification Job once; `undefined` when it has none. */
  async verify(): Promise<{ code: number; output: string } | undefined> {
    return this.assembly.verification?.runOnce(VERIFIED_WITHIN_MS);
  }

  /** The last lines of each container's log. */
  tails(lines = 12): string {
    const logs = [...this.assembly.pods.values()].flatMap(({ containers }) => containers);
    return logs
      .map(
        (container) =>
          `==> ${container.plan.title}\n${container.output().trimEnd().split('\n').slice(-lines).join('\n')}`,
      )
      .join('\n');
  }

  /** Ends every process, and removes the folder. @param keep leave the folder, to look into the logs */
  async close({ keep = false } = {}): Promise<void> {
    this.closed = true;
    await within(5000, Promise.all(this.writers.map((writer) => writer.stop())));
    await Promise.all(this.allPods().map((pod) => pod.crash()));
    this.forgetEnd();
    this.assembly.block.release();
    if (keep) disown(this.folder);
    else rmSync(this.folder, { recursive: true, force: true });
  }

  private allPods(): Pod[] {
    const { pods, verification } = this.assembly;
    return [...pods.values(), ...(verification ? [verification] : [])];
  }

  private pod(name: string): Pod {
    const found = this.assembly.pods.get(name);
    if (found) return found;
    throw new Error(`there is no pod '${name}'; there are ${this.pods.join(', ')}`);
  }
}

/** Rejects after the time with the last error of the condition, in brackets; with nothing where it had none. */
async function waitFor(condition: () => Promise<boolean> | boolean, timeoutMs: number, everyMs: number) {
  const end = performance.now() + timeoutMs;
  for (;;) {
    let problem = '';
    try {
      if (await condition()) return;
    } catch (error) {
      problem = ` (${(error as Error).message})`;
    }
    if (performance.now() > end) throw new Error(problem);
    await sleep(everyMs);
  }
}

function describe(processes: ProcessInfo[]): string {
  if (processes.length === 0) return 'the container is not running';
  return `its processes are ${processes.map(({ program }) => program).join(', ')}`;
}
