import { ClientPod } from '../cluster/support/client-pod.js';
import type { Deployment } from '../cluster/support/deployment.js';
import type { KubeObject } from '../cluster/support/objects.js';
import { pause } from './choice.js';

/** A client pod on each node, so that there is one beside every server, and one that a fault of any node spares. */
export class Clients {
  static async start({ client, kubectl }: Deployment): Promise<Clients> {
    const nodes = (await kubectl.list<KubeObject>('nodes')).map((node) => node.metadata.name);
    // Who writes without a pause to speak of needs more, or is itself what is measured; two topologies have room on two processors.
    const cpu = pause === undefined ? undefined : '600m';
    const props = (node: string) => ({ ...client.props, name: `load-${node}`, node, cpu });
    const pods = new Map(nodes.map((node) => [node, new ClientPod(kubectl, props(node))]));
    await Promise.all([...pods.values()].map((pod) => pod.start()));
    return new Clients(pods);
  }

  private constructor(private readonly pods: ReadonlyMap<string, ClientPod>) {}

  /** Until all of them are there again, be it that a node has just come back. */
  async ready(): Promise<void> {
    await Promise.all([...this.pods.values()].map((pod) => pod.ready()));
  }

  on(node: string): ClientPod {
    const found = this.pods.get(node);
    if (!found) throw new Error(`there is no client on node ${node}; there are on ${[...this.pods.keys()].join(', ')}`);
    return found;
  }

  /** Any one. */
  get first(): ClientPod {
    return [...this.pods.values()][0] as ClientPod;
  }
}
