import { container } from '../kube/container.js';
import { CONFIG_DIR } from '../kube/paths.js';
import type { ContainerSpec, Probe } from '../kube/pod.js';
import { AGENT_PORT } from '../kube/ports.js';
import type { ContainerResources } from '../kube/resources.js';
import type { Listener } from '../network/exposure.js';
import { type AgentFacts, type AuthFacts, agentEnvironment, exporterEnvironment, type Parts } from './environment.js';

export interface AgentContainerProps {
  readonly facts: AgentFacts;
  readonly parts: Parts;
  /** Node's. */
  readonly image: string;
  readonly resources: ContainerResources;
  /** Whether an exporter beside it has its passwords from it. */
  readonly tellsExporter: boolean;
}

/**
 * The agents ask each other nothing but read what the others' servers say; a person may, who collects metrics, and a proxy,
 * whose turn it is.
 */
export const AGENT_LISTENERS: readonly Listener[] = [{ port: AGENT_PORT, audience: ['members', 'proxies', 'metrics'] }];

/**
 * What V8 may take. The agent's heap is some 10 MiB; the limit makes a leak end in a restart of the agent, which disturbs
 * nobody, long before its container is out of memory. A young generation of 1 MiB and one thread beside the main one, where
 * the defaults grow to 16 MiB and four: nothing here is worth a thread.
 */
const V8 = ['--max-old-space-size=48', '--max-semi-space-size=1', '--v8-pool-size=1'] as const;

/**
 * The program beside the servers of a pod: it tells them when to start and as what, and promotes, demotes and fences where
 * Sentinel alone would lose data or time.
 *
 * It is the first of the sidecars, so it is there before the servers ask for their orders, and ends last. While it is away,
 * as when it is restarted, nothing new is started and nothing that runs is disturbed.
 */
export function agentContainer(props: AgentContainerProps): ContainerSpec {
  const { facts, parts, image, resources, tellsExporter } = props;
  return {
    ...container({
      name: 'agent',
      image,
      command: ['node', ...V8, `${CONFIG_DIR}/agent.cjs`],
      env: [...agentEnvironment(facts, parts), ...(tellsExporter ? exporterEnvironment() : [])],
      resources,
      volumes: [
        'config',
        ...authVolumes(facts.auth),
        ...(facts.tls ? (['tls'] as const) : []),
        'data',
        'run',
        ...(tellsExporter ? (['exporter'] as const) : []),
      ],
    }),
    ports: [{ name: 'agent', containerPort: AGENT_PORT }],
    ...(facts.tls && { startupProbe: STARTED }),
    livenessProbe: {
      httpGet: { path: '/livez', port: 'agent' },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
  };
}

/**
 * The containers behind it have the names that it writes as their /etc/hosts, so it must have written them. That takes as long
 * as DNS does; one that is started again after ten minutes loses nothing.
 */
const STARTED: Probe = {
  httpGet: { path: '/startedz', port: 'agent' },
  periodSeconds: 1,
  timeoutSeconds: 5,
  failureThreshold: 600,
};

function authVolumes({ servers, sentinels, users }: AuthFacts): ('auth' | 'sentinelAuth' | 'users' | 'kept')[] {
  return [
    ...(servers ? (['auth'] as const) : []),
    ...(sentinels === 'own' ? (['sentinelAuth'] as const) : []),
    ...(users ? (['users', 'kept'] as const) : []),
  ];
}
