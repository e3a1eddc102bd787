import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namespaceOf } from './environment.js';
import { provideImages } from './images.js';
import { Kubectl } from './kubectl.js';
import { isReady, type KubeObject, type Pod } from './objects.js';
import { Pending, until } from './wait.js';

const SCRIPT = readFileSync(join(import.meta.dirname, 'signal.sh'), 'utf8');
const labels = { app: 'node-agent' };

/**
 * A privileged pod on each node that sends signals to other pods' processes. Works on any cluster that admits privileged
 * pods; a container's process 1 ignores a SIGKILL from within its own container.
 */
export class NodeAgents {
  private readonly kubectl = new Kubectl(namespaceOf('agents'));

  async start(image: string): Promise<void> {
    await provideImages([image]);
    await this.kubectl.run(['create', 'namespace', this.kubectl.namespace]);
    await this.kubectl.run([
      'label',
      'namespace',
      this.kubectl.namespace,
      'pod-security.kubernetes.io/enforce=privileged',
    ]);
    await this.kubectl.apply([daemonSet(image)]);
    await this.ready();
  }

  /** Until there is one on each node, be it that a node has just come back. */
  async ready(): Promise<void> {
    await until('agents on all nodes', 60, async () => {
      const [pods, nodes] = await Promise.all([this.pods(), this.kubectl.list<KubeObject>('nodes')]);
      const ready = pods.filter(isReady).length;
      return ready === nodes.length ? ready : new Pending(`${ready} of ${nodes.length} agents are ready`);
    });
  }

  async stop(): Promise<void> {
    await this.kubectl.run(['delete', 'namespace', this.kubectl.namespace, '--ignore-not-found', '--wait=false']);
  }

  /** Sends a signal to the processes named `program` of a pod's container. */
  async signal(pod: Pod, container: string, program: string, signal: 'KILL' | 'STOP' | 'CONT'): Promise<void> {
    await this.execute(pod, container, SCRIPT, [program, signal]);
  }

  /**
   * Runs a script as root on the pod's node, with all processes of the node in sight. Its first argument is the id of the
   * container.
   */
  async execute(pod: Pod, container: string, script: string, args: readonly string[]): Promise<string> {
    const statuses = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])];
    const id = statuses.find((status) => status.name === container)?.containerID?.replace(/^.*:\/\//, '');
    if (!id) throw new Error(`pod ${pod.metadata.name} has no running container '${container}'`);
    const agent = (await this.pods()).find((agent) => agent.spec.nodeName === pod.spec.nodeName && isReady(agent));
    if (!agent) throw new Error(`no agent is ready on ${pod.spec.nodeName}, the node of ${pod.metadata.name}`);
    return this.kubectl.exec(agent.metadata.name, 'agent', ['sh', '-s', '--', id, ...args], { stdin: script });
  }

  private pods(): Promise<Pod[]> {
    return this.kubectl.list<Pod>('pods', `app=${labels.app}`);
  }
}

function daemonSet(image: string): KubeObject {
  const spec = {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        hostPID: true,
        terminationGracePeriodSeconds: 0,
        tolerations: [{ operator: 'Exists' }],
        containers: [
          { name: 'agent', image, command: ['sleep', '86400'], securityContext: { privileged: true, runAsUser: 0 } },
        ],
      },
    },
  };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'node-agent' }, spec } as KubeObject;
}
