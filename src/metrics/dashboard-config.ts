import { Construct } from 'constructs';
import type { Labels } from '../kube/labels.js';
import { Names } from '../kube/names.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import { dashboard } from './dashboard/dashboard.js';
import type { Watched } from './watched.js';

export interface DashboardChoices {
  /** Further labels of the ConfigMap, or another value of `grafana_dashboard`. @default - none */
  readonly labels?: Labels;
  /** Of the ConfigMap, such as `grafana_folder: Redis`. @default - none */
  readonly annotations?: Labels;
}

export interface DashboardConfigProps extends PartProps {
  readonly dashboard: DashboardChoices;
  readonly watched: Watched;
  /** Whether the topology's own alerts are there to be shown. */
  readonly hasAlerts: boolean;
}

/** By which the sidecar of Grafana's chart finds dashboards. */
const GRAFANA_LABEL = { grafana_dashboard: '1' };

/** A ConfigMap with Grafana's dashboard of the topology. */
export class DashboardConfig extends Construct {
  constructor(scope: Construct, id: string, props: DashboardConfigProps) {
    super(scope, id);
    const { topology, labels, annotations, dashboard: choices, watched, hasAlerts } = props;
    const name = new Names(topology).dashboard;
    const own = metadata(
      {
        ...props,
        labels: { ...labels, ...GRAFANA_LABEL, ...choices.labels },
        annotations: annotations || choices.annotations ? { ...annotations, ...choices.annotations } : undefined,
      },
      name,
    );
    const text = `${JSON.stringify(dashboard(watched, hasAlerts), undefined, 1)}\n`;
    addObject(this, 'Resource', 'ConfigMap', own, { data: { [`${name}.json`]: text } });
  }
}
