import { container, variables } from '../kube/container.js';
import { CONFIG_DIR, DATA_DIR, RUN_DIR } from '../kube/paths.js';
import type { ContainerSpec } from '../kube/pod.js';
import { AGENT_PORT } from '../kube/ports.js';
import type { ContainerResources } from '../kube/resources.js';
import type { AgentFacts } from './environment.js';

export interface EngineContainerProps {
  /** Of the engine. */
  readonly image: string;
  readonly engine: AgentFacts['engine'];
  /** Seconds that the pod is given to stop. */
  readonly grace: number;
  readonly resources: ContainerResources;
  /** @default - there is no TLS */
  readonly tls?: unknown;
}

/**
 * A container in which the engine runs, as server or as Sentinel, once the agent says so (scripts/launch.sh). It is told
 * nothing else, and is not given the password: that is in the configuration which the agent renders.
 *
 * The agent answers for it whether it is ready. There is no liveness or startup probe: one that asks the agent would end a
 * healthy server while the agent is away, and one that asks the server would need the password, and end a server that reads a
 * large file. The agent itself ends a server that has answered nothing for a minute.
 */
export function engineContainer(part: 'redis' | 'sentinel', port: number, props: EngineContainerProps): ContainerSpec {
  const { engine, grace, tls, ...common } = props;
  return {
    ...container({
      ...common,
      name: part,
      command: script('launch.sh', part),
      env: variables({ ENGINE: engine, RUN_DIR, DATA_DIR, GRACE: grace }),
      // With TLS the engine connects to names, and stands still while it asks for them: it must not depend on DNS.
      volumes: ['config', 'data', 'run', ...(tls ? (['hosts'] as const) : [])],
    }),
    ports: [{ name: part, containerPort: port }],
    readinessProbe: {
      httpGet: { path: `/readyz?of=${part}`, port: AGENT_PORT },
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
  };
}

/** Runs a script of the ConfigMap, whose files are not executable. */
export function script(name: 'launch.sh' | 'hand-over.sh', ...args: string[]): string[] {
  return ['/bin/sh', `${CONFIG_DIR}/${name}`, ...args];
}
