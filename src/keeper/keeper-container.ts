import type { ContainerSpec } from '../kube/pod.js';
import { command, type ScriptContainerProps, scriptContainer, scriptProbe } from '../kube/script-container.js';

/** The supervisor beside each server: it promotes, demotes and fences where Sentinel alone would lose data or time. */
export function keeperContainer(props: Omit<ScriptContainerProps, 'name' | 'script'>): ContainerSpec {
  return {
    ...scriptContainer({ ...props, name: 'keeper', script: 'keeper.sh' }),
    livenessProbe: scriptProbe(command('keeper-probe.sh'), 10, 6),
  };
}
