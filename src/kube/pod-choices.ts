import type { Duration } from 'cdk8s';
import type { Component, Labels } from './labels.js';
import type { PodSpec } from './pod.js';

/**
 * A taint of nodes that pods put up with.
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
export interface Toleration {
  /** Name of the taint; absent with `Exists`: every taint. */
  readonly key?: string;
  /** Whether its value counts; Kubernetes takes `Equal` where nothing is said. */
  readonly operator?: 'Exists' | 'Equal';
  /** Of the taint, with `Equal`. */
  readonly value?: string;
  /** Which effect of the taint; absent: every one. */
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /** How long it stays on a node that gets the taint, in seconds. */
  readonly tolerationSeconds?: number;
}

/** Which nodes the pods of a topology want, in Kubernetes' own words. */
export interface Affinity {
  /**
   * On which nodes, as Kubernetes says it: `requiredDuringSchedulingIgnoredDuringExecution` and the preferred one.
   * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
   */
  readonly nodeAffinity?: object;
}

/** Numbers of user and group in place of the image's. */
export interface PodUser {
  /**
   * Number of the user.
   * @default - 999 for servers and Sentinels, 1000 for Jobs: the users of the official images
   */
  readonly runAsUser?: number;
  /**
   * Number of the group.
   * @default - the number of the user
   */
  readonly runAsGroup?: number;
  /** Group of the volumes' files. @default - the number of the user */
  readonly fsGroup?: number;
}

/** What all pods of a topology have in common: servers, Sentinels and Jobs. */
export interface PodChoices {
  /**
   * Taints of nodes that the pods put up with.
   * @default - none
   */
  readonly tolerations?: readonly Toleration[];
  /** Labels that a node must have. @default - any node */
  readonly nodeSelector?: Labels;
  /** How the pods keep apart is what `spread` says. @default - any node */
  readonly affinity?: Affinity;
  /**
   * Who goes first where there is no room for all.
   * @default - the cluster's default priority
   */
  readonly priorityClassName?: string;
  /**
   * What runs the containers, such as `gvisor`.
   * @default - the cluster's default runtime
   */
  readonly runtimeClassName?: string;
  /**
   * A scheduler that runs in the cluster beside Kubernetes' own.
   * @default - Kubernetes' own
   * @see https://kubernetes.io/docs/tasks/extend-kubernetes/configure-multiple-schedulers/
   */
  readonly schedulerName?: string;
  /** Names of Secrets with which images are pulled. @default - none */
  readonly imagePullSecrets?: readonly string[];
  /** Further labels of pods. @default - none but `labels` */
  readonly labels?: Labels;
  /** Annotations of pods. @default - none */
  readonly annotations?: Labels;
  /**
   * `none`: no fixed user or group, for a cluster that gives each namespace its own, as OpenShift's restricted-v2 does.
   * What Pod Security `restricted` demands beside that stays in any case.
   * @default - the users of the official images
   */
  readonly securityContext?: 'none' | PodUser;
  /**
   * Time that servers and Sentinels are given to stop; whole seconds, at least 45. A hand-over takes a few; the rest is for
   * replicas that lag, and for the last write to disk.
   * @default Duration.seconds(60)
   */
  readonly terminationGracePeriod?: Duration;
  /**
   * A ServiceAccount that exists, for servers, Sentinels and the verification. No token of it is mounted.
   * @default - one of the topology's own is made, without rights
   */
  readonly serviceAccountName?: string;
}

/**
 * Changes the pod of a component before it is written: further containers, volumes, anything that no prop says.
 * @param spec as it would be written
 * @returns what is written instead
 */
export type PodTemplateHook = (spec: PodSpec, component: Component) => object;
