import type { Size } from 'cdk8s';
import { Construct } from 'constructs';
import type { Engine } from '../engine/engine.js';
import { keeperContainer } from '../keeper/keeper-container.js';
import { Names } from '../kube/names.js';
import type { PartProps } from '../kube/objects.js';
import { PodSet, type SecretKey } from '../kube/pod-set.js';
import { type ScriptFacts, scriptEnvironment } from '../kube/script-environment.js';
import type { Spread } from '../kube/spread.js';
import { sentinelContainer } from '../sentinel/sentinel-container.js';
import { serverContainer } from './server-container.js';

interface ContainerSize {
  readonly cpu: string;
  readonly memory: Size;
}

export interface ServerSetProps extends PartProps {
  readonly servers: number;
  readonly engine: Engine;
  readonly facts: ScriptFacts;
  /** Whether each pod has a Sentinel too. */
  readonly withSentinels: boolean;
  readonly config: string;
  readonly password: SecretKey;
  readonly serviceAccount: string;
  readonly spread: Spread;
  /** @default - none: the data are gone with the pod */
  readonly storage?: { readonly size: Size; readonly storageClass?: string };
  readonly resources: {
    readonly redis: ContainerSize;
    readonly sentinel: ContainerSize;
    readonly keeper: ContainerSize;
  };
}

/**
 * The Redis servers, each with its keeper, and with its Sentinel unless these have pods of their own.
 *
 * Sentinel and keeper start before the server, which asks them for its role, and stop after it, since a hand-over
 * needs them.
 */
export class ServerSet extends Construct {
  constructor(scope: Construct, id: string, props: ServerSetProps) {
    super(scope, id);
    const names = new Names(props.topology);
    const common = { image: props.engine.imageReference, env: scriptEnvironment(props.facts) };
    const sentinel = sentinelContainer({ ...common, ...props.resources.sentinel });
    const keeper = keeperContainer({ ...common, ...props.resources.keeper });
    new PodSet(this, 'Pods', {
      ...props,
      name: names.servers,
      component: 'server',
      headless: names.serversHeadless,
      replicas: props.servers,
      // A copy from the master passes through a file, even where nothing is kept.
      scratch: props.resources.redis.memory,
      container: serverContainer({ ...common, ...props.resources.redis }),
      sidecars: props.withSentinels ? [sentinel, keeper] : [keeper],
    });
  }
}
