import { Size } from 'cdk8s';
import { Construct } from 'constructs';
import { agentContainer } from '../agent/agent-container.js';
import { type AgentFacts, usesOwnUsers } from '../agent/environment.js';
import { Names } from '../kube/names.js';
import type { PartProps } from '../kube/objects.js';
import { PodSet, type Secrets, type Storage } from '../kube/pod-set.js';
import { SENTINEL_PORT } from '../kube/ports.js';
import type { ContainerResources } from '../kube/resources.js';
import type { SpreadChoices } from '../kube/spread.js';
import { type ExporterChoices, exporterParts } from '../metrics/exporter-container.js';
import type { Listener } from '../network/exposure.js';
import { sentinelContainer } from './sentinel-container.js';

/** Sentinels ask each other, and clients ask one of them for the master. */
export const SENTINEL_LISTENERS: readonly Listener[] = [{ port: SENTINEL_PORT, audience: ['members', 'clients'] }];

export interface SentinelSetProps extends PartProps {
  readonly count: number;
  /** Of the engine, and of Node. */
  readonly images: { readonly engine: string; readonly node: string };
  readonly facts: AgentFacts;
  readonly config: string;
  readonly secrets: Secrets;
  readonly serviceAccount: string;
  readonly spread: SpreadChoices;
  /** @default - none: what a Sentinel knew is gone with its pod */
  readonly storage?: Storage;
  readonly resources: { readonly sentinel: ContainerResources; readonly agent: ContainerResources };
  /** @default - there is none */
  readonly exporter?: ExporterChoices;
}

/**
 * Sentinels in pods of their own, each with an agent.
 *
 * Each keeps its vote and the master it knows on its volume. Without a volume a pod that is made anew asks the others.
 */
export class SentinelSet extends Construct {
  constructor(scope: Construct, id: string, props: SentinelSetProps) {
    super(scope, id);
    const { topology, images, facts, resources } = props;
    const exporter = props.exporter?.sentinels ? props.exporter : undefined;
    const withUser = usesOwnUsers(facts.auth);
    const { servers, sentinels } = facts.auth;
    const withPassword = sentinels === 'own' || (sentinels === 'same' && servers);
    const names = new Names(topology);
    new PodSet(this, 'Pods', {
      ...props,
      name: names.sentinels,
      component: 'sentinel',
      headless: names.sentinelsHeadless,
      replicas: props.count,
      scratch: Size.mebibytes(100),
      container: sentinelContainer({
        image: images.engine,
        engine: facts.engine,
        grace: facts.grace,
        tls: facts.tls,
        resources: resources.sentinel,
      }),
      sidecars: [
        agentContainer({
          image: images.node,
          resources: resources.agent,
          facts,
          parts: 'sentinel',
          tellsExporter: exporter !== undefined && withPassword,
        }),
      ],
      ...(exporter && exporterParts({ ...exporter, target: 'sentinel', withSentinel: false, withPassword, withUser })),
    });
  }
}
