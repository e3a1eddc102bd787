import { EXPORTER, VOLUMES } from '../kube/container.js';
import { type Component, POD_NAME_LABEL, selector } from '../kube/labels.js';

/** A Kubernetes object as it stands in a manifest. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly [field: string]: unknown;
}

/** What the rehearsal reads of a container; everything else (image, limits, security) it cannot honour. */
export interface ContainerSpec {
  readonly name: string;
  readonly image?: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly env?: EnvVar[];
  readonly ports?: { name?: string; containerPort: number }[];
  readonly volumeMounts?: { name: string; mountPath: string; subPath?: string }[];
  readonly restartPolicy?: string;
  readonly lifecycle?: { preStop?: { exec?: { command: string[] } } };
  readonly startupProbe?: ProbeSpec;
  readonly livenessProbe?: ProbeSpec;
  readonly readinessProbe?: ProbeSpec;
}
export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { fieldRef?: { fieldPath: string } };
}
export interface ProbeSpec {
  readonly exec?: { command: string[] };
  readonly httpGet?: { path?: string; port: string | number };
  readonly timeoutSeconds?: number;
}
export interface Volume {
  readonly name: string;
  readonly configMap?: { name: string; items?: KeyToPath[] };
  readonly secret?: { secretName: string; optional?: boolean; items?: KeyToPath[] };
  readonly projected?: { sources: { secret: { name: string; optional?: boolean; items?: KeyToPath[] } }[] };
  readonly emptyDir?: object;
}
export interface KeyToPath {
  readonly key: string;
  readonly path: string;
}
export interface PodSpec {
  readonly containers: ContainerSpec[];
  readonly initContainers?: ContainerSpec[];
  readonly volumes?: Volume[];
  readonly terminationGracePeriodSeconds?: number;
}

/** One pod that a StatefulSet or a Job of the manifest will have. */
export interface PodPlan {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly spec: PodSpec;
  /** Names of the volumes that outlive the pod. */
  readonly claims: string[];
}

/** What the servers' configuration is called in its ConfigMap. */
export const SERVER_CONFIGURATION = 'redis.conf';

/** What a manifest says, in the shape the rehearsal needs. */
export class RehearsedManifest {
  /** The StatefulSet's name, which is the topology's. */
  readonly topology: string;
  /** @default 'default' - as `kubectl` does */
  readonly namespace: string;
  /** Whether pods have an exporter, which a rehearsal leaves out: its program is in its image alone. */
  readonly hasExporters: boolean;
  /** The Redis servers' pods, by ordinal. */
  readonly servers: PodPlan[];
  /** The pods of Sentinels that have their own StatefulSet; empty when they run beside the servers. */
  readonly separateSentinels: PodPlan[];

  constructor(private readonly objects: readonly KubernetesObject[]) {
    const servers = objects.find((set) => set.kind === 'StatefulSet' && isOf(set, set.metadata.name, 'server'));
    if (!servers) throw new Error('the manifest has no StatefulSet of Redis servers made by this project');
    this.topology = servers.metadata.name;
    const sentinels = this.findOf('StatefulSet', 'sentinel');
    this.namespace = servers.metadata.namespace ?? 'default';
    this.hasExporters = template(servers).spec.containers.some(isExporter);
    this.servers = podsOf(servers);
    this.separateSentinels = sentinels ? podsOf(sentinels) : [];
  }

  /** Every pod with a Sentinel in it. */
  get sentinels(): PodPlan[] {
    return this.separateSentinels.length > 0 ? this.separateSentinels : this.servers;
  }

  /** The pod of the verification Job, if the topology has one. */
  get verification(): PodPlan | undefined {
    const job = this.findOf('Job', 'verification');
    return job && { ...template(job), name: job.metadata.name, claims: [] };
  }

  /** A variable of the servers' containers, where it has a plain value. */
  declared(name: string, otherwise: string): string {
    const { initContainers = [], containers = [] } = this.servers[0]?.spec ?? {};
    const found = [...initContainers, ...containers]
      .flatMap(({ env = [] }) => env)
      .find((variable) => variable.name === name);
    return found?.value ?? otherwise;
  }

  /** `redis.conf` of the servers; empty where there is none. */
  get serverConfiguration(): string {
    const maps = (this.servers[0]?.spec.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
    const found = maps.map((name) => this.content('ConfigMap', name)?.[SERVER_CONFIGURATION]);
    return String(found.find((content) => content !== undefined) ?? '');
  }

  /** A ConfigMap's or Secret's keys; `undefined` when the manifest leaves the object to somebody else. */
  content(kind: 'ConfigMap' | 'Secret', name: string): Record<string, string | Buffer> | undefined {
    const found = this.find(kind, name);
    if (!found) return undefined;
    const data = Object.entries((found.data ?? {}) as Record<string, string>);
    const plain = (found.stringData ?? {}) as Record<string, string>;
    if (kind === 'ConfigMap') return Object.fromEntries(data);
    return { ...Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, 'base64')])), ...plain };
  }

  /** Names of Secrets that pods mount and the manifest leaves to somebody else. */
  get missingSecrets(): string[] {
    return this.missing((volume) => volume !== VOLUMES.tls);
  }

  /** The same of the one with the certificate. */
  get missingCertificate(): string | undefined {
    return this.missing((volume) => volume === VOLUMES.tls)[0];
  }

  /** The pods behind a Service, in the order of the pods; empty when the manifest has no such Service. */
  podsBehind(service: string): PodPlan[] {
    const spec = this.find('Service', service)?.spec as { selector?: Record<string, string> } | undefined;
    if (!spec?.selector) return [];
    const selected = spec.selector;
    return [...this.servers, ...this.separateSentinels].filter(({ labels }) => matches(labels, selected));
  }

  private missing(isMeant: (volume: string) => boolean): string[] {
    const pods = [...this.servers, ...this.separateSentinels];
    const volumes = pods.flatMap(({ spec }) => spec.volumes ?? []).filter(({ name }) => isMeant(name));
    const mounted = volumes.flatMap(secretsIn);
    return [...new Set(mounted)].filter((name) => !this.find('Secret', name));
  }

  private find(kind: string, name: string): KubernetesObject | undefined {
    return this.objects.find((object) => object.kind === kind && object.metadata.name === name);
  }

  private findOf(kind: string, component: Component): KubernetesObject | undefined {
    return this.objects.find((object) => object.kind === kind && isOf(object, this.topology, component));
  }
}

function secretsIn({ secret, projected }: Volume): string[] {
  return [...(secret ? [secret.secretName] : []), ...(projected?.sources ?? []).map((source) => source.secret.name)];
}

function isOf(object: KubernetesObject, topology: string, component: Component): boolean {
  return matches(template(object).labels, selector(topology, component));
}

function matches(labels: Readonly<Record<string, string>>, selected: Readonly<Record<string, string>>): boolean {
  return Object.entries(selected).every(([key, value]) => labels[key] === value);
}

function template(object: KubernetesObject): { spec: PodSpec; labels: Record<string, string> } {
  const spec = object.spec as { template: { spec: PodSpec; metadata?: { labels?: Record<string, string> } } };
  return { spec: spec.template.spec, labels: spec.template.metadata?.labels ?? {} };
}

function isExporter({ name }: ContainerSpec): boolean {
  return name === EXPORTER;
}

function podsOf(set: KubernetesObject): PodPlan[] {
  const { replicas = 1, volumeClaimTemplates = [] } = set.spec as {
    replicas?: number;
    volumeClaimTemplates?: KubernetesObject[];
  };
  const claims = volumeClaimTemplates.map(({ metadata }) => metadata.name);
  return Array.from({ length: replicas }, (_, ordinal) => {
    const { spec: whole, labels } = template(set);
    const spec = { ...whole, containers: whole.containers.filter((container) => !isExporter(container)) };
    const name = `${set.metadata.name}-${ordinal}`;
    return { name, spec, claims, labels: { ...labels, [POD_NAME_LABEL]: name } };
  });
}
