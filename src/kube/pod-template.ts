import { type Component, type Labels, labels, selector } from './labels.js';
import type { PartProps, PodTemplate } from './objects.js';
import type { ContainerSpec, PodSpec, SidecarSpec, Volume } from './pod.js';
import type { PodChoices } from './pod-choices.js';
import { Spread, type SpreadChoices } from './spread.js';

/** The user of the server in the official images of both engines; the same number serves as the group. */
export const REDIS_USER = 999;
/** The user `haproxy` of HAProxy's official image. */
export const HAPROXY_USER = 99;
/** The user `node` of Node's official image. */
export const NODE_USER = 1000;

export interface PodTemplateProps extends PartProps {
  readonly component: Component;
  /** Number of the user and the group that the containers run as. */
  readonly user: number;
  /** @default - the namespace's own, `default` */
  readonly serviceAccount?: string;
  /** Whether the pod may speak to the Kubernetes API. @default false */
  readonly token?: boolean;
  /** @default - it is a pod that runs for ever */
  readonly restartPolicy?: 'Never';
  /** In seconds. @default - Kubernetes' own 30 */
  readonly grace?: number;
  /** How the pods of the component keep apart. @default - they need not */
  readonly spread?: SpreadChoices;
  /**
   * Only pods of one revision of a Deployment keep apart: else a new one would wait for ever for a node that no old one is on.
   * @default false
   */
  readonly spreadByRevision?: boolean;
  /** Labels of these pods alone. @default - none */
  readonly podLabels?: Labels;
  /** Containers that start before the others, in this order, and stop after them, the last one first. @default - none */
  readonly sidecars?: readonly ContainerSpec[];
  readonly containers: readonly ContainerSpec[];
  readonly volumes: readonly Volume[];
}

/** The one template of all pods, whatever makes them: what is said of pods reaches each of them. */
export function podTemplate(props: PodTemplateProps): PodTemplate {
  const { component, pod = {} } = props;
  const spec: PodSpec = {
    serviceAccountName: props.serviceAccount,
    automountServiceAccountToken: props.token ?? false,
    enableServiceLinks: false,
    restartPolicy: props.restartPolicy,
    priorityClassName: pod.priorityClassName,
    runtimeClassName: pod.runtimeClassName,
    schedulerName: pod.schedulerName,
    imagePullSecrets: pod.imagePullSecrets?.map((name) => ({ name })),
    securityContext: securityContext(props.user, pod.securityContext),
    terminationGracePeriodSeconds: props.grace,
    nodeSelector: pod.nodeSelector,
    tolerations: pod.tolerations,
    ...placement(props),
    initContainers: props.sidecars?.map((sidecar): SidecarSpec => ({ ...sidecar, restartPolicy: 'Always' })),
    containers: props.containers,
    volumes: props.volumes,
  };
  return {
    metadata: {
      labels: { ...props.labels, ...pod.labels, ...props.podLabels, ...labels(props.topology, component) },
      annotations: pod.annotations,
    },
    spec: props.podTemplate?.(spec, component) ?? spec,
  };
}

const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

function placement({ pod, spread, topology, component, spreadByRevision }: PodTemplateProps): Partial<PodSpec> {
  const nodeAffinity = pod?.affinity?.nodeAffinity;
  if (!spread) return nodeAffinity ? { affinity: { nodeAffinity } } : {};
  const matchLabels = selector(topology, component);
  const term = { topologyKey: HOST, labelSelector: { matchLabels } };
  const isRequired = spread.nodes === Spread.REQUIRED && !spreadByRevision;
  const apart = (topologyKey: string, choice: Spread) => ({
    maxSkew: 1,
    topologyKey,
    // A cluster of one zone, or without zones, must take the pods too, unless zones are asked for.
    whenUnsatisfiable: choice === Spread.REQUIRED ? ('DoNotSchedule' as const) : ('ScheduleAnyway' as const),
    labelSelector: { matchLabels },
    // A node that is gone is none that pods could be spread over.
    ...(spreadByRevision && { matchLabelKeys: ['pod-template-hash'], nodeTaintsPolicy: 'Honor' as const }),
  });
  return {
    affinity: {
      nodeAffinity,
      podAntiAffinity: isRequired
        ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
        : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] },
    },
    topologySpreadConstraints: [...(spreadByRevision ? [apart(HOST, spread.nodes)] : []), apart(ZONE, spread.zones)],
  };
}

/** What Pod Security `restricted` demands of a pod. */
const RESTRICTED_POD = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } as const;

/**
 * Files of the pod's volumes belong to the group; the ones that do so already are left alone, as a change of every file
 * delays a start with much data.
 */
function securityContext(user: number, choice: PodChoices['securityContext'] = {}): object {
  if (choice === 'none') return RESTRICTED_POD;
  const { runAsUser = user, runAsGroup = runAsUser, fsGroup = runAsUser } = choice;
  const { runAsNonRoot, seccompProfile } = RESTRICTED_POD;
  return { runAsNonRoot, runAsUser, runAsGroup, fsGroup, fsGroupChangePolicy: 'OnRootMismatch', seccompProfile };
}

/** Mode of a Secret's files: their group is the pod's, which only a pod without a fixed group may not be in. */
export function secretMode(pod: PodChoices | undefined): number {
  return pod?.securityContext === 'none' ? 0o444 : 0o440;
}
