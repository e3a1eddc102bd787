import type { Size } from 'cdk8s';
import { AUTH_DIR, CONFIG_DIR, DATA_DIR, RUN_DIR } from './paths.js';
import { type ContainerSpec, type EnvVar, type Probe, RESTRICTED_CONTAINER } from './pod.js';

/** Volumes that every container of a topology's pods mounts. */
export const VOLUMES = { config: 'config', auth: 'auth', data: 'data', run: 'run' } as const;

export interface ScriptContainerProps {
  readonly name: string;
  readonly image: string;
  /** Key in the ConfigMap. */
  readonly script: string;
  readonly env: readonly EnvVar[];
  readonly cpu: string;
  /** Reserved and limit in one. */
  readonly memory: Size;
}

/** A container that runs a script of the ConfigMap, in the surroundings that all of the scripts expect. */
export function scriptContainer(props: ScriptContainerProps): ContainerSpec {
  const memory = props.memory.asString();
  return {
    name: props.name,
    image: props.image,
    command: command(props.script),
    env: props.env,
    resources: { requests: { cpu: props.cpu, memory }, limits: { memory } },
    securityContext: RESTRICTED_CONTAINER,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { name: VOLUMES.config, mountPath: CONFIG_DIR, readOnly: true },
      { name: VOLUMES.auth, mountPath: AUTH_DIR, readOnly: true },
      { name: VOLUMES.data, mountPath: DATA_DIR },
      { name: VOLUMES.run, mountPath: RUN_DIR },
    ],
  };
}

/** Runs a script of the ConfigMap, whose files are not executable. */
export function command(script: string, ...args: string[]): string[] {
  return ['/bin/sh', `${CONFIG_DIR}/${script}`, ...args];
}

/** A probe by script. 5 s for an answer: `redis-cli` beside a busy server may wait for the CPU. */
export function scriptProbe(command: string[], periodSeconds: number, failureThreshold: number): Probe {
  return { exec: { command }, periodSeconds, timeoutSeconds: 5, failureThreshold };
}
