import type { Size } from 'cdk8s';
import { Construct } from 'constructs';
import { VOLUMES } from './container.js';
import { type Component, type Labels, selector } from './labels.js';
import { addObject, type ClaimRetention, metadata, type PartProps, type VolumeClaim } from './objects.js';
import type { ContainerSpec, Volume } from './pod.js';
import { podTemplate, REDIS_USER, secretMode } from './pod-template.js';
import type { SpreadChoices } from './spread.js';
import { type TlsSecret, tlsVolume } from './tls-volume.js';

/** Key of a Secret. */
export interface SecretKey {
  /** Of the Secret. */
  readonly name: string;
  /** In it. */
  readonly key: string;
  /**
   * Whether the pods start without it, to say in their logs what is missing.
   * @default false
   */
  readonly optional?: boolean;
}

/** The passwords of a topology, as the Secrets that hold them. */
export interface Secrets {
  /**
   * The servers' password.
   * @default - there is no password
   */
  readonly servers?: SecretKey;
  /**
   * The Sentinels' password.
   * @default - there is none
   */
  readonly sentinels?: SecretKey;
  /** By user: those of users whose passwords are their own. @default - there are none */
  readonly users?: Readonly<Record<string, SecretKey>>;
}

/** A volume of each pod that outlives it. */
export interface Storage {
  readonly size: Size;
  /** @default - the cluster's default class */
  readonly storageClass?: string;
  /** Of the claim, which cannot be changed later. @default - those of the selector */
  readonly labels?: Labels;
  /** Likewise. @default - none */
  readonly annotations?: Labels;
  /** @default - all are kept */
  readonly retention?: ClaimRetention;
}

/** Seconds that Kubernetes gives a pod to stop, unless the topology says another number. */
export const GRACE_SECONDS = 60;

/** What the pods of servers and of separate Sentinels have in common. */
export interface PodSetProps extends PartProps {
  /** Name of the StatefulSet and of its PodDisruptionBudget. */
  readonly name: string;
  readonly component: Component;
  /** Name of the headless Service that Kubernetes asks for. */
  readonly headless: string;
  readonly replicas: number;
  readonly spread: SpreadChoices;
  readonly serviceAccount: string;
  /** Name of the ConfigMap with configuration and programs. */
  readonly config: string;
  readonly secrets: Secrets;
  /** @default - there is no TLS */
  readonly tls?: TlsSecret;
  /** @default - none: `data` is gone with the pod */
  readonly storage?: Storage;
  /** Limit of `data` where it has no volume. */
  readonly scratch: Size;
  readonly container: ContainerSpec;
  /** Containers that start before the main one, in this order, and stop after it, the last one first. */
  readonly sidecars: readonly ContainerSpec[];
  /** Containers that the main one does not need: it starts whether or not they do. @default - none */
  readonly beside?: readonly ContainerSpec[];
  /** Volumes of these. @default - none */
  readonly besideVolumes?: readonly Volume[];
}

/**
 * A StatefulSet with a PodDisruptionBudget: of its pods, one at a time is taken down on purpose, each sits on a node of
 * its own, and a lost zone takes as few as possible.
 */
export class PodSet extends Construct {
  constructor(scope: Construct, id: string, props: PodSetProps) {
    super(scope, id);
    const { storage } = props;
    const matchLabels = selector(props.topology, props.component);

    addObject(this, 'Resource', 'StatefulSet', metadata(props, props.name, props.component), {
      spec: {
        replicas: props.replicas,
        serviceName: props.headless,
        // All start at once: after a stop of all, the last master may be any of them.
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate' },
        // A rolling update goes on only when the new replica has had the time to copy what was written meanwhile.
        minReadySeconds: 15,
        selector: { matchLabels },
        template: podTemplate({
          ...props,
          user: REDIS_USER,
          grace: props.pod?.terminationGracePeriod?.toSeconds() ?? GRACE_SECONDS,
          containers: [props.container, ...(props.beside ?? [])],
          volumes: volumes(props),
        }),
        volumeClaimTemplates: storage && [claim(storage, matchLabels)],
        persistentVolumeClaimRetentionPolicy: storage?.retention,
      },
    });
    addObject(this, 'DisruptionBudget', 'PodDisruptionBudget', metadata(props, props.name, props.component), {
      spec: {
        // With one of N away, N-1 are left: of three Sentinels still a majority, of three servers still a replica.
        maxUnavailable: 1,
        // A pod that is not ready serves nobody: a node must not be kept from being drained for its sake.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels },
      },
    });
  }
}

function volumes(props: PodSetProps): Volume[] {
  return [
    { name: VOLUMES.config, configMap: { name: props.config } },
    ...secretVolume(VOLUMES.auth, props.secrets.servers, props),
    ...(isOther(props.secrets) ? secretVolume(VOLUMES.sentinelAuth, props.secrets.sentinels, props) : []),
    ...usersVolume(props),
    // The pods start without it, and say in their logs what is missing.
    ...tlsVolume(VOLUMES.tls, props.tls, props, true),
    { name: VOLUMES.run, emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
    ...(props.besideVolumes ?? []),
    ...(props.storage ? [] : [{ name: VOLUMES.data, emptyDir: { sizeLimit: props.scratch.asString() } }]),
  ];
}

/** Whether the Sentinels have a password, and another one than the servers. */
export function isOther({ servers, sentinels }: Secrets): boolean {
  return sentinels !== undefined && (servers?.name !== sentinels.name || servers.key !== sentinels.key);
}

/** A Secret's key as the file `password` of a volume. */
export function secretVolume(name: string, secret: SecretKey | undefined, { pod }: PartProps): Volume[] {
  if (secret === undefined) return [];
  return [
    {
      name,
      secret: {
        secretName: secret.name,
        optional: secret.optional,
        defaultMode: secretMode(pod),
        items: [{ key: secret.key, path: 'password' }],
      },
    },
  ];
}

/** A file for each user, and memory for the agent alone. A key that is missing keeps nothing from starting: the agent says so, and lets nobody in as that user. */
function usersVolume({ secrets: { users = {} }, pod }: PodSetProps): Volume[] {
  const items = new Map<string, { key: string; path: string }[]>();
  for (const [path, { name, key }] of Object.entries(users))
    items.set(name, [...(items.get(name) ?? []), { key, path }]);
  if (items.size === 0) return [];
  const sources = [...items].map(([name, its]) => ({ secret: { name, optional: true, items: its } }));
  return [
    { name: VOLUMES.users, projected: { defaultMode: secretMode(pod), sources } },
    { name: VOLUMES.kept, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
  ];
}

function claim(storage: Storage, podLabels: Labels): VolumeClaim {
  return {
    // Kubernetes fills in both; a GitOps tool that compares would else show a difference for ever.
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    // Of the topology's labels those of the selector only: the template is immutable, and others may change.
    metadata: { name: VOLUMES.data, labels: { ...storage.labels, ...podLabels }, annotations: storage.annotations },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: storage.storageClass,
      resources: { requests: { storage: storage.size.asString() } },
    },
  };
}
