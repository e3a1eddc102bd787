import type { NamedProps } from '../topology/props.js';
import { loadTopologies } from '../topology-file/load.js';
import { UsageError } from './command.js';
import type { KubectlProps } from './kubectl.js';

/** A topology in a cluster, by its file or its name. */
export interface Target {
  readonly name: string;
  readonly kubectl: KubectlProps;
  /** What its file says. @default - it was named without one */
  readonly props?: NamedProps;
}

/**
 * @param given a file where there is a dot or a slash in it, else a name
 * @throws TopologyFileError, UsageError
 */
export function targetOf(given: string, namespace: string | undefined, context: string | undefined): Target {
  if (!/[./]/.test(given) && given !== '-') return { name: given, kubectl: { namespace, context } };
  if (given.endsWith('.ts')) {
    throw new UsageError(`a chart in TypeScript can hold several topologies; give the name of one instead of ${given}`);
  }
  const [topology] = loadTopologies([given]);
  if (!topology) throw new UsageError(`${given} holds no topology`);
  const { props } = topology;
  if (namespace !== undefined && props.namespace !== undefined && namespace !== props.namespace) {
    throw new UsageError(`--namespace is '${namespace}', but ${given} says '${props.namespace}'; leave it out`);
  }
  return { name: props.name, kubectl: { namespace: namespace ?? props.namespace, context }, props };
}
