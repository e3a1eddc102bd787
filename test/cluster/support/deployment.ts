import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority, contentOf } from '../../../src/rehearsal/certificates.js';
import { complaints, type Expectation } from '../load/observation.js';
import { ClientPod } from './client-pod.js';
import { namespaceOf } from './environment.js';
import { provideImages } from './images.js';
import { Kubectl } from './kubectl.js';
import { hasCondition, isReady, type Job, type KubeObject, type Pod, type Secret, type Service } from './objects.js';
import type { RenderedTopology } from './rendered-topology.js';
import { Hopeless, Pending, until } from './wait.js';

const POD_NAME = 'statefulset.kubernetes.io/pod-name';

const CLI = readFileSync(join(import.meta.dirname, 'cli.sh'), 'utf8');

/** To which a test scales a topology. */
const MOST_SERVERS = 5;

/** The topology's, unless a test says otherwise. */
export const PASSWORD = 'a-plain-password';

export interface DeploymentProps {
  /** What the Secret holds, by key. @default - a plain password, and another for each user */
  readonly secret?: Readonly<Record<string, string>>;
}

/** A manifest in a namespace of its own, on which Pod Security `restricted` is enforced. */
export class Deployment {
  static async create(manifest: RenderedTopology, purpose: string, props: DeploymentProps = {}): Promise<Deployment> {
    const deployment = new Deployment(manifest, new Kubectl(namespaceOf(purpose)));
    await provideImages(manifest.images);
    const { kubectl } = deployment;
    await kubectl.run(['create', 'namespace', kubectl.namespace]);
    await kubectl.run(['label', 'namespace', kubectl.namespace, 'pod-security.kubernetes.io/enforce=restricted']);
    const { secret } = manifest;
    if (secret && !manifest.ofKind('Secret').some(({ metadata }) => metadata.name === secret.name)) {
      const passwords = manifest.passwordKeys.map((key) => [
        key,
        key === secret.key ? PASSWORD : `${PASSWORD}-of-${key}`,
      ]);
      const stringData = props.secret ?? Object.fromEntries(passwords);
      await kubectl.create([
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: secret.name }, stringData } as KubeObject,
      ]);
    }
    await deployment.issueCertificate();
    return deployment;
  }

  /** Of the certificate, where there is TLS; kept, so that it can be renewed. */
  private readonly authority: Authority | undefined;

  /** Whoever asks the servers, and writes to them; one that the fault at hand leaves alone. */
  client: ClientPod;

  private constructor(
    private applied: RenderedTopology,
    readonly kubectl: Kubectl,
  ) {
    this.authority = applied.tls === undefined ? undefined : new Authority('cluster-test');
    this.client = new ClientPod(kubectl, {
      topology: applied.name,
      secret: applied.secret,
      tls: applied.tls,
      masterName: applied.setting('MASTER_NAME'),
      ...endpoints(applied),
    });
  }

  get manifest(): RenderedTopology {
    return this.applied;
  }

  /** Applies another manifest of the same topology, as of another size. */
  async become(manifest: RenderedTopology): Promise<void> {
    this.applied = manifest;
    this.client = new ClientPod(this.kubectl, { ...this.client.props, ...endpoints(manifest) });
    await this.apply();
  }

  /**
   * Does not wait until it is gone: the next test has a namespace of its own. Its pods are killed, since a hand-over
   * among servers that all stop would take processor time from that test.
   */
  async delete(): Promise<void> {
    await this.kubectl.attempt(['delete', 'statefulset', '--all', '--cascade=orphan']);
    await this.kubectl.attempt(['delete', 'pod', '--all', '--force', '--grace-period=0', '--wait=false']);
    await this.kubectl.run(['delete', 'namespace', this.kubectl.namespace, '--ignore-not-found', '--wait=false']);
  }

  async apply(objects: readonly KubeObject[] = this.manifest.objects): Promise<void> {
    await this.kubectl.apply(objects);
  }

  /** Makes the Secret with the certificate, or renews it; nothing where there is no TLS. */
  async issueCertificate(): Promise<void> {
    const { tls, name } = this.manifest;
    if (tls === undefined || !this.authority) return;
    const services = this.manifest.ofKind<Service>('Service').map(({ metadata }) => metadata.name);
    // Servers that come when a test scales it are named before, as a person would do.
    const later = Array.from({ length: MOST_SERVERS }, (_, ordinal) => `${name}-${ordinal}`);
    const names = [...new Set([...services, ...later]), name, `*.${this.kubectl.namespace}.svc.cluster.local`].map(
      (one) => `DNS:${one}`,
    );
    // An exporter asks the server of its own pod by that address.
    const stringData = contentOf(this.authority.issue({ names: [...names, 'IP:127.0.0.1'] }));
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: tls }, stringData };
    await this.kubectl.apply([secret as KubeObject]);
  }

  /** A kubelet brings a changed Secret to a pod within a minute or two, and at once where the pod is changed too. */
  async hurryKubelets(): Promise<void> {
    const pods = (await this.pods()).map(({ metadata }) => metadata.name);
    await this.kubectl.run(['annotate', 'pod', ...pods, '--overwrite', `redis-sentinel.cdk8s.io/hurry=${Date.now()}`]);
  }

  /**
   * Runs a script in a container of the engine, with the environment that its own scripts have and the `cli` of cli.sh. The
   * password goes by standard input: a container of the engine is not given it.
   */
  async script(
    pod: string,
    part: 'redis' | 'sentinel',
    script: string,
    args: readonly string[],
    timeout?: number,
  ): Promise<string> {
    const stdin = `PASSWORD='${(await this.password()).replaceAll("'", "'\\''")}'\n${CLI}${script}`;
    return this.kubectl.exec(pod, part, ['sh', '-s', '--', ...args], { stdin, timeout });
  }

  /** As the Secret has it now; empty where there is none. */
  private async password(): Promise<string> {
    const { secret } = this.manifest;
    if (!secret) return '';
    const { data } = await this.kubectl.get<Secret>('secret', secret.name);
    return Buffer.from(data[secret.key] ?? '', 'base64').toString();
  }

  pod(name: string): Promise<Pod> {
    return this.kubectl.get<Pod>('pod', name);
  }

  /** The pods of servers and Sentinels. */
  async pods(): Promise<Pod[]> {
    const pods = await this.kubectl.list<Pod>('pods', `app.kubernetes.io/instance=${this.manifest.name}`);
    return pods.filter((pod) => /^(server|sentinel)$/.test(pod.metadata.labels?.['app.kubernetes.io/component'] ?? ''));
  }

  /** Until every pod that the StatefulSets ask for is ready. */
  async ready(seconds: number): Promise<void> {
    await until(`pods of ${this.kubectl.namespace} ready`, seconds, () => this.unready());
  }

  /** Until the verification Job is complete; fails as soon as it failed, with what it said. */
  async verified(seconds: number): Promise<void> {
    const name = this.manifest.verification.metadata.name;
    await until(`verification Job of ${this.kubectl.namespace}`, seconds, async () => {
      const job = await this.kubectl.get<Job>('job', name);
      if (hasCondition(job.status?.conditions, 'Failed')) {
        throw new Hopeless(
          `the verification Job failed: ${await this.kubectl.run(['logs', `job/${name}`, '--tail=-1'])}`,
        );
      }
      return hasCondition(job.status?.conditions, 'Complete') ? true : new Pending('it is not complete');
    });
  }

  /** Runs the verification Job once more: a Job cannot be started twice, so it is made anew. */
  async verify(seconds = 60): Promise<void> {
    const job = this.manifest.verification;
    await this.kubectl.run(['delete', 'job', job.metadata.name, '--ignore-not-found']);
    await this.kubectl.apply([job]);
    await this.verified(seconds);
  }

  /**
   * Until nothing is wrong any more: all pods ready; one master by ROLE, the others its linked replicas; all Sentinels of
   * one mind, knowing all of them and no one else. The pods come last: to look at them starts a `kubectl` each time, whose
   * processor time the servers lack on a small machine.
   */
  async whole(seconds: number, master?: string): Promise<{ readonly master: string }> {
    const expected = { ...(await this.expectation()), master };
    return until(`${this.kubectl.namespace} whole`, seconds, async () => {
      const seen = await this.client.observe();
      const wrong = complaints(seen, expected);
      if (wrong.length > 0) return new Pending(wrong.join('; '));
      const pods = await this.unready();
      if (pods instanceof Pending) return pods;
      return { master: seen.servers.find((server) => server.role === 'master')?.host ?? '' };
    });
  }

  private async unready(): Promise<true | Pending> {
    const sets = this.manifest.ofKind('StatefulSet') as unknown as { spec: { replicas: number } }[];
    const wanted = sets.reduce((sum, set) => sum + set.spec.replicas, 0);
    const pods = await this.pods();
    const ready = pods.filter(isReady);
    if (ready.length === wanted && pods.length === wanted) return true;
    return new Pending(
      `${ready.length} of ${wanted} pods are ready: [${ready.map((pod) => pod.metadata.name).join(' ')}]`,
    );
  }

  /** Services get their addresses from the cluster, so what is right is known only there. */
  private async expectation(): Promise<Expectation> {
    const services = new Map((await this.kubectl.list<Service>('services')).map((s) => [s.metadata.name, s]));
    const announced = (host: string) =>
      this.manifest.tls === undefined
        ? services.get(host)?.spec.clusterIP
        : `${host}.${this.kubectl.namespace}.svc.cluster.local`;
    const addresses = (port: number) =>
      Object.fromEntries(hosts(this.manifest, port).map((host) => [host, `${announced(host)}:${port}`]));
    return { servers: addresses(6379), sentinels: addresses(26379), quorum: Number(this.manifest.setting('QUORUM')) };
  }
}

const endpoints = (manifest: RenderedTopology) => ({
  sentinels: hosts(manifest, 26379).map((host) => `${host}:26379`),
  servers: hosts(manifest, 6379).map((host) => `${host}:6379`),
});

/** The Services that stand for one pod each and offer this port: a host name in their namespace. */
function hosts(manifest: RenderedTopology, port: number): string[] {
  return manifest
    .ofKind<Service>('Service')
    .filter(
      (service) => service.spec.selector?.[POD_NAME] && service.spec.ports.some((offered) => offered.port === port),
    )
    .map((service) => service.metadata.name);
}
