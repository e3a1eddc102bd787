import { Construct } from 'constructs';
import { type Component, POD_NAME_LABEL, selector } from '../kube/labels.js';
import { addObject, metadata, type PartProps, type ServicePort } from '../kube/objects.js';
import { REDIS_PORT, SENTINEL_PORT } from '../kube/ports.js';

/** Ports by the names that the containers give them. */
const PORTS: Record<'redis' | 'sentinel', ServicePort> = {
  redis: { name: 'redis', port: REDIS_PORT, targetPort: 'redis' },
  sentinel: { name: 'sentinel', port: SENTINEL_PORT, targetPort: 'sentinel' },
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
        spec: { publishNotReadyAddresses: true, selector: { [POD_NAME_LABEL]: pod }, ports },
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

export interface SentinelServiceProps extends PartProps {
  readonly name: string;
  /** Component of the pods in which the Sentinels run. */
  readonly component: Component;
}

/** One address for all Sentinels that are ready, for clients that take only one. */
export class SentinelService extends Construct {
  constructor(scope: Construct, id: string, props: SentinelServiceProps) {
    super(scope, id);
    addObject(this, 'Resource', 'Service', metadata(props, props.name, 'sentinel'), {
      spec: { selector: selector(props.topology, props.component), ports: [PORTS.sentinel] },
    });
  }
}
