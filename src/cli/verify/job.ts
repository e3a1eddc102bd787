import { randomBytes } from 'node:crypto';
import { COMPONENT } from '../../kube/labels.js';
import { Names } from '../../kube/names.js';
import type { NamedProps } from '../../topology/props.js';
import { type KubeObject, topologyManifest } from '../manifests.js';

/** A Job with what it needs beside itself. */
export interface Verification {
  readonly job: KubeObject;
  /** ConfigMap of the program and NetworkPolicy: made where they are not there already. */
  readonly needs: readonly KubeObject[];
}

/** On the Job and its pods: by it they are found. */
export const RUN_LABEL = 'redis-sentinel.cdk8s.io/run';

/** The verification that `synth` emits for this topology, or would if it said `verification: true`. */
export function verificationOf(props: NamedProps): Verification {
  const verification = props.verification || true;
  if (props.auth?.users && !props.verification) {
    throw new Error(
      `the topology '${props.name}' has users and no verification, so no user for it: write verification: true, and apply`,
    );
  }
  const { objects } = topologyManifest({ name: props.name, file: '', props: { ...props, verification } });
  const isVerification = ({ metadata }: KubeObject) => metadata.labels?.[COMPONENT] === 'verification';
  const job = objects.find((object) => object.kind === 'Job' && isVerification(object));
  if (!job) throw new Error(`the topology '${props.name}' has no verification`);
  const { verification: policy } = new Names(props.name);
  const needs = objects.filter(
    (object) =>
      (object.kind === 'ConfigMap' && isVerification(object)) ||
      (object.kind === 'NetworkPolicy' && object.metadata.name === policy),
  );
  return { job, needs };
}

type Labels = Readonly<Record<string, string>>;

interface Job extends KubeObject {
  readonly spec: { readonly template: { readonly metadata: { readonly labels: Labels } } & Record<string, unknown> };
}

/** Labels by which Kubernetes' own controller knows the pods of one Job. */
const OF_CONTROLLER = [
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
];

/**
 * The same Job once more, by another name: one that has run cannot be run again. Without annotations, as those of a GitOps
 * tool would have it take the Job for its own.
 */
export function anotherRun(job: KubeObject, topology: string, id = randomBytes(4).toString('hex')): KubeObject {
  const { apiVersion, kind, metadata } = job;
  const { selector: _, manualSelector: __, ...spec } = job.spec as Job['spec'] & Record<string, unknown>;
  const name = `${new Names(topology).verification}-${id}`;
  const ofRun = { [RUN_LABEL]: name };
  const pods = spec.template.metadata.labels;
  const kept = Object.fromEntries(Object.entries(pods).filter(([key]) => !OF_CONTROLLER.includes(key)));
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: metadata.namespace,
      labels: { ...withoutController(metadata.labels), ...ofRun },
    },
    spec: { ...spec, template: { ...spec.template, metadata: { labels: { ...kept, ...ofRun } } } },
  };
}

function withoutController(labels: Labels = {}): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !OF_CONTROLLER.includes(key)));
}
