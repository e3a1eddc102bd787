import type { ContainerSpec } from '../kube/pod.js';
import { SENTINEL_PORT } from '../kube/ports.js';
import { command, type ScriptContainerProps, scriptContainer, scriptProbe } from '../kube/script-container.js';

/**
 * A Sentinel, as sidecar of a server or as the main container of a pod of its own.
 *
 * It has no startup probe: as a sidecar it would hold up the server, which needs the Sentinels to learn its role.
 */
export function sentinelContainer(props: Omit<ScriptContainerProps, 'name' | 'script'>): ContainerSpec {
  return {
    ...scriptContainer({ ...props, name: 'sentinel', script: 'sentinel-start.sh' }),
    ports: [{ name: 'sentinel', containerPort: SENTINEL_PORT }],
    readinessProbe: scriptProbe(command('sentinel-probe.sh', 'ready'), 5, 2),
    livenessProbe: scriptProbe(command('sentinel-probe.sh', 'live'), 10, 6),
  };
}
