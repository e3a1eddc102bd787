import type { Duration } from 'cdk8s';
import type { Labels } from '../../kube/labels.js';
import type { RuleChoices } from '../../metrics/alert-rules.js';
import type { DashboardChoices } from '../../metrics/dashboard-config.js';
import type { MonitorChoices, MonitorKind } from '../../metrics/monitors.js';
import { type EntriesOf, either, mapping } from '../../words/mappings.js';
import { duration } from '../../words/quantities.js';
import { entry } from '../../words/value-kind.js';
import { choice, flag, text, textsByName } from '../../words/values.js';
import { seconds } from '../units.js';
import { fault, type Violation } from '../violation.js';
import { annotationRules, labelRules } from './naming.js';

/** What the exporters tell of. */
export interface ExporterChoice {
  /**
   * Whether it tells of the Sentinels too.
   * @default true
   */
  readonly sentinels?: boolean;
}

/** An object of Prometheus Operator's, by which Prometheus finds the metrics. */
export interface MonitorProps {
  /**
   * A ServiceMonitor needs a Service to go by, and one is made for it.
   * @default PodMonitor
   * @see https://prometheus-operator.dev/docs/developer/getting-started/
   */
  readonly kind?: MonitorKind;
  /** How often the metrics are read; whole seconds. @default - Prometheus' own */
  readonly interval?: Duration;
  /** Of the monitor, where Prometheus looks for those with certain labels alone. @default - none */
  readonly labels?: Labels;
}

/** A PrometheusRule with alerts for all that should not be. Prometheus Operator takes it, and others that know its kinds. */
export interface RulesProps {
  /** Of the PrometheusRule, where Prometheus looks for those with certain labels alone. @default - none */
  readonly labels?: Labels;
  /**
   * URL of the page of runbooks: each alert then has the annotation `runbook_url`, which leads to its section.
   * @default - the annotation `runbook` names the page in this package
   */
  readonly runbooks?: string;
}

/** A ConfigMap with a dashboard for Grafana. */
export interface DashboardProps {
  /** Of the ConfigMap, besides `grafana_dashboard: "1"`, which this may change. @default - none */
  readonly labels?: Labels;
  /** Of the ConfigMap, such as `grafana_folder: Redis`. @default - none */
  readonly annotations?: Labels;
}

/** The agents have metrics in any case; these are further ones, and how Prometheus finds all of them. */
export interface MetricsProps {
  /**
   * redis_exporter in each pod of a server, and of a Sentinel; `true` for one without options.
   * @default false
   */
  readonly exporter?: boolean | ExporterChoice;
  /**
   * An object by which the Prometheus Operator finds the metrics.
   * @default - none is made: name the pods' ports in Prometheus' own configuration
   */
  readonly monitor?: MonitorProps;
  /**
   * Alerts; `true` for those without options. What they need is what `monitor` has Prometheus read, or the labels
   * `namespace`, `topology`, `pod` and `endpoint` by other means.
   * @default false
   */
  readonly rules?: boolean | RulesProps;
  /** A dashboard; `true` for one without options. It needs the same labels. @default false */
  readonly dashboard?: boolean | DashboardProps;
}

/** The props about metrics. */
export interface MetricsGroupProps {
  /**
   * What is measured, and who is told of it.
   * @default - the agents' metrics, and nobody is told of them
   */
  readonly metrics?: MetricsProps;
}

/** `MetricsProps` with all defaults filled in. */
export interface MetricsChoices {
  /** Absent: there are none. */
  readonly exporter?: ExporterSettings;
  /** Absent: there is none. */
  readonly monitor?: MonitorChoices;
  /** Absent: there are none. */
  readonly rules?: RuleChoices;
  /** Absent: there is none. */
  readonly dashboard?: DashboardChoices;
}

/** `ExporterChoice` with all defaults filled in. */
export interface ExporterSettings {
  /** Whether it tells of the Sentinels too. */
  readonly sentinels: boolean;
}

export interface MetricsSettings {
  /** What is measured, and who is told of it. */
  readonly metrics: MetricsChoices;
}

export const metricsWords: EntriesOf<MetricsGroupProps> = {
  metrics: entry(
    mapping<MetricsProps>(
      {
        exporter: entry(
          either<boolean | ExporterChoice>(
            { true: true, false: false },
            mapping<ExporterChoice>(
              { sentinels: entry(flag(), 'whether it tells of the Sentinels too', 'true') },
              'exporter: { sentinels: false }',
            ),
          ),
          'redis_exporter beside each server and Sentinel',
          'false',
        ),
        monitor: entry(
          mapping<MonitorProps>(
            {
              kind: entry(choice('PodMonitor', 'ServiceMonitor'), "of Prometheus Operator's", 'PodMonitor'),
              interval: entry(duration('30s'), 'how often the metrics are read', "Prometheus' own"),
              labels: entry(
                textsByName('{ release: prometheus }'),
                'of the monitor, where Prometheus looks for some alone',
                'none',
              ),
            },
            'monitor: { kind: PodMonitor }',
          ),
          'by which Prometheus finds the metrics of agents and exporters; `network.metrics` lets it in',
          'none',
        ),
        rules: entry(
          either<boolean | RulesProps>(
            { true: true, false: false },
            mapping<RulesProps>(
              {
                labels: entry(
                  textsByName('{ release: prometheus }'),
                  'of the PrometheusRule, where Prometheus looks for some alone',
                  'none',
                ),
                runbooks: entry(
                  text('https://wiki.example/runbooks'),
                  'URL of the page of runbooks, for the annotation `runbook_url`',
                  'the page in this package is named',
                ),
              },
              'rules: { labels: { release: prometheus } }',
            ),
          ),
          'alerts: a PrometheusRule',
          'false',
        ),
        dashboard: entry(
          either<boolean | DashboardProps>(
            { true: true, false: false },
            mapping<DashboardProps>(
              {
                labels: entry(
                  textsByName('{ grafana_dashboard: "1" }'),
                  "of the ConfigMap, where Grafana's sidecar looks for others",
                  '`grafana_dashboard: "1"`',
                ),
                annotations: entry(textsByName('{ grafana_folder: Redis }'), 'of the ConfigMap', 'none'),
              },
              'dashboard: { annotations: { grafana_folder: Redis } }',
            ),
          ),
          'a dashboard for Grafana, in a ConfigMap',
          'false',
        ),
      },
      'metrics: { exporter: true }',
    ),
    'what Prometheus is told, besides what the agents tell in any case',
    'nothing',
  ),
};

export function resolveMetrics({ metrics = {} }: MetricsGroupProps): MetricsSettings {
  const { exporter = false, monitor, rules = false, dashboard = false } = metrics;
  return {
    metrics: {
      exporter: exporter === false ? undefined : { sentinels: exporter === true || (exporter.sentinels ?? true) },
      monitor: monitor && { ...monitor, kind: monitor.kind ?? 'PodMonitor' },
      rules: chosen(rules),
      dashboard: chosen(dashboard),
    },
  };
}

function chosen<T extends object>(choice: boolean | T): T | undefined {
  return choice === false ? undefined : choice === true ? ({} as T) : choice;
}

const MOST_INTERVAL = 120;

export function* metricsRules({ metrics: { monitor, rules, dashboard } }: MetricsSettings): Generator<Violation> {
  if (monitor?.interval !== undefined) {
    const interval = seconds(monitor.interval);
    if (!Number.isInteger(interval) || interval < 1 || interval > MOST_INTERVAL) {
      yield {
        path: ['metrics', 'monitor', 'interval'],
        message: `'interval' must be whole seconds from 1 to ${MOST_INTERVAL} s, as Prometheus takes what it has not read for 5 minutes to be gone, and a scrape may fail, got ${interval} s: write 30s`,
      };
    }
  }
  yield* labelRules(['metrics', 'monitor', 'labels'], monitor?.labels ?? {});
  yield* labelRules(['metrics', 'rules', 'labels'], rules?.labels ?? {});
  if (rules?.runbooks !== undefined && !/^https?:\/\/[^\s#]+$/.test(rules.runbooks)) {
    yield fault(
      ['metrics', 'rules', 'runbooks'],
      "'runbooks' must be a URL without an anchor, as each alert adds the one of its section",
      rules.runbooks,
      'write https://wiki.example/runbooks, or leave it out',
    );
  }
  yield* labelRules(['metrics', 'dashboard', 'labels'], dashboard?.labels ?? {});
  yield* annotationRules(['metrics', 'dashboard', 'annotations'], dashboard?.annotations ?? {});
}
