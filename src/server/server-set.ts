import { Construct } from 'constructs';
import { agentContainer } from '../agent/agent-container.js';
import { type AgentFacts, usesOwnUsers } from '../agent/environment.js';
import { Names } from '../kube/names.js';
import type { PartProps } from '../kube/objects.js';
import { PodSet, type Secrets, type Storage } from '../kube/pod-set.js';
import { REDIS_PORT } from '../kube/ports.js';
import type { ContainerResources } from '../kube/resources.js';
import type { SpreadChoices } from '../kube/spread.js';
import { type ExporterChoices, exporterParts } from '../metrics/exporter-container.js';
import type { Listener } from '../network/exposure.js';
import { sentinelContainer } from '../sentinel/sentinel-container.js';
import { serverContainer } from './server-container.js';

/** Replicas copy from the master, the agents ask all, and the servers are there for clients, by way of a proxy or not. */
export const SERVER_LISTENERS: readonly Listener[] = [
  { port: REDIS_PORT, audience: ['members', 'proxies', 'clients'] },
];

/** What each container of the pods runs. */
export interface Images {
  /** Of servers and Sentinels. */
  readonly engine: string;
  /** Of the agents. */
  readonly node: string;
}

export interface ServerSetProps extends PartProps {
  readonly servers: number;
  readonly images: Images;
  readonly facts: AgentFacts;
  /** Whether each pod has a Sentinel too. */
  readonly withSentinels: boolean;
  readonly config: string;
  readonly secrets: Secrets;
  readonly serviceAccount: string;
  readonly spread: SpreadChoices;
  /** @default - none: the data are gone with the pod */
  readonly storage?: Storage;
  readonly resources: {
    readonly redis: ContainerResources;
    readonly sentinel: ContainerResources;
    readonly agent: ContainerResources;
  };
  /** @default - there is none */
  readonly exporter?: ExporterChoices;
}

/**
 * The Redis servers, each with its agent, and with its Sentinel unless these have pods of their own.
 *
 * Agent and Sentinel start before the server and stop after it: the agent says when it starts and as what, and a hand-over
 * needs both.
 */
export class ServerSet extends Construct {
  constructor(scope: Construct, id: string, props: ServerSetProps) {
    super(scope, id);
    const { topology, images, facts, withSentinels, resources, exporter } = props;
    const names = new Names(topology);
    const common = { image: images.engine, engine: facts.engine, grace: facts.grace, tls: facts.tls };
    const parts = withSentinels ? 'server sentinel' : 'server';
    const withSentinel = withSentinels && exporter?.sentinels === true;
    const withPassword = facts.auth.servers || (withSentinel && facts.auth.sentinels === 'own');
    const withUser = usesOwnUsers(facts.auth);
    const agent = agentContainer({
      image: images.node,
      resources: resources.agent,
      facts,
      parts,
      tellsExporter: exporter !== undefined && withPassword,
    });
    const sentinels = withSentinels ? [sentinelContainer({ ...common, resources: resources.sentinel })] : [];
    new PodSet(this, 'Pods', {
      ...props,
      name: names.servers,
      component: 'server',
      headless: names.serversHeadless,
      replicas: props.servers,
      // A copy from the master passes through a file, even where nothing is kept.
      scratch: resources.redis.limits.memory,
      container: serverContainer({ ...common, resources: resources.redis }),
      sidecars: [agent, ...sentinels],
      ...(exporter && exporterParts({ ...exporter, target: 'redis', withSentinel, withPassword, withUser })),
    });
  }
}
