/** Minutes for which the series go on, and how often one has a sample. */
export const MINUTES = 60;
export const STEP_SECONDS = 30;
const STEPS = (MINUTES * 60) / STEP_SECONDS;

type Labels = Readonly<Record<string, string>>;
/** A sample for each step; `stale`: the series has ended, `gone`: nobody has read it. */
type Value = number | 'stale' | 'gone';

/** From one minute to another, the second one not included. */
export interface Span {
  readonly from: number;
  /** @default - to the end */
  readonly to?: number;
}

/** What Prometheus has read of topologies over an hour; without a change, that all is well. */
export class History {
  private readonly series = new Map<
    string,
    { readonly name: string; readonly labels: Labels; readonly values: Value[] }
  >();

  constructor() {
    this.topology('shop', 'cache');
  }

  /** Three servers with Sentinels, exporters and two proxies, of which the first server is master. */
  topology(namespace: string, topology: string): this {
    for (const ordinal of [0, 1, 2]) {
      const pod = { namespace, topology, pod: `${topology}-${ordinal}` };
      const agent = (name: string, value: number | ((step: number) => number), labels: Labels = {}) =>
        this.add(`redis_sentinel_agent_${name}`, { ...pod, endpoint: 'agent', ...labels }, value);
      const isMaster = ordinal === 0;
      agent('build_info', 1, { node: 'v22.0.0' });
      agent('server_up', 1);
      agent('server_role', isMaster ? 1 : 0, { role: 'master' });
      agent('server_role', isMaster ? 0 : 1, { role: 'replica' });
      agent('server_link_up', isMaster ? 0 : 1);
      agent('server_offset_bytes', (step) => 1e6 + step * STEP_SECONDS * 1000);
      if (isMaster) agent('replicas_in_step', 2);
      agent('sentinels_answering', 3);
      agent('sentinels_agreeing', 3);
      agent('fenced', 0);
      agent('failovers_total', 0);
      agent('stalled_seconds_total', (step) => step * 0.01);
      agent('certificate_expires_timestamp_seconds', 80 * 86_400);
      agent('certificate_ignored', 0);
      agent('volume_size_bytes', 8 * 2 ** 30);
      agent('volume_available_bytes', 6 * 2 ** 30);
      const exporter = (name: string, value: number) => this.add(`redis_${name}`, { ...pod, endpoint: 'redis' }, value);
      exporter('up', 1);
      exporter('memory_used_bytes', 100e6);
      exporter('memory_max_bytes', 600e6);
      exporter('aof_last_write_status', 1);
      exporter('aof_last_bgrewrite_status', 1);
      exporter('rdb_last_bgsave_status', 1);
      this.add('redis_up', { ...pod, endpoint: 'sentinel' }, 1);
    }
    for (const name of ['abc', 'xyz']) {
      const pod = { namespace, topology, pod: `${topology}-proxy-${name}`, endpoint: 'haproxy' };
      this.add('haproxy_backend_active_servers', { ...pod, proxy: 'master' }, 1);
    }
    return this;
  }

  /** A series that there was not. */
  add(name: string, labels: Labels, value: number | ((step: number) => number)): this {
    const values = Array.from({ length: STEPS }, (_, step) => (typeof value === 'number' ? value : value(step)));
    this.series.set(`${name}${labelText(labels)}`, { name, labels, values });
    return this;
  }

  /** A metric of these pods has another value for a time. @param value of a step, and of how many minutes since the span began */
  set(
    name: string,
    where: Labels,
    { from, to = MINUTES }: Span,
    value: Value | ((sinceMinutes: number) => number),
  ): this {
    let found = 0;
    for (const series of this.series.values()) {
      if (series.name !== name || !matches(series.labels, where)) continue;
      found++;
      for (let step = stepOf(from); step < stepOf(to); step++) {
        series.values[step] = typeof value === 'function' ? value((step - stepOf(from)) * (STEP_SECONDS / 60)) : value;
      }
    }
    if (found === 0) throw new Error(`no series ${name}${labelText(where)}`);
    return this;
  }

  /** Nothing of these pods is read, as where a scrape fails. */
  unread(where: Labels, { from, to = MINUTES }: Span): this {
    for (const { labels, values } of this.series.values()) {
      if (!matches(labels, where)) continue;
      for (let step = stepOf(from); step < stepOf(to); step++) values[step] = step === stepOf(from) ? 'stale' : 'gone';
    }
    return this;
  }

  /** Another server is master from that minute on; the metrics of both pods are read at moments of their own. */
  handOver(at: number, from: string, to: string): this {
    const pods = { [from]: 0, [to]: 1 };
    for (const [pod, isMaster] of Object.entries(pods)) {
      // The new one is read half a minute later.
      const span = { from: at + isMaster * 0.5 };
      this.set('redis_sentinel_agent_server_role', { pod, role: 'master' }, span, isMaster);
      this.set('redis_sentinel_agent_server_role', { pod, role: 'replica' }, span, 1 - isMaster);
      this.set('redis_sentinel_agent_server_link_up', { pod }, span, 1 - isMaster);
    }
    return this;
  }

  /** As promtool takes it. */
  get inputSeries(): { readonly series: string; readonly values: string }[] {
    return [...this.series.values()].map(({ name, labels, values }) => ({
      series: `${name}${labelText(labels)}`,
      values: values.map((value) => (value === 'gone' ? '_' : String(value))).join(' '),
    }));
  }
}

function stepOf(minutes: number): number {
  return (minutes * 60) / STEP_SECONDS;
}

function matches(labels: Labels, where: Labels): boolean {
  return Object.entries(where).every(([name, value]) => labels[name] === value);
}

function labelText(labels: Labels): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`;
}
