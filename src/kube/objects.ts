import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { type Component, type Labels, labels } from './labels.js';
import type { PodSpec } from './pod.js';

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
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: PodSpec;
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: string;
}

/** Those fields of each kind that this project sets, as Kubernetes 1.29 knows them. */
interface Bodies {
  ServiceAccount: { automountServiceAccountToken: boolean };
  ConfigMap: { immutable?: boolean; data: Readonly<Record<string, string>> };
  Secret: { type: 'Opaque'; stringData: Readonly<Record<string, string>> };
  ExternalSecret: { spec: object };
  Role: { rules: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[] };
  RoleBinding: {
    roleRef: { apiGroup: string; kind: 'Role'; name: string };
    subjects: { kind: 'ServiceAccount'; name: string }[];
  };
  Service: {
    spec: { clusterIP?: 'None'; publishNotReadyAddresses?: boolean; selector: Labels; ports: ServicePort[] };
  };
  StatefulSet: { spec: StatefulSetSpec };
  PodDisruptionBudget: { spec: { maxUnavailable: number; selector: { matchLabels: Labels } } };
  NetworkPolicy: { spec: NetworkPolicySpec };
  Job: { spec: { backoffLimit: number; template: PodTemplate } };
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
}

export interface VolumeClaim {
  readonly apiVersion: 'v1';
  readonly kind: 'PersistentVolumeClaim';
  readonly metadata: { readonly name: string; readonly labels: Labels };
  readonly spec: {
    readonly accessModes: readonly ['ReadWriteOnce'];
    readonly storageClassName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { key: string; operator: 'In' | 'Exists'; values?: readonly string[] }[];
}

export interface NetworkPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
}

interface NetworkPort {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

export interface NetworkPolicySpec {
  readonly podSelector: LabelSelector;
  readonly policyTypes: readonly ('Ingress' | 'Egress')[];
  readonly ingress: readonly { from?: readonly NetworkPeer[]; ports: readonly NetworkPort[] }[];
  readonly egress: readonly { to: readonly NetworkPeer[]; ports: readonly NetworkPort[] }[];
}

const API_VERSIONS: Record<keyof Bodies, string> = {
  ServiceAccount: 'v1',
  ConfigMap: 'v1',
  Secret: 'v1',
  ExternalSecret: 'external-secrets.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  Service: 'v1',
  StatefulSet: 'apps/v1',
  PodDisruptionBudget: 'policy/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  Job: 'batch/v1',
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
