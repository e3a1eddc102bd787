import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_IMAGE } from '../../../src/kube/images.js';
import { provideImages } from './images.js';
import { Kubectl } from './kubectl.js';
import { isReady, type KubeObject, type Pod } from './objects.js';
import { Pending, until } from './wait.js';

const PROGRAM = readFileSync(join(import.meta.dirname, 'dns-forwarder.cjs'), 'utf8');
const NAME = 'dns-elsewhere';
const PORT = 5353;

interface Slice extends KubeObject {
  readonly endpoints: readonly { readonly addresses: readonly string[] }[];
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[];
}

/**
 * The cluster's DNS as OpenShift has it: its Service has port 53, and the pods behind it listen on 5353. The pod that stands
 * there passes everything on to the DNS of before.
 */
export class OtherDns {
  private readonly kubectl = new Kubectl('kube-system');
  private before?: Slice;

  /** Undefined where this can be done; else why not: a DNS that runs in pods has its endpoints from a controller. */
  async obstacle(): Promise<string | undefined> {
    const service = await this.kubectl.get<KubeObject & { spec: { selector?: object } }>('service', 'kube-dns');
    return service.spec.selector ? 'the endpoints of this cluster’s kube-dns are not ours to change' : undefined;
  }

  async start(): Promise<void> {
    const [slice] = await this.kubectl.list<Slice>('endpointslices', 'kubernetes.io/service-name=kube-dns');
    const upstream = slice?.endpoints[0]?.addresses[0];
    if (!slice || !upstream) throw new Error('kube-dns has no endpoint');
    await provideImages([NODE_IMAGE]);
    await this.kubectl.apply([forwarder(upstream)]);
    const pod = await until('a DNS on another port', 30, async () => {
      const found = await this.kubectl.get<Pod>('pod', NAME);
      return isReady(found) ? found : new Pending('its pod is not ready');
    });
    this.before = slice;
    const { podIP } = pod.status as Pod['status'] & { readonly podIP: string };
    await this.lead([podIP], PORT);
  }

  /** Whether anybody has asked it. */
  async wasAsked(): Promise<boolean> {
    return (await this.kubectl.logs(NAME, 'dns')).includes('asked');
  }

  async stop(): Promise<void> {
    const { before } = this;
    if (before) await this.lead(before.endpoints[0]?.addresses ?? [], before.ports[0]?.port as number);
    await this.kubectl.run(['delete', 'pod', NAME, '--ignore-not-found', '--wait=false', '--grace-period=1']);
  }

  private async lead(addresses: readonly string[], port: number): Promise<void> {
    const { metadata, ports } = this.before as Slice;
    const change = {
      endpoints: [{ addresses, conditions: { ready: true } }],
      ports: ports.map(({ name, protocol }) => ({ name, protocol, port })),
    };
    await this.kubectl.run([
      'patch',
      'endpointslice',
      metadata.name,
      '--type=merge',
      '--patch',
      JSON.stringify(change),
    ]);
  }
}

function forwarder(upstream: string): KubeObject {
  const container = {
    name: 'dns',
    image: NODE_IMAGE,
    command: ['node', '-e', PROGRAM, String(PORT), upstream],
    readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: NAME, labels: { 'k8s-app': 'kube-dns' } },
    spec: { terminationGracePeriodSeconds: 1, containers: [container] },
  } as KubeObject;
}
