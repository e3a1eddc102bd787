import { Duration } from 'cdk8s';
import { Persistence, Profile, type RedisSentinelProps, Tls } from '../../../src/index.js';
import type { Alert, AlertGroup } from '../../../src/metrics/rules/alert.js';
import { type PlainObject, synth } from '../../manifests/synth.js';

/** A topology of which there are all alerts. */
export const WATCHED: RedisSentinelProps = {
  namespace: 'shop',
  profile: Profile.STRICT,
  persistence: Persistence.of({ appendOnly: {}, snapshots: {} }),
  access: { master: true },
  tls: Tls.fromSecret(),
  metrics: {
    exporter: true,
    monitor: { kind: 'PodMonitor', interval: Duration.seconds(30) },
    rules: true,
    dashboard: true,
  },
};

export function groupsOf(props: RedisSentinelProps = WATCHED): AlertGroup[] {
  return synth(props).one('PrometheusRule', 'cache-alerts').spec.groups;
}

export function alertsOf(props: RedisSentinelProps = WATCHED): Alert[] {
  return groupsOf(props).flatMap(({ rules }) => rules);
}

/** Every expression of the dashboard, with what Grafana would put in the place of its variables. */
export function dashboardQueries(props: RedisSentinelProps = WATCHED): string[] {
  return dashboardOf(props)
    .panels.flatMap(({ targets = [] }: PlainObject) => targets.map(({ expr }: PlainObject) => expr))
    .map((expr: string) => expr.replaceAll('$__rate_interval', '2m').replaceAll('$namespace', 'shop'));
}

export function dashboardOf(props: RedisSentinelProps = WATCHED): PlainObject {
  return JSON.parse(synth(props).one('ConfigMap', 'cache-dashboard').data['cache-dashboard.json']);
}

/** Names of the metrics in an expression. */
export function metricsIn(expr: string): string[] {
  return [...expr.replace(/"[^"]*"/g, '""').matchAll(/\b(redis|haproxy)_\w+/g)].map(([name]) => name);
}
