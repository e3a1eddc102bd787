import type { ContainerSpec } from '../kube/pod.js';
import { REDIS_PORT } from '../kube/ports.js';
import { command, type ScriptContainerProps, scriptContainer, scriptProbe } from '../kube/script-container.js';

/** The Redis server. Its start script decides whether, and as what, it may listen; its preStop hands over. */
export function serverContainer(props: Omit<ScriptContainerProps, 'name' | 'script'>): ContainerSpec {
  return {
    ...scriptContainer({ ...props, name: 'redis', script: 'redis-start.sh' }),
    ports: [{ name: 'redis', containerPort: REDIS_PORT }],
    lifecycle: { preStop: { exec: { command: command('redis-handover.sh') } } },
    // An hour, for a large file to load or a large copy to arrive: killed before, it would begin anew for ever.
    startupProbe: scriptProbe(command('redis-probe.sh', 'startup'), 5, 720),
    livenessProbe: scriptProbe(command('redis-probe.sh', 'live'), 10, 6),
    readinessProbe: scriptProbe(command('redis-probe.sh', 'ready'), 5, 2),
  };
}
