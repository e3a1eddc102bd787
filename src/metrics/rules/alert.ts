/**
 * How much of a hurry there is: `critical`, writes fail or may be lost; `warning`, the next fault will not be survived as
 * planned, or this one gets worse; `info`, it is over, and somebody should know.
 */
export type Severity = 'critical' | 'warning' | 'info';

/** A rule as the topology's parts state it. */
export interface AlertProps {
  /** In the name of the alert and of its section in the runbooks, behind `RedisSentinel`. */
  readonly name: string;
  readonly severity: Severity;
  readonly expr: string;
  /** For how long it must be true, seconds. */
  readonly lasting: number;
  /** Of one pod; else of the topology. */
  readonly ofPod?: boolean;
  /** The rest of a sentence that begins with `Redis <namespace>/<topology>` or with the pod. */
  readonly summary: string;
  readonly description: string;
}

/** As Prometheus takes it. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface AlertGroup {
  readonly name: string;
  readonly rules: readonly Alert[];
}

export const ALERT_PREFIX = 'RedisSentinel';
const RUNBOOKS = 'docs/runbooks.md';

/** @param runbooks where people find the page of runbooks: a URL. @default - its place in this package */
export function alert(props: AlertProps, runbooks?: string): Alert {
  const { severity, expr, lasting, ofPod = false, summary, description } = props;
  const name = `${ALERT_PREFIX}${props.name}`;
  const anchor = name.toLowerCase();
  const [key, page] = runbooks === undefined ? ['runbook', RUNBOOKS] : ['runbook_url', runbooks];
  const subject = `{{ $labels.namespace }}/{{ $labels.${ofPod ? 'pod' : 'topology'} }}`;
  return {
    alert: name,
    expr,
    ...(lasting > 0 && { for: promDuration(lasting) }),
    labels: { severity },
    annotations: { summary: `Redis ${subject} ${summary}`, description, [key]: `${page}#${anchor}` },
  };
}

/** `120` as `2m`, `210` as `3m30s`, in Prometheus' words. */
export function promDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  return `${minutes > 0 ? `${minutes}m` : ''}${rest > 0 || minutes === 0 ? `${rest}s` : ''}`;
}
