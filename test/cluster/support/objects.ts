// The few fields of Kubernetes objects that the tests read.

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
}

export interface Volume {
  readonly name: string;
  readonly secret?: SecretVolume & { readonly secretName: string };
  readonly projected?: { readonly sources: readonly { readonly secret?: SecretVolume & { readonly name: string } }[] };
}

interface SecretVolume {
  readonly items?: readonly { readonly key: string }[];
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  /** Whether its startup probe has passed. */
  readonly started?: boolean;
  readonly state?: {
    readonly waiting?: { readonly reason: string };
    readonly running?: { readonly startedAt: string };
  };
  readonly lastState?: { readonly terminated?: { readonly finishedAt: string } };
  /** `containerd://<id>` */
  readonly containerID?: string;
}

export interface Pod extends KubeObject {
  readonly spec: PodSpec;
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface StatefulSet extends KubeObject {
  readonly spec: { readonly replicas: number; readonly template: { readonly spec: PodSpec } };
}

export interface Job extends KubeObject {
  readonly spec: { readonly template: { readonly spec: PodSpec } };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

export interface Service extends KubeObject {
  readonly spec: {
    readonly clusterIP?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports: readonly { readonly name?: string; readonly port: number }[];
  };
}

export interface Secret extends KubeObject {
  /** In base64, by key. */
  readonly data: Readonly<Record<string, string>>;
}

export const containersOf = (spec: PodSpec): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];

export const isReady = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined && hasCondition(pod.status.conditions, 'Ready');

export function hasCondition(
  conditions: readonly { readonly type: string; readonly status: string }[] | undefined,
  type: string,
): boolean {
  return (conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
}
