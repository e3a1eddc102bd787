import { Size } from 'cdk8s';
import { Construct } from 'constructs';
import type { Engine } from '../engine/engine.js';
import { Names } from '../kube/names.js';
import type { PartProps } from '../kube/objects.js';
import { PodSet, type SecretKey } from '../kube/pod-set.js';
import { type ScriptFacts, scriptEnvironment } from '../kube/script-environment.js';
import type { Spread } from '../kube/spread.js';
import { sentinelContainer } from './sentinel-container.js';

export interface SentinelSetProps extends PartProps {
  readonly count: number;
  readonly engine: Engine;
  readonly facts: ScriptFacts;
  readonly config: string;
  readonly password: SecretKey;
  readonly serviceAccount: string;
  readonly spread: Spread;
  /** @default - none: what a Sentinel knew is gone with its pod */
  readonly storage?: { readonly size: Size; readonly storageClass?: string };
  readonly resources: { readonly cpu: string; readonly memory: Size };
}

/**
 * Sentinels in pods of their own.
 *
 * Each keeps its vote and the master it knows on its volume. Without a volume a pod that is made anew asks the others.
 */
export class SentinelSet extends Construct {
  constructor(scope: Construct, id: string, props: SentinelSetProps) {
    super(scope, id);
    const names = new Names(props.topology);
    new PodSet(this, 'Pods', {
      ...props,
      name: names.sentinels,
      component: 'sentinel',
      headless: names.sentinelsHeadless,
      replicas: props.count,
      scratch: Size.mebibytes(100),
      container: sentinelContainer({
        ...props.resources,
        image: props.engine.imageReference,
        env: scriptEnvironment(props.facts),
      }),
    });
  }
}
