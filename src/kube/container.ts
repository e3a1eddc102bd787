import {
  AUTH_DIR,
  CONFIG_DIR,
  DATA_DIR,
  EXPORTER_DIR,
  HOSTS_FILE,
  KEPT_DIR,
  RUN_DIR,
  SENTINEL_AUTH_DIR,
  TLS_DIR,
  USERS_DIR,
} from './paths.js';
import { type ContainerSpec, type EnvVar, RESTRICTED_CONTAINER } from './pod.js';
import { type ContainerResources, resourcesSpec } from './resources.js';

/** Name of the exporter's container. */
export const EXPORTER = 'exporter';

/** Volumes of a topology's pods. */
export const VOLUMES = {
  config: 'config',
  auth: 'auth',
  sentinelAuth: 'sentinel-auth',
  tls: 'tls',
  users: 'users',
  kept: 'kept',
  data: 'data',
  run: 'run',
  exporter: 'exporter',
} as const;

const MOUNTS = {
  config: { name: VOLUMES.config, mountPath: CONFIG_DIR, readOnly: true },
  auth: { name: VOLUMES.auth, mountPath: AUTH_DIR, readOnly: true },
  sentinelAuth: { name: VOLUMES.sentinelAuth, mountPath: SENTINEL_AUTH_DIR, readOnly: true },
  tls: { name: VOLUMES.tls, mountPath: TLS_DIR, readOnly: true },
  users: { name: VOLUMES.users, mountPath: USERS_DIR, readOnly: true },
  kept: { name: VOLUMES.kept, mountPath: KEPT_DIR },
  data: { name: VOLUMES.data, mountPath: DATA_DIR },
  run: { name: VOLUMES.run, mountPath: RUN_DIR },
  exporter: { name: VOLUMES.exporter, mountPath: EXPORTER_DIR },
  // The kubelet has a file of its own for those that mount nothing there.
  hosts: { name: VOLUMES.run, mountPath: '/etc/hosts', subPath: HOSTS_FILE, readOnly: true },
} as const;

export interface ContainerProps {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly EnvVar[];
  readonly resources: ContainerResources;
  readonly volumes: readonly (keyof typeof MOUNTS)[];
}

/** A container of a topology's pods: restricted, with the volumes it is given at the paths that all of them know. */
export function container({ name, image, command, env, resources, volumes }: ContainerProps): ContainerSpec {
  return {
    name,
    image,
    command,
    env,
    resources: resourcesSpec(resources),
    securityContext: RESTRICTED_CONTAINER,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: volumes.map((volume) => MOUNTS[volume]),
  };
}

/** Variables with plain values, in this order. */
export function variables(values: Readonly<Record<string, string | number>>): EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: String(value) }));
}
