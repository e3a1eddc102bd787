import { type EngineContainerProps, engineContainer } from '../agent/engine-container.js';
import type { ContainerSpec } from '../kube/pod.js';
import { SENTINEL_PORT } from '../kube/ports.js';

/** A Sentinel, as sidecar of a server or as the main container of a pod of its own. */
export function sentinelContainer(props: EngineContainerProps): ContainerSpec {
  return engineContainer('sentinel', SENTINEL_PORT, props);
}
