import type { Deployment } from '../cluster/support/deployment.js';
import { nodeFault } from '../cluster/support/environment.js';
import { crash, nodeOf, replaced } from '../cluster/support/faults.js';
import type { NodeAgents } from '../cluster/support/node-agents.js';
import type { KubeObject, Pod } from '../cluster/support/objects.js';
import { Pending, sleep, until } from '../cluster/support/wait.js';
import { IN_CLIENT, IN_OTHER_POD, IN_POD, ON_NODE } from './assets.js';
import type { Facts } from './facts.js';
import type { Stage } from './stage.js';
import { type Shape, topologyOf } from './topologies.js';

/** In ms: 1 GB is written in a minute or two. */
const SCRIPT_LIMIT = 300_000;

type Part = 'redis' | 'sentinel' | 'agent';

/** A whole topology just before a fault, and what can be done to it. The last replica's node is left alone by all faults. */
export class ClusterTarget {
  static async of({ deployment, agents, facts, shape }: Stage, master: string): Promise<ClusterTarget> {
    const pods = await deployment.pods();
    const found = pods.find((pod) => pod.metadata.name === master);
    if (!found) throw new Error(`the master ${master} has no pod`);
    const replicas = pods.filter((pod) => pod !== found).sort(byName);
    return new ClusterTarget(deployment, agents, facts, shape, found, replicas);
  }

  /** RFC 3339 */
  private readonly since = new Date().toISOString();
  private banished?: string;

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

  /** A signal to the program of a container. */
  async signal(signal: 'KILL' | 'STOP' | 'CONT', part: Part, ...pods: readonly Pod[]): Promise<void> {
    const program = part === 'agent' ? 'node' : `${this.facts.engine}-server`;
    await Promise.all(pods.map(async (pod) => this.agents.signal(await this.fresh(pod), part, program, signal)));
  }

  async delete(...pods: readonly Pod[]): Promise<void> {
    await this.kubectl(['delete', 'pod', ...names(pods)], 120_000);
  }

  /** Without grace: a kubelet leaves two seconds to a pod all the same, and they are enough to hand over. */
  async deleteByForce(...pods: readonly Pod[]): Promise<void> {
    await this.kubectl(['delete', 'pod', ...names(pods), '--force', '--grace-period=0'], 120_000);
  }

  /** As by a power cut: nothing is handed over. The pods are made anew. */
  async crash(...pods: readonly Pod[]): Promise<void> {
    await crash(this.deployment, this.agents, await Promise.all(pods.map((pod) => this.fresh(pod))));
  }

  /** The volumes go with the pods that hold them; where there is none, the data goes with the pod anyway. */
  async markVolumeForDeletion(pod: Pod): Promise<void> {
    if (!this.facts.persistent) return;
    await this.kubectl(['delete', 'pvc', `data-${pod.metadata.name}`, '--wait=false']);
  }

  async loseVolume(pod: Pod): Promise<void> {
    await this.markVolumeForDeletion(pod);
    await this.crash(pod);
  }

  node(verb: 'crash' | 'start' | 'isolate' | 'heal', pod: Pod): Promise<void> {
    return nodeFault(verb, nodeOf(pod));
  }

  /** Until the servers and Sentinels that can be asked agree on another master. */
  replaced(seconds?: number): Promise<void> {
    return replaced(this.master, this.deployment, seconds);
  }

  /** A pod's node takes no pod any more, and the pod is gone: it does not come back before `readmit`. */
  async banish(pod: Pod): Promise<void> {
    this.banished = nodeOf(await this.fresh(pod));
    await this.kubectl(['cordon', this.banished]);
    await this.deleteByForce(pod);
  }

  async readmit(): Promise<void> {
    if (this.banished) await this.kubectl(['uncordon', this.banished]);
  }

  /** The Redis server of a pod gets a twentieth of a processor, for so many seconds. */
  async starve(pod: Pod, seconds: number): Promise<void> {
    const args = [`${this.facts.engine}-server`, String(seconds)];
    await this.agents.execute(await this.fresh(pod), 'redis', ON_NODE['starve.sh'], args);
  }

  /** Runs a script in a container of the engine. */
  inPod(
    pod: Pod,
    part: 'redis' | 'sentinel',
    script: keyof typeof IN_POD,
    ...args: readonly string[]
  ): Promise<string> {
    return this.deployment.script(pod.metadata.name, part, IN_POD[script], args, SCRIPT_LIMIT);
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

  /** Until that container of a new pod has said it. */
  async saidBy(pod: Pod, part: Part, what: RegExp, seconds: number, intervalMs: number): Promise<void> {
    const { name } = pod.metadata;
    const look = async () => {
      const log = await this.kubectl(['logs', name, '-c', part, `--since-time=${this.since}`]);
      return what.test(log) ? true : new Pending(log);
    };
    await until(`${name}, ${part}, saying ${what}`, seconds, look, intervalMs);
  }

  /** @throws when that container of a pod has said it since the fault */
  async unsaid(part: Part, what: RegExp): Promise<void> {
    for (const pod of names(this.pods)) {
      const log = await this.kubectl(['logs', pod, '-c', part, `--since-time=${this.since}`]);
      const line = log.split('\n').find((line) => what.test(line));
      if (line !== undefined) throw new Error(`${pod}, ${part}: ${line}`);
    }
  }

  /** SIGKILL to the master's agent, so many seconds after its pod's hook has asked for a hand-over. */
  async killAgentAtHandOver(seconds: number): Promise<void> {
    const args = ['node', String(seconds)];
    await this.agents.execute(await this.fresh(this.master), 'agent', ON_NODE['kill-at-hand-over.sh'], args);
  }

  /** A pod beside the master that has asked for a processor, and takes all it can get, for so many seconds. */
  async busy(loopsPerProcessor: number, seconds: number): Promise<void> {
    const node = nodeOf(this.master);
    const { status } = await this.deployment.kubectl.get<Node>('node', node);
    const loops = loopsPerProcessor * Number(status.capacity.cpu);
    await this.deployment.kubectl.create([busyPod(node, this.facts.image, loops, seconds)]);
    await this.lasts(seconds);
    await this.kubectl(['delete', 'pod', BUSY, '--wait=false']);
  }

  /** A client of the master that does not read what it has asked for; the server has to disconnect it in that time. */
  async deafClient(key: string, times: number, seconds: number): Promise<void> {
    const { client, kubectl } = this.deployment;
    const { passwordFile, authorityFile } = client;
    const args = [this.master.metadata.name, '6379', passwordFile, authorityFile, key, String(times), String(seconds)];
    const options = { stdin: IN_CLIENT['deaf-client.cjs'], timeout: (seconds + 30) * 1000 };
    const answer = await kubectl.exec(client.name, 'load', ['node', '-', ...args], options);
    if (answer.trim() !== 'closed')
      throw new Error(`the client that does not read is ${answer.trim()} after ${seconds} s`);
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

interface Node extends KubeObject {
  readonly status: { readonly capacity: { readonly cpu: string } };
}

const BUSY = 'busy';

function busyPod(nodeName: string, image: string, loops: number, seconds: number): KubeObject {
  const container = {
    name: BUSY,
    image,
    command: ['sh', '-c', IN_OTHER_POD['busy.sh'], 'busy.sh', String(loops), String(seconds)],
    // As much as the servers' pod and a half: without a request it would have next to nothing of a processor that others want.
    resources: { requests: { cpu: '500m' } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  const spec = {
    nodeName,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: BUSY }, spec } as KubeObject;
}

const containerOf = (pod: Pod): string | undefined =>
  pod.status.initContainerStatuses?.find((status) => status.name === 'sentinel')?.containerID;
const names = (pods: readonly Pod[]): string[] => pods.map((pod) => pod.metadata.name);
const byName = (a: Pod, b: Pod): number => a.metadata.name.localeCompare(b.metadata.name);
