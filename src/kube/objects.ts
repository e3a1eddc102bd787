import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { type Component, type Labels, labels } from './labels.js';
import type { PodChoices, PodTemplateHook } from './pod-choices.js';

/** What every part of a topology is told. */
export interface PartProps {
  /** Name of the topology. */
  readonly topology: string;
  /** @default - the chart's namespace, else the one that the manifests are applied to */
  readonly namespace?: string;
  /** Further labels. @default - none */
  readonly labels?: Labels;
  /** @default - none */
  readonly annotations?: Labels;
  /** What all pods have in common. @default - see PodChoices */
  readonly pod?: PodChoices;
  /** @default - pods are written as they are */
  readonly podTemplate?: PodTemplateHook;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Labels; readonly annotations?: Labels };
  /** A PodSpec, or what the user's hook made of it. */
  readonly spec: object;
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: string;
  /** On each node. @default - Kubernetes chooses one, where the type of the Service has one */
  readonly nodePort?: number;
}

/** Where a Service can be reached from. */
export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer';

/** Those fields of each kind that this project sets, as Kubernetes 1.29 knows them. */
interface Bodies {
  ServiceAccount: { automountServiceAccountToken: boolean };
  ConfigMap: { immutable?: boolean; data: Readonly<Record<string, string>> };
  Secret: { type: 'Opaque'; stringData: Readonly<Record<string, string>> };
  ExternalSecret: { spec: object };
  Certificate: { spec: object };
  Role: { rules: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[] };
  RoleBinding: {
    roleRef: { apiGroup: string; kind: 'Role'; name: string };
    subjects: { kind: 'ServiceAccount'; name: string }[];
  };
  Service: {
    spec: {
      type?: ServiceType;
      clusterIP?: 'None';
      publishNotReadyAddresses?: boolean;
      loadBalancerClass?: string;
      loadBalancerSourceRanges?: readonly string[];
      selector: Labels;
      ports: ServicePort[];
    };
  };
  StatefulSet: { spec: StatefulSetSpec };
  Deployment: { spec: DeploymentSpec };
  PodDisruptionBudget: {
    spec: { maxUnavailable: number; unhealthyPodEvictionPolicy: 'AlwaysAllow'; selector: { matchLabels: Labels } };
  };
  NetworkPolicy: { spec: NetworkPolicySpec };
  Job: { spec: { backoffLimit: number; template: PodTemplate } };
  PodMonitor: { spec: { selector: { matchLabels: Labels }; podMetricsEndpoints: readonly MonitorEndpoint[] } };
  ServiceMonitor: { spec: { selector: { matchLabels: Labels }; endpoints: readonly MonitorEndpoint[] } };
  PrometheusRule: { spec: { groups: readonly RuleGroup[] } };
}

/** @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.RuleGroup */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly {
    readonly alert: string;
    readonly expr: string;
    readonly for?: string;
    readonly labels: Labels;
    readonly annotations: Labels;
  }[];
}

/** @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMetricsEndpoint */
export interface MonitorEndpoint {
  /** Of a container, or of a Service, by its name. */
  readonly port: string;
  readonly path: string;
  readonly params?: Readonly<Record<string, readonly string[]>>;
  readonly interval?: string;
  readonly relabelings: readonly {
    readonly action: 'replace';
    readonly targetLabel: string;
    readonly replacement: string;
  }[];
}

export interface StatefulSetSpec {
  readonly replicas: number;
  readonly serviceName: string;
  readonly podManagementPolicy: 'Parallel';
  readonly updateStrategy: { readonly type: 'RollingUpdate' };
  readonly minReadySeconds: number;
  readonly selector: { readonly matchLabels: Labels };
  readonly template: PodTemplate;
  readonly volumeClaimTemplates?: readonly VolumeClaim[];
  readonly persistentVolumeClaimRetentionPolicy?: ClaimRetention;
}

export interface DeploymentSpec {
  readonly replicas: number;
  readonly minReadySeconds: number;
  readonly strategy: {
    readonly type: 'RollingUpdate';
    readonly rollingUpdate: { readonly maxUnavailable: number; readonly maxSurge: number };
  };
  readonly selector: { readonly matchLabels: Labels };
  readonly template: PodTemplate;
}

/**
 * What becomes of the volumes; Kubernetes keeps them unless told otherwise.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
 */
export interface ClaimRetention {
  /** When the StatefulSet is deleted. @default Retain */
  readonly whenDeleted?: 'Retain' | 'Delete';
  /** When there are fewer pods than before. @default Retain */
  readonly whenScaled?: 'Retain' | 'Delete';
}

export interface VolumeClaim {
  readonly apiVersion: 'v1';
  readonly kind: 'PersistentVolumeClaim';
  readonly metadata: { readonly name: string; readonly labels: Labels; readonly annotations?: Labels };
  readonly spec: {
    readonly accessModes: readonly ['ReadWriteOnce'];
    readonly storageClassName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

/** Selects objects by their labels; all that it says must hold. */
export interface LabelSelector {
  /** Labels with these values. */
  readonly matchLabels?: Labels;
  /** Conditions on labels. */
  readonly matchExpressions?: readonly LabelExpression[];
}

/** A Secret, by its name. */
export interface SecretReference {
  /** Of the Secret. */
  readonly name: string;
}

/** A condition on a label. */
export interface LabelExpression {
  /** Of the label. */
  readonly key: string;
  /** How its value is compared, or whether it is there. */
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /** For `In` and `NotIn`. */
  readonly values?: readonly string[];
}

/**
 * Pods or addresses on the other side of a connection.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/#NetworkPolicyPeer
 */
export interface NetworkPeer {
  /** Pods with these labels, in the policy's namespace unless `namespaceSelector` is given. */
  readonly podSelector?: LabelSelector;
  /** Pods of the namespaces with these labels. */
  readonly namespaceSelector?: LabelSelector;
  /** Addresses, and those of them that are left out. */
  readonly ipBlock?: AddressBlock;
}

/** Addresses by their prefix. */
export interface AddressBlock {
  /** Such as `10.0.0.0/8`. */
  readonly cidr: string;
  /** Prefixes within it that are left out. @default - none */
  readonly except?: readonly string[];
}

export interface NetworkPort {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

export interface NetworkPolicySpec {
  readonly podSelector: LabelSelector;
  readonly policyTypes: readonly ('Ingress' | 'Egress')[];
  /** Absent: nobody is let in. */
  readonly ingress?: readonly { from?: readonly NetworkPeer[]; ports: readonly NetworkPort[] }[];
  readonly egress: readonly { to?: readonly NetworkPeer[]; ports: readonly NetworkPort[] }[];
}

const API_VERSIONS: Record<keyof Bodies, string> = {
  ServiceAccount: 'v1',
  ConfigMap: 'v1',
  Secret: 'v1',
  ExternalSecret: 'external-secrets.io/v1',
  Certificate: 'cert-manager.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  Service: 'v1',
  StatefulSet: 'apps/v1',
  Deployment: 'apps/v1',
  PodDisruptionBudget: 'policy/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  Job: 'batch/v1',
  PodMonitor: 'monitoring.coreos.com/v1',
  ServiceMonitor: 'monitoring.coreos.com/v1',
  PrometheusRule: 'monitoring.coreos.com/v1',
};

/**
 * Adds an object to the tree. Generated classes are not used: those of cdk8s-plus-27 silently drop what is newer than
 * Kubernetes 1.27, such as the `restartPolicy` that makes an init container a sidecar.
 */
export function addObject<K extends keyof Bodies>(
  scope: Construct,
  id: string,
  kind: K,
  metadata: Metadata,
  body: Bodies[K],
): ApiObject {
  return new ApiObject(scope, id, { apiVersion: API_VERSIONS[kind], kind, metadata, ...body });
}

/** Metadata of one of a topology's objects. */
export function metadata(part: PartProps, name: string, component?: Component): Metadata {
  return {
    name,
    namespace: part.namespace,
    labels: { ...part.labels, ...labels(part.topology, component) },
    annotations: part.annotations,
  };
}
