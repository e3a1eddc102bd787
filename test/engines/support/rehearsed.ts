import { App, Chart } from 'cdk8s';
import { type KubernetesObject, Rehearsal, type RehearsalOptions } from '../../../src/rehearsal/rehearsal.js';
import type { RedisSentinelProps } from '../../../src/topology/props.js';
import { RedisSentinel } from '../../../src/topology/redis-sentinel.js';
import { endsWithTest } from '../../support/ends-with.js';

interface Surroundings extends RehearsalOptions {
  /** Variables of every container, against the manifest. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The content of the topology's Secret, against the manifest. */
  readonly secret?: Readonly<Record<string, string>>;
}

/** The objects of a topology named `cache`, with its verification Job. */
export function objectsOf(props: RedisSentinelProps = {}): KubernetesObject[] {
  const chart = new Chart(new App(), 'test');
  const cache = new RedisSentinel(chart, 'cache', props);
  if (!cache.verification) cache.addVerification();
  return chart.toJson();
}

/** A rehearsal for one test, not started; it ends with the test, and shows its logs where the test has failed. */
export async function rehearsed(props?: RedisSentinelProps, surroundings: Surroundings = {}): Promise<Rehearsal> {
  const { environment = {}, secret, ...options } = surroundings;
  const objects = objectsOf(props).map((object) => withEnvironment(object, environment));
  if (secret) objects.splice(0, objects.length, ...withSecret(objects, secret));
  const rehearsal = await Rehearsal.create(objects, options);
  endsWithTest(rehearsal);
  return rehearsal;
}

/** The same, started, and waited for until it is whole; with the master's pod. */
export async function wholeRehearsal(props?: RedisSentinelProps, surroundings?: Surroundings) {
  const rehearsal = await rehearsed(props, surroundings);
  rehearsal.start();
  return { rehearsal, master: await rehearsal.whole() };
}

export function withSecret(
  objects: KubernetesObject[],
  stringData: Readonly<Record<string, string>>,
): KubernetesObject[] {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cache-auth' }, stringData };
  return [...objects.filter(({ kind }) => kind !== 'Secret'), secret];
}

function withEnvironment(object: KubernetesObject, environment: Readonly<Record<string, string>>): KubernetesObject {
  return JSON.parse(JSON.stringify(object), (_, value) =>
    value?.name in environment && typeof value.value === 'string'
      ? { ...value, value: environment[value.name] }
      : value,
  );
}
