import type { Labels } from './labels.js';
import type { LabelSelector, SecretReference } from './objects.js';
import type { Affinity, Toleration } from './pod-choices.js';
import type { ResourcesSpec } from './resources.js';

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

/**
 * A question by HTTP. A probe that starts a program each time costs more than the server that it asks: an idle Redis takes 6 m
 * of CPU, and 36 m with `redis-cli ping` twice every 5 s.
 */
export interface Probe {
  /** A port by its name is one of the same container's. */
  readonly httpGet: { readonly path: string; readonly port: string | number };
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: ResourcesSpec;
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly securityContext: typeof RESTRICTED_CONTAINER;
  readonly terminationMessagePolicy: 'FallbackToLogsOnError';
  readonly volumeMounts?: readonly VolumeMount[];
}

/** An init container that runs as long as the pod and stops after its main container: Kubernetes 1.29 and newer. */
export interface SidecarSpec extends ContainerSpec {
  readonly restartPolicy: 'Always';
}

export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: {
    readonly secretName: string;
    readonly optional?: boolean;
    readonly defaultMode: number;
    readonly items: readonly { readonly key: string; readonly path: string }[];
  };
  readonly projected?: {
    readonly defaultMode: number;
    readonly sources: readonly {
      readonly secret: {
        readonly name: string;
        readonly optional: boolean;
        readonly items: readonly { readonly key: string; readonly path: string }[];
      };
    }[];
  };
  readonly emptyDir?: { readonly medium?: 'Memory'; readonly sizeLimit: string };
}

/** Pods that a pod keeps apart from, and in what. */
export interface PodAffinityTerm {
  /** Label of the nodes: two nodes with the same value are one place. */
  readonly topologyKey: string;
  /** The pods. */
  readonly labelSelector: LabelSelector;
}

/** A wish that may not come true. */
export interface WeightedPodAffinityTerm {
  /** Against other wishes, 1 to 100. */
  readonly weight: number;
  /** From whom it keeps apart if it can. */
  readonly podAffinityTerm: PodAffinityTerm;
}

/** Pods that a pod does not want beside it, in Kubernetes' own words. */
export interface PodAntiAffinity {
  /** Else it does not start. */
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[];
  /** If there is another place. */
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly WeightedPodAffinityTerm[];
}

/** Where a pod wants to be, in Kubernetes' own words. */
export interface PodAffinity extends Affinity {
  /** Pods that it does not want beside it. */
  readonly podAntiAffinity?: PodAntiAffinity;
}

/** How pods are spread, in Kubernetes' own words. */
export interface SpreadConstraint {
  /** By how many the fullest and the emptiest place may differ. */
  readonly maxSkew: number;
  /** Label of the nodes: those with the same value are one place. */
  readonly topologyKey: string;
  /** Where they cannot be spread so: start all the same, or do not. */
  readonly whenUnsatisfiable: 'ScheduleAnyway' | 'DoNotSchedule';
  /** The pods that are counted. */
  readonly labelSelector: LabelSelector;
  /** Labels whose values must be equal too, for pods to be counted together. */
  readonly matchLabelKeys?: readonly string[];
  /** `Honor`: a node whose taints the pod does not put up with does not count. */
  readonly nodeTaintsPolicy?: 'Honor';
}

/** Those fields of a pod that this project sets; a `podTemplate` gets them, and may set all others. */
export interface PodSpec {
  /** ServiceAccount of the pod, which has no rights unless a password is generated. */
  readonly serviceAccountName?: string;
  /** Whether the pod gets a token for the Kubernetes API. */
  readonly automountServiceAccountToken: boolean;
  /** No variables for all Services of the namespace. */
  readonly enableServiceLinks: false;
  /** Of a Job's pod. */
  readonly restartPolicy?: 'Never' | 'OnFailure';
  /** User and group, so that Pod Security `restricted` holds. */
  readonly securityContext: object;
  /** Time for the hand-over, in seconds. */
  readonly terminationGracePeriodSeconds?: number;
  /** Who goes first where there is no room for all. */
  readonly priorityClassName?: string;
  /** What runs the containers. */
  readonly runtimeClassName?: string;
  /** Who finds a node for the pod. */
  readonly schedulerName?: string;
  /** Secrets with which images are pulled. */
  readonly imagePullSecrets?: readonly SecretReference[];
  /** Labels that a node must have. */
  readonly nodeSelector?: Labels;
  /** Taints of nodes that the pod puts up with. */
  readonly tolerations?: readonly Toleration[];
  /** Nodes that the pod wants, and pods that it does not want beside it. */
  readonly affinity?: PodAffinity;
  /** How the pods are spread over zones. */
  readonly topologySpreadConstraints?: readonly SpreadConstraint[];
  /** Sidecars: they run as long as the pod, and stop after its main container. */
  readonly initContainers?: readonly SidecarSpec[];
  /** The main container. */
  readonly containers: readonly ContainerSpec[];
  /** Configuration, passwords, and a place in memory where the containers of the pod meet. */
  readonly volumes: readonly Volume[];
}

/** What Pod Security `restricted` demands of a container, and a root file system that nobody can write to. */
export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;
