import { App, Chart } from 'cdk8s';
import { RedisSentinel } from '../topology/redis-sentinel.js';
import type { LoadedTopology } from '../topology-file/load.js';
import { encode } from './yaml.js';

/** What a chart gives: the name of its file, and the objects in it. */
export interface Manifest {
  readonly name: string;
  /** Where it comes from, for messages. */
  readonly source: string;
  readonly objects: readonly KubeObject[];
}

/** As much of a Kubernetes object as tells one from another. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** A chart in TypeScript: the default export of a file in charts/. */
export type ChartFactory = (app: App) => Chart;

/** An App of its own for each topology: the time an App takes grows with the square of its charts. */
export function topologyManifest(topology: LoadedTopology): Manifest {
  const chart = new Chart(new App(), topology.name, { namespace: topology.props.namespace });
  const redis = new RedisSentinel(chart, 'topology', topology.props);
  if (topology.verification) redis.addVerification(topology.verification);
  return { name: topology.name, source: topology.file, objects: chart.toJson() };
}

export function chartManifest(source: string, factory: ChartFactory): Manifest {
  const chart = factory(new App());
  return { name: chart.node.id, source, objects: chart.toJson() };
}

/** The same bytes as `cdk8s synth` would write. */
export function manifestBytes(manifest: Manifest): Buffer {
  return encode(manifest.objects);
}
