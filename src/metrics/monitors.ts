import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { type Labels, selector } from '../kube/labels.js';
import { Names } from '../kube/names.js';
import { addObject, type MonitorEndpoint, metadata, type PartProps, type ServicePort } from '../kube/objects.js';
import type { Endpoint, Scraped } from './scraped.js';

/** By what Prometheus is told. The kinds are Prometheus Operator's; others (VictoriaMetrics, Alloy) know them too. */
export type MonitorKind = 'PodMonitor' | 'ServiceMonitor';

export interface MonitorChoices {
  readonly kind: MonitorKind;
  /** Whole seconds. @default - Prometheus' own */
  readonly interval?: Duration;
  /** Of the monitors alone. @default - none */
  readonly labels?: Labels;
}

export interface MonitorsProps extends PartProps {
  readonly monitor: MonitorChoices;
  readonly scraped: readonly Scraped[];
}

/**
 * Tells Prometheus where the metrics are: a monitor for each component, and where that is to be a ServiceMonitor, a Service
 * for it to go by. The Service has no address of its own and leads to pods that are not ready too, whose metrics matter most.
 *
 * What is read carries the labels `topology` and `endpoint` besides those that Prometheus sets (`namespace`, `pod`): without
 * the first, rules would mix two topologies of a namespace, and without the second, two pages of one port.
 */
export class Monitors extends Construct {
  constructor(scope: Construct, id: string, props: MonitorsProps) {
    super(scope, id);
    for (const scraped of props.scraped) this.add(scraped, props);
  }

  private add({ component, endpoints }: Scraped, props: MonitorsProps): void {
    const { topology, monitor } = props;
    const name = new Names(topology).metrics(component);
    const matchLabels = selector(topology, component);
    const own = metadata({ ...props, labels: { ...props.labels, ...monitor.labels } }, name, component);
    const read = endpoints.map((endpoint) => monitored(endpoint, props));
    if (monitor.kind === 'PodMonitor') {
      const spec = { selector: { matchLabels }, podMetricsEndpoints: read };
      addObject(this, `${component}-monitor`, 'PodMonitor', own, { spec });
      return;
    }
    const marks = { [MARK]: name };
    const service = metadata({ ...props, labels: { ...props.labels, ...marks } }, name, component);
    addObject(this, `${component}-service`, 'Service', service, {
      spec: {
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        selector: matchLabels,
        ports: servicePorts(endpoints),
      },
    });
    addObject(this, `${component}-monitor`, 'ServiceMonitor', own, {
      spec: { selector: { matchLabels: { ...matchLabels, ...marks } }, endpoints: read },
    });
  }
}

/** Only on the Service that is there for a monitor: the other Services of the component have the same labels otherwise. */
const MARK = 'redis-sentinel.cdk8s.io/metrics';

/** A port once, whatever number of pages it has. */
function servicePorts(endpoints: readonly Endpoint[]): ServicePort[] {
  const ports = new Map(endpoints.map(({ port, number }) => [port, number]));
  return [...ports].map(([name, port]) => ({ name, port, targetPort: name }));
}

function monitored(endpoint: Endpoint, { topology, monitor }: MonitorsProps): MonitorEndpoint {
  const { port, path, params, of } = endpoint;
  const interval = monitor.interval && `${monitor.interval.toSeconds()}s`;
  const labels = { topology, endpoint: of };
  const relabelings = Object.entries(labels).map(
    ([targetLabel, replacement]) => ({ action: 'replace', targetLabel, replacement }) as const,
  );
  return { port, path, params, interval, relabelings };
}
