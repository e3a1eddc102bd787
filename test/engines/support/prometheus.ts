import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { EXPORTER_PORT, PROXY_STATUS_PORT } from '../../../src/kube/ports.js';
import type { AlertGroup } from '../../../src/metrics/rules/alert.js';
import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';
import { freshAddress } from '../../agent/support/addresses.js';
import type { PlainObject } from '../../manifests/synth.js';
import { programOf } from '../../metrics/support/programs.js';
import { own } from '../../support/own-processes.js';
import type { RehearsedProxy } from './proxy.js';

export const PROMETHEUS = programOf('prometheus');
/** Ours, or Debian's. */
export const EXPORTER = programOf('redis_exporter') ?? programOf('prometheus-redis-exporter');

/**
 * All times of the rules, and the interval of scrapes, are a fortieth here: 30 s between scrapes are 0.75 s, and an alert that
 * waits for 2 min waits for 3 s, which are four scrapes as before.
 */
export const SPEED = 40;
const INTERVAL_MS = 30_000 / SPEED;

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [at: number, value: string];
}

/**
 * Prometheus with the rules of a manifest, which reads the agents and exporters of a rehearsal as its PodMonitor says, and a
 * proxy where one is given.
 */
export class RehearsedPrometheus {
  private readonly folder = mkdtempSync(join(tmpdir(), 'redis-sentinel-prometheus-'));
  private readonly address = `${freshAddress()}:9090`;
  private readonly exporters = new Map<string, ChildProcess>();

  constructor(
    private readonly rehearsal: Rehearsal,
    private readonly objects: readonly PlainObject[],
    private readonly proxy?: RehearsedProxy,
  ) {
    const rules = this.one('PrometheusRule').spec.groups as AlertGroup[];
    this.write('rules.yaml', { groups: rules.map(hastened) });
    this.write('prometheus.yaml', {
      global: {
        scrape_interval: `${INTERVAL_MS}ms`,
        scrape_timeout: `${INTERVAL_MS}ms`,
        evaluation_interval: `${INTERVAL_MS}ms`,
      },
      rule_files: ['rules.yaml'],
      scrape_configs: this.jobs(),
    });
    for (const pod of this.hasExporters ? rehearsal.servers : []) this.exporters.set(pod, this.export(pod));
    const flags = [
      `--config.file=${join(this.folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(this.folder, 'data')}`,
      `--web.listen-address=${this.address}`,
      '--log.level=error',
    ];
    const child = own(spawn(PROMETHEUS as string, flags, { stdio: ['ignore', 'ignore', 'inherit'] }));
    onTestFinished(async () => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      for (const exporter of this.exporters.values()) exporter.kill('SIGKILL');
      await ended;
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** @throws Error with Prometheus' own words where the expression is none */
  async query(expr: string): Promise<Sample[]> {
    const answer = await fetch(`http://${this.address}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const { status, error, data } = (await answer.json()) as PlainObject;
    if (status !== 'success') throw new Error(`${expr}: ${error}`);
    return data.result;
  }

  /** Names of the alerts that fire now, or have within a time such as `2m`, without `RedisSentinel`. */
  async firing(within?: string): Promise<string[]> {
    const alerts = 'ALERTS{alertstate="firing"}';
    const samples = await this.query(within === undefined ? alerts : `count_over_time(${alerts}[${within}])`);
    return [...new Set(samples.map(({ metric }) => metric.alertname?.replace('RedisSentinel', '') ?? ''))].sort();
  }

  /** Waits until these fire, whatever else does. */
  async fire(...alerts: string[]): Promise<void> {
    let now: string[] = [];
    const fire = async () => {
      now = await this.firing();
      return alerts.every((alert) => now.includes(alert));
    };
    await this.rehearsal.until(fire, () => `of ${alerts} there fire only ${now}`, { everyMs: 200 });
  }

  endExporter(pod: string): void {
    this.exporters.get(pod)?.kill('SIGKILL');
  }

  private get hasExporters(): boolean {
    return EXPORTER !== undefined && this.endpoints().some(({ port }) => port === 'exporter');
  }

  /** What the PodMonitors say, for pods that have an address of this machine in the place of an IP. */
  private jobs(): object[] {
    return this.endpoints()
      .filter(({ path, port }) => path === '/metrics' && this.targets(port).length > 0)
      .map(({ port, path, relabelings }) => ({
        job_name: port,
        metrics_path: path,
        static_configs: this.targets(port).map(({ pod, at }) => ({
          targets: [at],
          labels: { namespace: 'shop', pod, container: port },
        })),
        relabel_configs: relabelings.map(({ action, targetLabel, replacement }: PlainObject) => ({
          action,
          target_label: targetLabel,
          replacement,
        })),
      }));
  }

  private targets(port: string): { readonly pod: string; readonly at: string }[] {
    const { sites, pods } = this.rehearsal;
    const ofPods = (number: number) => pods.map((pod) => ({ pod, at: `${sites.addressOf(pod)}:${number}` }));
    if (port === 'agent') return ofPods(sites.agentPort);
    if (port === 'exporter') return EXPORTER ? ofPods(EXPORTER_PORT) : [];
    return this.proxy ? [{ pod: 'proxy', at: `${this.proxy.address}:${PROXY_STATUS_PORT}` }] : [];
  }

  private endpoints(): PlainObject[] {
    const monitors = this.objects.filter(({ kind }) => kind === 'PodMonitor');
    return monitors.flatMap(({ spec }) => spec.podMetricsEndpoints);
  }

  private export(pod: string): ChildProcess {
    const { sites } = this.rehearsal;
    const flags = [
      `-redis.addr=redis://${sites.addressOf(pod)}:${sites.redisPort}`,
      `-redis.password-file=${this.rehearsal.container(pod, 'agent').plan.env.EXPORTER_PASSWORDS}`,
      `-web.listen-address=${sites.addressOf(pod)}:${EXPORTER_PORT}`,
    ];
    return own(spawn(EXPORTER as string, flags, { stdio: 'ignore' }));
  }

  private one(kind: string): PlainObject {
    return this.objects.find((object) => object.kind === kind);
  }

  private write(name: string, content: object): void {
    writeFileSync(join(this.folder, name), stringify(content));
  }
}

function hastened({ name, rules }: AlertGroup): AlertGroup {
  return {
    name,
    rules: rules.map(({ for: lasting, expr, ...rule }) => ({
      ...rule,
      expr: expr
        .replace(/\[([\dms]+)\]/g, (_, span) => `[${fortieth(span)}]`)
        .replace(/(waiting_seconds.*) > (\d+)$/, (_, metric, limit) => `${metric} > ${Number(limit) / SPEED}`),
      ...(lasting !== undefined && { for: fortieth(lasting) }),
    })),
  };
}

/** `1m30s` as `2250ms`. */
function fortieth(span: string): string {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(span) ?? [];
  return `${Math.round(((Number(minutes) * 60 + Number(seconds)) * 1000) / SPEED)}ms`;
}
