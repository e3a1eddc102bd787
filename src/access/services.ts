import { Construct } from 'constructs';
import { type Component, type Labels, POD_NAME_LABEL, selector } from '../kube/labels.js';
import { addObject, metadata, type PartProps, type ServicePort, type ServiceType } from '../kube/objects.js';
import { AGENT_PORT, REDIS_PORT, SENTINEL_PORT } from '../kube/ports.js';
import type { ProxyRole } from './proxy-config.js';

/** Ports by the names that the containers give them. */
const PORTS: Record<'redis' | 'sentinel' | 'agent', ServicePort> = {
  redis: { name: 'redis', port: REDIS_PORT, targetPort: 'redis' },
  sentinel: { name: 'sentinel', port: SENTINEL_PORT, targetPort: 'sentinel' },
  agent: { name: 'agent', port: AGENT_PORT, targetPort: 'agent' },
};

export interface PodServicesProps extends PartProps {
  readonly component: Component;
  /** Names of the pods, which are the names of the Services too. */
  readonly pods: readonly string[];
  /** Name of the headless Service. */
  readonly headless: string;
  readonly ports: readonly (keyof typeof PORTS)[];
}

/**
 * A Service for each pod of a StatefulSet, and the headless one that a StatefulSet asks for.
 *
 * The Service's ClusterIP is what a server or Sentinel announces as its address: it outlives the pod, so that a pod
 * that is made anew is the same member to its peers. It leads to the pod also while that is not ready, since the peers
 * decide over what is ready.
 */
export class PodServices extends Construct {
  constructor(scope: Construct, id: string, props: PodServicesProps) {
    super(scope, id);
    const ports = props.ports.map((port) => PORTS[port]);
    for (const pod of props.pods) {
      addObject(this, pod, 'Service', metadata(props, pod, props.component), {
        spec: {
          publishNotReadyAddresses: true,
          // The pod's name would do. But controllers that enforce policies by Services (EKS' one) match a policy's labels
          // against the Service's selector.
          selector: { ...selector(props.topology, props.component), [POD_NAME_LABEL]: pod },
          ports,
        },
      });
    }
    addObject(this, 'Headless', 'Service', metadata(props, props.headless, props.component), {
      spec: {
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        selector: selector(props.topology, props.component),
        ports,
      },
    });
  }
}

/** From where a Service can be reached, in Kubernetes' own words. */
export interface ServiceChoices {
  /**
   * `NodePort` and `LoadBalancer` are reached from outside of the cluster too, by whom the network lets in (`network.from`).
   * @default ClusterIP
   */
  readonly type?: ServiceType;
  /** Of this Service alone, beside those of all objects. @default - none */
  readonly annotations?: Labels;
  /** Which of several implementations of load balancers it is. @default - the cluster's default */
  readonly loadBalancerClass?: string;
  /** Addresses whose packets the load balancer takes, as `10.0.0.0/8`. @default - all */
  readonly loadBalancerSourceRanges?: readonly string[];
  /** The port on each node. @default - Kubernetes chooses one */
  readonly nodePort?: number;
}

export interface SentinelServiceProps extends PartProps {
  readonly name: string;
  /** Component of the pods in which the Sentinels run. */
  readonly component: Component;
  /** @default - a ClusterIP */
  readonly service?: ServiceChoices;
}

/** One address for all Sentinels that are ready, for clients that take only one. */
export class SentinelService extends Construct {
  constructor(scope: Construct, id: string, props: SentinelServiceProps) {
    super(scope, id);
    addService(this, props, PORTS.sentinel, 'sentinel', props.component);
  }
}

export interface ProxyServiceProps extends PartProps {
  readonly name: string;
  readonly role: ProxyRole;
  readonly service: ServiceChoices;
}

/** The address of the master (or of replicas) for clients that know no Sentinel: it leads to the proxies. */
export class ProxyService extends Construct {
  constructor(scope: Construct, id: string, props: ProxyServiceProps) {
    super(scope, id);
    addService(this, props, { ...PORTS.redis, targetPort: props.role }, 'proxy', 'proxy');
  }
}

function addService(
  scope: Construct,
  props: PartProps & { readonly name: string; readonly service?: ServiceChoices },
  port: ServicePort,
  component: Component,
  pods: Component,
): void {
  const { annotations, nodePort, ...choices } = props.service ?? {};
  const own = metadata(props, props.name, component);
  addObject(
    scope,
    'Resource',
    'Service',
    annotations ? { ...own, annotations: { ...own.annotations, ...annotations } } : own,
    {
      spec: {
        ...choices,
        selector: selector(props.topology, pods),
        ports: [nodePort === undefined ? port : { ...port, nodePort }],
      },
    },
  );
}
