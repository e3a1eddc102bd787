import { type EngineContainerProps, engineContainer, script } from '../agent/engine-container.js';
import type { ContainerSpec } from '../kube/pod.js';
import { REDIS_PORT } from '../kube/ports.js';

/** The Redis server. Its preStop has the agent hand over to a replica first. */
export function serverContainer(props: EngineContainerProps): ContainerSpec {
  return {
    ...engineContainer('redis', REDIS_PORT, props),
    lifecycle: { preStop: { exec: { command: script('hand-over.sh') } } },
  };
}
