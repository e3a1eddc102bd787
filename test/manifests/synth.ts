import { App, Chart } from 'cdk8s';
import type { RedisSentinelProps } from '../../src/topology/props.js';
import { RedisSentinel } from '../../src/topology/redis-sentinel.js';

/** An object of a manifest, as plain data. */
// biome-ignore lint/suspicious/noExplicitAny: tests reach into objects of every kind
export type PlainObject = any;

export interface Synthesised {
  readonly cache: RedisSentinel;
  readonly objects: PlainObject[];
  /** Every object of a kind. */
  all(kind: string): PlainObject[];
  /** The ConfigMap with the configuration and the programs. */
  readonly config: PlainObject;
  /** The one object of that kind and name. */
  one(kind: string, name?: string): PlainObject;
}

/** The manifest of a topology named `cache`. */
export function synth(props: RedisSentinelProps = {}, more: (cache: RedisSentinel, chart: Chart) => void = () => {}) {
  const chart = new Chart(new App(), 'chart');
  const cache = new RedisSentinel(chart, 'cache', props);
  more(cache, chart);
  return inspect(cache, chart.toJson());
}

function inspect(cache: RedisSentinel, objects: PlainObject[]): Synthesised {
  const all = (kind: string) => objects.filter((object) => object.kind === kind);
  return {
    cache,
    objects,
    all,
    config: objects.find(({ data = {} }) => 'redis.conf' in data),
    one(kind, name) {
      const found = all(kind).filter((object) => name === undefined || object.metadata.name === name);
      if (found.length === 1) return found[0];
      const names = objects.map((object) => `${object.kind} ${object.metadata.name}`).join(', ');
      throw new Error(`${found.length} objects are ${kind} ${name ?? ''}; there are ${names}`);
    },
  };
}
