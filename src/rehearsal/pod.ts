import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Container, type ContainerPlan } from './container.js';
import { environmentOf, type PodContext } from './environment.js';
import type { ContainerSpec } from './manifest.js';
import type { Modules } from './modules.js';
import { PodFiles, type SecretValue } from './pod-files.js';
import { isContent, type ProbeKind, planProbe } from './probe.js';
import { signalAll } from './processes.js';

/** What all pods of a rehearsal have in common. */
export interface SharedPodSettings {
  /** Stands for `/bin/sh`. */
  readonly shell: string;
  readonly path: string;
  readonly secret: SecretValue;
  readonly modules: Modules;
  readonly backoffMs: readonly number[];
}

/** What Kubernetes takes when a pod says nothing. */
const DEFAULT_GRACE_S = 30;
/** The kubelet leaves a container this long after SIGTERM, even when the hook has used the grace up. */
const LEAST_GRACE_MS = 2000;

/** One pod under the rehearsal's "kubelet": its folders, and its containers in the order in which they start. */
export class Pod {
  /** Sidecars in the order of the manifest, then the main containers. */
  readonly containers: Container[];
  private readonly sidecars: Container[];
  private readonly mains: Container[];
  private readonly files: PodFiles;

  constructor(
    readonly context: PodContext,
    readonly folder: string,
    private readonly settings: SharedPodSettings,
  ) {
    const { plan, manifest } = context;
    mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
    this.files = new PodFiles(join(folder, 'volumes'), plan, manifest, settings.secret, settings.modules);
    const build = (spec: ContainerSpec) => new Container(this.planOf(spec), settings.backoffMs);
    const early = plan.spec.initContainers ?? [];
    const once = early.find(({ restartPolicy }) => restartPolicy !== 'Always');
    if (once) throw new Error(`init container '${once.name}' of pod '${plan.name}' is no sidecar: cannot be rehearsed`);
    this.sidecars = early.map(build);
    this.mains = plan.spec.containers.map(build);
    this.containers = [...this.sidecars, ...this.mains];
  }

  get name(): string {
    return this.context.plan.name;
  }

  get running(): boolean {
    return this.containers.some(({ running }) => running);
  }

  container(name: string): Container {
    const found = this.containers.find(({ plan }) => plan.title === `${this.name}/${name}`);
    if (found) return found;
    const names = this.containers.map(({ plan }) => plan.title.split('/')[1]).join(', ');
    throw new Error(`pod '${this.name}' has no container '${name}'; it has ${names}`);
  }

  /** A new pod of this name: claims as they were left, all other volumes fresh. */
  start(): void {
    if (this.running) throw new Error(`pod '${this.name}' runs already`);
    this.files.prepare();
    for (const container of this.containers) container.start();
  }

  /**
   * Deletes the pod as the kubelet does, all of it within the grace period: the main containers' preStop hooks, their
   * SIGTERM, their end (or SIGKILL); then the sidecars one by one, the last first.
   */
  async delete(): Promise<void> {
    const end = Date.now() + (this.context.plan.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_S) * 1000;
    const graceLeft = () => Math.max(end - Date.now(), LEAST_GRACE_MS);
    await Promise.all(
      this.mains.map(async (container) => {
        if (container.running && container.plan.preStop)
          await container.execute(container.plan.preStop, end - Date.now());
        await container.terminate(graceLeft());
      }),
    );
    for (const sidecar of this.sidecars.toReversed()) await sidecar.terminate(graceLeft());
  }

  /** Power off: every process ends at once, and nothing starts again before `start()`. */
  async crash(): Promise<void> {
    await Promise.all(this.containers.map((container) => container.kill()));
  }

  /** Throws away what the pod's claims hold; only while it is down, as for a volume in use. */
  loseVolume(): void {
    if (this.running) throw new Error(`pod '${this.name}' runs: crash or delete it before its volume is lost`);
    this.files.loseClaims();
  }

  /** The kubelet brings the Secret, as it is now, into the running pod. */
  refreshSecret(): void {
    this.files.refreshSecret();
  }

  /** Stops (SIGSTOP) or continues (SIGCONT) every process of the pod. */
  signal(signal: NodeJS.Signals): void {
    for (const { processes } of this.containers) signalAll(processes, signal);
  }

  /** Runs the probes of that kind, as the kubelet would now: are all of them content? */
  async probe(kind: ProbeKind): Promise<boolean> {
    const results = this.containers.map(async (container) => {
      const probe = container.plan.probes[kind];
      if (!container.running) return false;
      return !probe || isContent(probe, container);
    });
    return (await Promise.all(results)).every(Boolean);
  }

  /** Runs the pod's only container to its end, as a Job's; the output is that of this run alone. */
  async runOnce(timeoutMs: number): Promise<{ code: number; output: string }> {
    this.files.prepare();
    const [main] = this.mains as [Container];
    const before = main.output().length;
    const { code } = await main.execute(main.plan.command, timeoutMs);
    return { code, output: main.output().slice(before) };
  }

  private planOf(spec: ContainerSpec): ContainerPlan {
    const mapPaths = this.files.mapPaths(spec);
    const programs: Record<string, string> = { '/bin/sh': this.settings.shell, node: process.execPath };
    const here = (command: readonly string[]) => command.map((word) => programs[word] ?? mapPaths(word));
    const probe = { address: this.context.address, command: here };
    const command = [...(spec.command ?? []), ...(spec.args ?? [])];
    if (command.length === 0)
      throw new Error(`container '${spec.name}' of pod '${this.name}' has no command to rehearse`);
    const preStop = spec.lifecycle?.preStop?.exec?.command;
    return {
      title: `${this.name}/${spec.name}`,
      command: here(command),
      env: { ...environmentOf(spec, this.context, mapPaths), PATH: this.settings.path },
      folder: this.folder,
      log: join(this.folder, 'logs', `${spec.name}.log`),
      preStop: preStop && here(preStop),
      probes: {
        startup: planProbe(spec.startupProbe, spec, probe),
        liveness: planProbe(spec.livenessProbe, spec, probe),
        readiness: planProbe(spec.readinessProbe, spec, probe),
      },
    };
  }
}
