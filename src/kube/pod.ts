import type { Labels } from './labels.js';
import type { LabelSelector } from './objects.js';

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

export interface Probe {
  readonly exec: { readonly command: readonly string[] };
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly memory: string };
  };
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly securityContext: typeof RESTRICTED_CONTAINER;
  readonly terminationMessagePolicy: 'FallbackToLogsOnError';
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
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
  readonly emptyDir?: { readonly medium?: 'Memory'; readonly sizeLimit: string };
}

interface HostAffinityTerm {
  readonly topologyKey: string;
  readonly labelSelector: LabelSelector;
}

export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: false;
  readonly restartPolicy?: 'Never' | 'OnFailure';
  readonly securityContext: object;
  readonly terminationGracePeriodSeconds?: number;
  readonly affinity?: {
    readonly podAntiAffinity: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly HostAffinityTerm[];
      readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
        weight: number;
        podAffinityTerm: HostAffinityTerm;
      }[];
    };
  };
  readonly topologySpreadConstraints?: readonly {
    maxSkew: number;
    topologyKey: string;
    whenUnsatisfiable: 'ScheduleAnyway';
    labelSelector: { matchLabels: Labels };
  }[];
  readonly initContainers?: readonly SidecarSpec[];
  readonly containers: readonly ContainerSpec[];
  readonly volumes: readonly Volume[];
}

/** What Pod Security `restricted` demands of a container, and a root file system that nobody can write to. */
export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;

/**
 * The same for a pod whose processes run as `user`. Files of its volumes belong to that group; the ones that do so
 * already are left alone, as a change of every file delays a start with much data.
 */
export function restrictedPod(user: number) {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  } as const;
}

/** The user of the server in the official images of both engines; the same number serves as the group. */
export const REDIS_USER = 999;
