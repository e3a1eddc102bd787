/** What a pod or an object is for. */
export type Component = 'server' | 'sentinel' | 'proxy' | 'verification' | 'secret';

const NAME = 'app.kubernetes.io/name';
const INSTANCE = 'app.kubernetes.io/instance';
export const COMPONENT = 'app.kubernetes.io/component';
const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** Keys that nobody else may set. */
export const OWN_LABELS: readonly string[] = [NAME, INSTANCE, COMPONENT, MANAGED_BY];

/** Set by Kubernetes on each pod of a StatefulSet. */
export const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';

export type Labels = Readonly<Record<string, string>>;

/** Labels of a topology's objects and pods. */
export function labels(topology: string, component?: Component): Labels {
  return { ...selector(topology, component), [MANAGED_BY]: 'cdk8s-redis-sentinel' };
}

/** The labels that selectors use. They are immutable in a StatefulSet: a change means deleting it by hand. */
export function selector(topology: string, component?: Component): Labels {
  return { [NAME]: 'redis-sentinel', [INSTANCE]: topology, ...(component && { [COMPONENT]: component }) };
}

/** The label by which the NetworkPolicy knows a client's pods. One key per topology, as an application may use several. */
export function clientLabels(topology: string): Record<string, string> {
  return { [`redis-sentinel.cdk8s.io/client-${topology}`]: 'true' };
}
