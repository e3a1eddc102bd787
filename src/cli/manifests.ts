import { App, Chart } from 'cdk8s';
import type { NamedProps } from '../topology/props.js';
import { RedisSentinel } from '../topology/redis-sentinel.js';
import type { LoadedTopology } from '../topology-file/load.js';
import { encode } from './yaml.js';

/** What a chart gives: the name of its file, and the objects in it. */
export interface ManifestFile {
  readonly name: string;
  /** Where it comes from, for messages. */
  readonly source: string;
  readonly objects: readonly KubeObject[];
  /**
   * The same topology under another name, and in another namespace where its file names one: from the difference is seen
   * where they are used. @default - it cannot be renamed: a chart in TypeScript
   */
  readonly renamed?: (name: string, namespace: string) => readonly KubeObject[];
  /** That its file names. @default - none */
  readonly namespace?: string;
}

/** As much of a Kubernetes object as tells one from another. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** A chart in TypeScript: the default export of a file in charts/. */
export type ChartFactory = (app: App) => Chart;

type Named = Pick<LoadedTopology, 'name' | 'file' | 'props'>;

export function topologyManifest({ name, file, props }: Named): ManifestFile {
  const { namespace } = props;
  return {
    name,
    source: file,
    namespace,
    objects: topologyObjects(props),
    renamed: (name, other) => topologyObjects({ ...props, name, namespace: namespace && other }),
  };
}

/** An App of its own for each topology: the time an App takes grows with the square of its charts. */
function topologyObjects(props: NamedProps): readonly KubeObject[] {
  const chart = new Chart(new App(), props.name, { namespace: props.namespace });
  new RedisSentinel(chart, 'topology', props);
  return chart.toJson();
}

export function chartManifest(source: string, factory: ChartFactory): ManifestFile {
  const chart = factory(new App());
  return { name: chart.node.id, source, objects: chart.toJson() };
}

/** The same bytes as `cdk8s synth` would write. */
export function manifestBytes(manifest: ManifestFile): Buffer {
  return encode(manifest.objects);
}

/** All of them in one stream of YAML documents. */
export function stream(manifests: readonly ManifestFile[]): Buffer {
  return encode(manifests.flatMap(({ objects }) => objects));
}

/** All of them as one object, which `kubectl apply` takes as well. */
export function objectsAsList(manifests: readonly ManifestFile[]) {
  return { apiVersion: 'v1', kind: 'List', items: manifests.flatMap(({ objects }) => objects) };
}
