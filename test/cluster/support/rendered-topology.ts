import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { manifests } from './environment.js';
import { type Container, containersOf, type Job, type KubeObject, type PodSpec, type StatefulSet } from './objects.js';

const SERVER = 'redis';
const AGENT = 'agent';

/** A rendered topology, and the facts about it that the tests need, read from what is rendered and nowhere else. */
export class RenderedTopology {
  /** A topology of dist/, by its name. */
  static of(topology: string): RenderedTopology {
    return RenderedTopology.read(join(manifests, `${topology}.k8s.yaml`));
  }

  /** Objects made by a test. @param name what errors call them */
  static from(objects: readonly KubeObject[], name: string): RenderedTopology {
    return new RenderedTopology(name, objects);
  }

  static read(path: string): RenderedTopology {
    const documents = parseAllDocuments(readFileSync(path, 'utf8'));
    return new RenderedTopology(
      path,
      documents.map((document) => document.toJS() as KubeObject | null).filter((object) => object !== null),
    );
  }

  readonly objects: readonly KubeObject[];

  private constructor(
    readonly path: string,
    objects: readonly KubeObject[],
  ) {
    // The namespace is the test's choice: a topology learns its own when its pods start.
    this.objects = objects
      .filter((object) => object.kind !== 'Namespace')
      .map((object) => ({ ...object, metadata: { ...object.metadata, namespace: undefined } }));
  }

  /** The same with each object changed. */
  with(change: (object: KubeObject) => KubeObject): RenderedTopology {
    return new RenderedTopology(this.path, this.objects.map(change));
  }

  /** The same without the objects of these kinds, which the cluster does not know. */
  without(...kinds: readonly string[]): RenderedTopology {
    return new RenderedTopology(
      this.path,
      this.objects.filter(({ kind }) => !kinds.includes(kind)),
    );
  }

  ofKind<T extends KubeObject>(kind: string): T[] {
    return this.objects.filter((object) => object.kind === kind) as T[];
  }

  /** The StatefulSet of the Redis servers. */
  get servers(): StatefulSet {
    return this.the(
      this.ofKind<StatefulSet>('StatefulSet').filter((set) =>
        set.spec.template.spec.containers.some((container) => container.name === SERVER),
      ),
      `StatefulSet with a container '${SERVER}'`,
    );
  }

  /** The topology's name. */
  get name(): string {
    return this.servers.metadata.name;
  }

  get serverNames(): string[] {
    return Array.from({ length: this.servers.spec.replicas }, (_, ordinal) => `${this.name}-${ordinal}`);
  }

  get verification(): Job {
    return this.the(
      this.ofKind<Job>('Job').filter((job) => job.metadata.labels?.['app.kubernetes.io/component'] === 'verification'),
      'verification Job',
    );
  }

  /** A variable of the agent's container beside the servers, as rendered. */
  setting(name: string): string {
    const value = this.containerOf(AGENT).env?.find((variable) => variable.name === name)?.value;
    if (value === undefined) throw new Error(`${this.path}: container '${AGENT}' has no variable ${name}`);
    return value;
  }

  get downAfter(): number {
    return Number(this.setting('DOWN_AFTER_MS'));
  }

  get image(): string {
    return this.containerOf(SERVER).image;
  }

  /** The Secret that the servers mount, and the key of the password in it; undefined where there is no password. */
  get secret(): { readonly name: string; readonly key: string } | undefined {
    if (this.setting('PASSWORD_FILE') === 'none') return undefined;
    const volumes = (this.servers.spec.template.spec.volumes ?? []).filter(({ name }) => name !== 'tls');
    const name = this.the(
      volumes.flatMap((volume) => volume.secret?.secretName ?? []),
      'Secret among the volumes',
    );
    return { name, key: 'password' };
  }

  /** All keys that the servers mount of that Secret: the password's, and those of users. */
  get passwordKeys(): string[] {
    const { secret } = this;
    const sources = (this.servers.spec.template.spec.volumes ?? []).flatMap(
      ({ projected }) => projected?.sources ?? [],
    );
    const ofUsers = sources.flatMap(({ secret: source }) =>
      source !== undefined && source.name === secret?.name ? (source.items ?? []) : [],
    );
    return secret ? [secret.key, ...ofUsers.map(({ key }) => key)] : [];
  }

  /** Name of the Secret with the certificate, where there is TLS. */
  get tls(): string | undefined {
    return this.servers.spec.template.spec.volumes?.find(({ name }) => name === 'tls')?.secret?.secretName;
  }

  get images(): string[] {
    const specs = this.objects
      .map((object) => (object as { spec?: { template?: { spec?: PodSpec } } }).spec?.template?.spec)
      .filter((spec) => spec !== undefined);
    return specs.flatMap((spec) => containersOf(spec).map((container) => container.image));
  }

  private containerOf(name: string): Container {
    const containers = containersOf(this.servers.spec.template.spec);
    return this.the(
      containers.filter((container) => container.name === name),
      `container '${name}'`,
    );
  }

  private the<T>(found: readonly T[], what: string): T {
    if (found.length !== 1) throw new Error(`${this.path}: must have one ${what}, has ${found.length}`);
    return found[0] as T;
  }
}
