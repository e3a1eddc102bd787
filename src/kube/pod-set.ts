import type { Size } from 'cdk8s';
import { Construct } from 'constructs';
import { type Component, labels, selector } from './labels.js';
import { addObject, metadata, type PartProps, type VolumeClaim } from './objects.js';
import { type ContainerSpec, type PodSpec, REDIS_USER, restrictedPod, type SidecarSpec } from './pod.js';
import { VOLUMES } from './script-container.js';
import { GRACE_SECONDS } from './script-environment.js';
import { Spread } from './spread.js';

/** Key of a Secret. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
  /**
   * Whether the pods start without it, to say in their logs what is missing.
   * @default false
   */
  readonly optional?: boolean;
}

/** What the pods of servers and of separate Sentinels have in common. */
export interface PodSetProps extends PartProps {
  /** Name of the StatefulSet and of its PodDisruptionBudget. */
  readonly name: string;
  readonly component: Component;
  /** Name of the headless Service that Kubernetes asks for. */
  readonly headless: string;
  readonly replicas: number;
  readonly spread: Spread;
  readonly serviceAccount: string;
  /** Name of the ConfigMap with scripts and configuration. */
  readonly config: string;
  readonly password: SecretKey;
  /** Volume of each pod that outlives it. @default - none: `data` is gone with the pod */
  readonly storage?: { readonly size: Size; readonly storageClass?: string };
  /** Limit of `data` where it has no volume. */
  readonly scratch: Size;
  readonly container: ContainerSpec;
  /** Containers that start before the main one and stop after it. */
  readonly sidecars?: readonly ContainerSpec[];
}

/**
 * A StatefulSet with a PodDisruptionBudget: of its pods, one at a time is taken down on purpose, each sits on a node of
 * its own, and a lost zone takes as few as possible.
 */
export class PodSet extends Construct {
  constructor(scope: Construct, id: string, props: PodSetProps) {
    super(scope, id);
    const podLabels = { ...props.labels, ...labels(props.topology, props.component) };
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
        template: { metadata: { labels: podLabels }, spec: podSpec(props) },
        volumeClaimTemplates: props.storage && [claim(props.storage, matchLabels)],
      },
    });
    addObject(this, 'DisruptionBudget', 'PodDisruptionBudget', metadata(props, props.name, props.component), {
      // With one of N away, N-1 are left: of three Sentinels still a majority, of three servers still a replica.
      spec: { maxUnavailable: 1, selector: { matchLabels } },
    });
  }
}

function podSpec(props: PodSetProps): PodSpec {
  const matchLabels = selector(props.topology, props.component);
  return {
    serviceAccountName: props.serviceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(REDIS_USER),
    terminationGracePeriodSeconds: GRACE_SECONDS,
    affinity: { podAntiAffinity: antiAffinity(props) },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        // A cluster of one zone, or without zones, must take the pods too.
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels },
      },
    ],
    initContainers: props.sidecars?.map((sidecar): SidecarSpec => ({ ...sidecar, restartPolicy: 'Always' })),
    containers: [props.container],
    volumes: [
      { name: VOLUMES.config, configMap: { name: props.config } },
      {
        name: VOLUMES.auth,
        secret: {
          secretName: props.password.name,
          optional: props.password.optional,
          defaultMode: 0o440,
          items: [{ key: props.password.key, path: 'password' }],
        },
      },
      { name: VOLUMES.run, emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
      ...(props.storage ? [] : [{ name: VOLUMES.data, emptyDir: { sizeLimit: props.scratch.asString() } }]),
    ],
  };
}

function antiAffinity(props: PodSetProps) {
  const term = {
    topologyKey: 'kubernetes.io/hostname',
    labelSelector: { matchLabels: selector(props.topology, props.component) },
  };
  return props.spread === Spread.REQUIRED
    ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
    : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] };
}

function claim(
  storage: NonNullable<PodSetProps['storage']>,
  podLabels: VolumeClaim['metadata']['labels'],
): VolumeClaim {
  return {
    // Kubernetes fills in both; a GitOps tool that compares would else show a difference for ever.
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    // The selector's labels only: the template is immutable, and others may change.
    metadata: { name: VOLUMES.data, labels: podLabels },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: storage.storageClass,
      resources: { requests: { storage: storage.size.asString() } },
    },
  };
}
