import { container, EXPORTER, VOLUMES } from '../kube/container.js';
import { EXPORTER_DIR, EXPORTER_PASSWORDS, TLS_DIR } from '../kube/paths.js';
import type { ContainerSpec, Volume } from '../kube/pod.js';
import { EXPORTER_PORT, REDIS_PORT, SENTINEL_PORT } from '../kube/ports.js';
import type { ContainerResources } from '../kube/resources.js';
import { TLS_FILES } from '../kube/tls-volume.js';
import type { Listener } from '../network/exposure.js';

/** It tells sizes of keys to whoever names them, so nobody but who collects metrics is let in. */
export const EXPORTER_LISTENERS: readonly Listener[] = [{ port: EXPORTER_PORT, audience: ['metrics'] }];

/** How an exporter knows what it asks: this is also the key of its password. With TLS the certificate holds this address. */
export function exporterTarget(of: 'redis' | 'sentinel', tls: boolean): string {
  return `${tls ? 'rediss' : 'redis'}://127.0.0.1:${of === 'redis' ? REDIS_PORT : SENTINEL_PORT}`;
}

/** What the exporters of a topology have in common. */
export interface ExporterChoices {
  readonly image: string;
  readonly resources: ContainerResources;
  /** Whether they tell of Sentinels too. */
  readonly sentinels: boolean;
  /** @default - what they ask has no TLS */
  readonly tls?: { readonly clients: 'none' | 'optional' | 'required' };
}

export interface ExporterProps extends Omit<ExporterChoices, 'sentinels'> {
  /** What it tells of at `/metrics`. */
  readonly target: 'redis' | 'sentinel';
  /** Whether it also tells of the Sentinel beside it, at `/scrape`. */
  readonly withSentinel: boolean;
  /** Whether what it asks wants a password. */
  readonly withPassword: boolean;
  /** Whether it logs in as a user of its own. */
  readonly withUser: boolean;
}

/** What a pod has for its exporter. */
export interface ExporterParts {
  readonly beside: readonly ContainerSpec[];
  readonly besideVolumes: readonly Volume[];
}

/** The exporter, and the memory that it shares with the agent for its password. */
export function exporterParts(props: ExporterProps): ExporterParts {
  const passwords: Volume = { name: VOLUMES.exporter, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } };
  return { beside: [exporterContainer(props)], besideVolumes: props.withPassword ? [passwords] : [] };
}

/**
 * redis_exporter, for the server or the Sentinel of its pod.
 *
 * It is a container beside the server, and no sidecar that starts before it: a server must start also where the exporter's
 * image cannot be pulled. It has no probe, so nothing ends it, and it counts as ready for as long as it runs. While it is away
 * Kubernetes calls the pod not ready, as it does for any container; the Services of single pods lead there nevertheless.
 *
 * Its password comes from a file, as a command line and an environment are read by whoever may read pods, and stay what they
 * were when the container started. The file is a map from address to password, which no mounted Secret is: the agent writes
 * it, and has it read again after a change. Whatever address a scrape names, a password is sent to those in the map alone.
 * @see https://github.com/oliver006/redis_exporter/blob/v1.88.0/README.md
 */
function exporterContainer(props: ExporterProps): ContainerSpec {
  const { target, withSentinel, withPassword, withUser, tls, image, resources } = props;
  const command = [
    '/redis_exporter',
    `-redis.addr=${exporterTarget(target, tls !== undefined)}`,
    ...(withPassword ? [`-redis.password-file=${EXPORTER_PASSWORDS}`] : []),
    ...(tls ? tlsFlags(tls.clients) : []),
    // A user of its own may not read the configuration, in which passwords stand in clear.
    ...(withUser ? ['-redis.user=exporter', '-config-command=-'] : []),
    `-web.listen-address=:${EXPORTER_PORT}`,
    // Prometheus gives a scrape 10 s: that a server hangs is to be told, and not to be a scrape that failed.
    '-connection-timeout=5s',
    // Who collects metrics may name keys to be looked at, and is to see how large they are, not what they hold.
    '-disable-exporting-key-values',
    // There is one thing to ask.
    ...(withSentinel ? [] : ['-disable-scrape-endpoint']),
  ];
  const base = container({ name: EXPORTER, image, command, env: [], resources, volumes: tls ? ['tls'] : [] });
  return {
    ...base,
    ports: [{ name: EXPORTER, containerPort: EXPORTER_PORT }],
    volumeMounts: [
      ...(base.volumeMounts ?? []),
      ...(withPassword ? [{ name: VOLUMES.exporter, mountPath: EXPORTER_DIR, readOnly: true }] : []),
    ],
  };
}

/** It reads the files anew for each connection. */
function tlsFlags(clients: 'none' | 'optional' | 'required'): string[] {
  const ca = `-tls-ca-cert-file=${TLS_DIR}/${TLS_FILES.ca}`;
  if (clients === 'none') return [ca];
  return [
    ca,
    `-tls-client-cert-file=${TLS_DIR}/${TLS_FILES.certificate}`,
    `-tls-client-key-file=${TLS_DIR}/${TLS_FILES.key}`,
  ];
}
