import type { Deployment } from '../cluster/support/deployment.js';
import { nodeFault } from '../cluster/support/environment.js';
import { nodeOf, replaced } from '../cluster/support/faults.js';
import type { NodeAgents } from '../cluster/support/node-agents.js';
import type { Pod } from '../cluster/support/objects.js';
import { Pending, sleep, until } from '../cluster/support/wait.js';
import { IN_POD, ON_NODE } from './assets.js';
import type { Facts } from './facts.js';
import type { Stage } from './stage.js';
import { type Shape, topologyOf } from './topologies.js';

/** In ms: 1 GB is written in a minute or two. */
const SCRIPT_LIMIT = 300_000;

type Part = 'redis' | 'sentinel' | 'keeper';

/** A whole topology just before a fault, and what can be done to it. The last replica's node is left alone by all faults. */
export class Scene {
  static async of({ deployment, agents, facts, shape }: Stage, master: string): Promise<Scene> {
    const pods = await deployment.pods();
    const found = pods.find((pod) => pod.metadata.name === master);
    if (!found) throw new Error(`the master ${master} has no pod`);
    const replicas = pods.filter((pod) => pod !== found).sort(byName);
    return new Scene(deployment, agents, facts, shape, found, replicas);
  }

  private constructor(
    readonly deployment: Deployment,
    private readonly agents: NodeAgents,
    readonly facts: Facts,
    private readonly shape: Shape,
    readonly master: Pod,
    readonly replicas: readonly Pod[],
  ) {}

  get pods(): readonly Pod[] {
    return [this.master, ...this.replicas];
  }

  /** The replica that a fault may hit. */
  get replica(): Pod {
    return this.replicas[0] as Pod;
  }

  /** The replica beside which the clients are. */
  get bystander(): Pod {
    return this.replicas.at(-1) as Pod;
  }

  /** A signal to the program of a container; of the keeper, which is a script, to its shells. */
  async signal(signal: 'KILL' | 'STOP' | 'CONT', part: Part, ...pods: readonly Pod[]): Promise<void> {
    const program = part === 'keeper' ? 'sh' : `${this.facts.engine}-server`;
    await Promise.all(pods.map(async (pod) => this.agents.signal(await this.fresh(pod), part, program, signal)));
  }

  async delete(...pods: readonly Pod[]): Promise<void> {
    await this.kubectl(['delete', 'pod', ...names(pods)], 120_000);
  }

  /** Without any grace: the kubelet kills at once, no hook runs. */
  async deleteByForce(...pods: readonly Pod[]): Promise<void> {
    await this.kubectl(['delete', 'pod', ...names(pods), '--force', '--grace-period=0'], 120_000);
  }

  /** The volumes go with the pods that hold them; where there is none, the data goes with the pod anyway. */
  async markVolumeForDeletion(pod: Pod): Promise<void> {
    if (!this.facts.persistent) return;
    await this.kubectl(['delete', 'pvc', `data-${pod.metadata.name}`, '--wait=false']);
  }

  async loseVolume(pod: Pod): Promise<void> {
    await this.markVolumeForDeletion(pod);
    await this.deleteByForce(pod);
  }

  node(verb: 'crash' | 'start' | 'isolate' | 'heal', pod: Pod): Promise<void> {
    return nodeFault(verb, nodeOf(pod));
  }

  /** Until the servers and Sentinels that can be asked agree on another master. */
  replaced(): Promise<void> {
    return replaced(this.master, this.deployment);
  }

  /** The Redis server of a pod gets a twentieth of a processor, for so many seconds. */
  async starve(pod: Pod, seconds: number): Promise<void> {
    const args = [`${this.facts.engine}-server`, String(seconds)];
    await this.agents.execute(await this.fresh(pod), 'redis', ON_NODE['starve.sh'], args);
  }

  /** Runs a script in a container, with the environment that its own scripts have. */
  inPod(pod: Pod, part: Part, script: keyof typeof IN_POD, ...args: readonly string[]): Promise<string> {
    const { kubectl } = this.deployment;
    const options = { stdin: IN_POD[script], timeout: SCRIPT_LIMIT };
    return kubectl.exec(pod.metadata.name, part, ['sh', '-s', '--', ...args], options);
  }

  /** The replica again and again, until it satisfies `condition`, by its own INFO replication. */
  async untilInfo(pod: Pod, what: string, seconds: number, condition: (info: string) => boolean): Promise<void> {
    const look = async () => {
      const info = await this.inPod(pod, 'redis', 'ask.sh', 'INFO', 'replication');
      return condition(info) ? true : new Pending(info);
    };
    await until(`${pod.metadata.name}: ${what}`, seconds, look, 50);
  }

  /** Until that container of every pod has said it since then. @param since RFC 3339 */
  async said(part: Part, what: RegExp, since: string, seconds: number): Promise<void> {
    await until(`every ${part} saying ${what}`, seconds, async () => {
      for (const pod of this.pods.map(({ metadata }) => metadata.name)) {
        const log = await this.kubectl(['logs', pod, '-c', part, `--since-time=${since}`]);
        if (!what.test(log)) return new Pending(`${pod}: ${log}`);
      }
      return true;
    });
  }

  /** Applies the manifest of the same topology with so many servers. */
  async becomes(servers: number): Promise<void> {
    const { profile, engine } = this.facts;
    await this.deployment.become(topologyOf(profile, engine, { ...this.shape, servers }));
  }

  /** Kills the Sentinels of all pods, and waits until all answer again. */
  async restartSentinels(seconds: number): Promise<void> {
    const before = await Promise.all(this.pods.map((pod) => this.fresh(pod)));
    await this.signal('KILL', 'sentinel', ...before);
    // A kubelet tells of the new container some time after it has started it.
    await until('new containers of all Sentinels', seconds, async () => {
      const now = await Promise.all(this.pods.map((pod) => this.fresh(pod)));
      const old = now.filter((pod, index) => containerOf(pod) === containerOf(before[index] as Pod));
      return old.length === 0 ? true : new Pending(`the old ones are told of in ${names(old).join(' ')}`);
    });
    await this.sentinelsAnswer(seconds);
  }

  private async sentinelsAnswer(seconds: number): Promise<void> {
    await until('answers of all Sentinels', seconds, async () => {
      const { sentinels } = await this.deployment.client.observe();
      const silent = sentinels.filter((sentinel) => sentinel.error).map((sentinel) => sentinel.host);
      return silent.length === 0 ? true : new Pending(`no answer from ${silent.join(' ')}`);
    });
  }

  kubectl(args: readonly string[], timeout?: number): Promise<string> {
    return this.deployment.kubectl.run(args, { timeout });
  }

  /** Lets a fault last. */
  async lasts(seconds: number): Promise<void> {
    await sleep(seconds * 1000);
  }

  /** A container that restarted since has another id. */
  private fresh(pod: Pod): Promise<Pod> {
    return this.deployment.pod(pod.metadata.name);
  }
}

const containerOf = (pod: Pod): string | undefined =>
  pod.status.initContainerStatuses?.find((status) => status.name === 'sentinel')?.containerID;
const names = (pods: readonly Pod[]): string[] => pods.map((pod) => pod.metadata.name);
const byName = (a: Pod, b: Pod): number => a.metadata.name.localeCompare(b.metadata.name);
