import { readFileSync } from 'node:fs';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Clock } from '../../src/agent/program/clock.js';
import { newMemory } from '../../src/agent/program/decide/agent.js';
import { metrics } from '../../src/agent/program/http/metrics.js';
import { Tally } from '../../src/agent/program/tally.js';
import { withAlertTable } from '../../src/docs/alerts.js';
import { Persistence, type RedisSentinelProps, Sentinels } from '../../src/index.js';
import { knowing } from '../agent/support/knowledge.js';
import { anchorsOf, read } from '../docs/support/pages.js';
import { synth } from '../manifests/synth.js';
import { alertsOf, dashboardOf, dashboardQueries, metricsIn, WATCHED } from './support/watched-topology.js';

const RULES: RedisSentinelProps = { metrics: { rules: true } };
const namesOf = (props: RedisSentinelProps) => alertsOf(props).map(({ alert }) => alert.replace('RedisSentinel', ''));

/** Names of the metrics that a program told when it was asked: see the first line of each file. */
function recorded(program: string): string[] {
  const text = readFileSync(new URL(`recorded/${program}.txt`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** Of an agent of which there is everything to tell. */
function ofAgent(): string[] {
  const tally = new Tally();
  tally.role('master');
  tally.count('switched to=x reason=server-gone');
  const replica = { address: '10.0.0.1', offset: 1, lagMs: 0, online: true };
  const { known } = knowing({ info: { replicas: [replica] } });
  const memory = { ...newMemory(), handOver: { lastMs: 1 }, crash: { slow: [], lastMs: 1 } };
  const waiting = new Map([['server', { reason: 'r', since: 0 }]]);
  const room = { size: 2, available: 1 };
  const certificate = { why: 'in use', expires: '2027-01-01T00:00:00.000Z', days: 80 };
  const clock = new Clock();
  const input = { known, memory, decision: undefined, tally, clock, certificate, waiting, room, now: known.now };
  return [...metrics(input).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '');
}

const KNOWN = new Set([...ofAgent(), ...recorded('redis_exporter'), ...recorded('haproxy')]);

describe('each alert', () => {
  const alerts = alertsOf();

  it.each(alerts.map((alert) => [alert.alert, alert] as const))('%s asks for metrics that there are', (_, { expr }) => {
    expect(metricsIn(expr).length).toBeGreaterThan(0);
    expect(metricsIn(expr).filter((name) => !KNOWN.has(name))).toEqual([]);
  });

  it.each(alerts.map((alert) => [alert.alert, alert] as const))('%s is of this topology alone', (_, { expr }) => {
    const selectors = expr.match(/\{[^}]*\}/g) ?? [];
    expect(selectors.filter((each) => !each.startsWith('{namespace="shop", topology="cache"'))).toEqual([]);
    expect(selectors).toHaveLength(metricsIn(expr).length);
  });

  it.each(alerts.map((alert) => [alert.alert, alert] as const))('%s has a section in the runbooks', (_, alert) => {
    const [page = '', anchor = ''] = (alert.annotations.runbook ?? '').split('#');
    expect(page).toBe('docs/runbooks.md');
    expect(anchorsOf(page)).toContain(anchor);
    expect(anchor).toBe(alert.alert.toLowerCase());
  });

  it.each(alerts.map((alert) => [alert.alert, alert] as const))('%s says how bad it is, and what is so', (_, alert) => {
    expect(['critical', 'warning', 'info']).toContain(alert.labels.severity);
    expect(alert.annotations.summary).toMatch(
      /^Redis \{\{ \$labels\.namespace \}\}\/\{\{ \$labels\.(pod|topology) \}\} \w/,
    );
    expect(alert.annotations.description).toMatch(/^[A-Z].*(\.|\}\})$/);
  });

  it('has a name of its own', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });
});

it('lists them all in the page about metrics (`npm run docs` writes the table)', () => {
  const page = read('docs/metrics.md');
  expect(withAlertTable(page)).toBe(page);
  for (const { alert } of alertsOf()) expect(page).toContain(`(runbooks.md#${alert.toLowerCase()})`);
});

describe('alerts are left out', () => {
  it.each<[string, RedisSentinelProps, RedisSentinelProps, string[]]>([
    [
      'about what an exporter tells, without one',
      WATCHED,
      { ...WATCHED, metrics: { rules: true } },
      ['MemoryNearLimit', 'AppendOnlyFails', 'SnapshotsFail', 'ExportersMissing'],
    ],
    ['about proxies, without them', WATCHED, { ...WATCHED, access: {} }, ['ProxyWithoutMaster']],
    ['about the fence, outside of strict', { ...RULES, profile: WATCHED.profile }, RULES, ['Fenced']],
    ['about volumes, without them', RULES, { ...RULES, persistence: Persistence.none() }, ['VolumeFilling']],
    [
      'about replicas that writes need, where they need none',
      RULES,
      { ...RULES, writeSafety: { minReplicasToWrite: 0 } },
      ['WritesRefused'],
    ],
    [
      'about memory, where a full server makes room by itself',
      WATCHED,
      { ...WATCHED, maxmemoryPolicy: 'allkeys-lru' },
      ['MemoryNearLimit'],
    ],
    [
      'about snapshots, where none are taken',
      WATCHED,
      { ...WATCHED, persistence: Persistence.appendOnly() },
      ['SnapshotsFail'],
    ],
  ])('%s', (_, whole, fewer, missing) => {
    const left = namesOf(fewer);
    expect(namesOf(whole).filter((name) => !left.includes(name))).toEqual(missing);
  });
});

describe('the PrometheusRule', () => {
  it('has the labels by which Prometheus finds it, and the topology’s', () => {
    const rules = { labels: { release: 'prometheus' } };
    const { metadata, apiVersion } = synth({ labels: { team: 'shop' }, metrics: { rules } }).one('PrometheusRule');
    expect(apiVersion).toBe('monitoring.coreos.com/v1');
    expect(metadata.labels).toMatchObject({ release: 'prometheus', team: 'shop' });
  });

  it('leads to runbooks elsewhere where they are said to be', () => {
    const [alert] = alertsOf({ metrics: { rules: { runbooks: 'https://wiki.example/r' } } });
    expect(alert?.annotations).toMatchObject({ runbook_url: 'https://wiki.example/r#redissentinelnomaster' });
    expect(alert?.annotations.runbook).toBeUndefined();
  });

  it('counts agents of separate Sentinels too', () => {
    const props = { ...RULES, sentinels: Sentinels.separate({ count: 5 }) };
    const exprOf = (name: string) => alertsOf(props).find(({ alert }) => alert === `RedisSentinel${name}`)?.expr;
    expect(exprOf('AgentsMissing')).toContain('< 8 or');
    expect(exprOf('SentinelsMissing')).toContain('< 5');
    expect(exprOf('NoSentinelMajority')).toContain('< 3');
  });

  it.each([
    [30, 3, '2m', '1m30s', '5m', '15m'],
    [15, 3, '2m', '1m', '5m', '15m'],
    [120, 3, '6m30s', '6m', '6m', '15m'],
    [30, 60, '3m30s', '1m30s', '5m', '15m'],
  ])('waits for at least three scrapes: read every %s s, downAfter %s s', (interval, downAfter, ...times) => {
    const props: RedisSentinelProps = {
      ...WATCHED,
      failover: { downAfter: Duration.seconds(downAfter) },
      metrics: { rules: true, monitor: { interval: Duration.seconds(interval) } },
    };
    const timeOf = (name: string) => alertsOf(props).find(({ alert }) => alert === `RedisSentinel${name}`)?.for;
    expect(['NoMaster', 'Fenced', 'ReplicaOutOfSync', 'AgentsMissing'].map(timeOf)).toEqual(times);
  });

  it('is not there unless it is asked for', () => {
    expect(synth({ metrics: { monitor: {} } }).all('PrometheusRule')).toEqual([]);
  });

  it('is refused runbooks at an anchor', () => {
    const runbooks = 'https://wiki.example/r#top';
    expect(() => synth({ metrics: { rules: { runbooks } } })).toThrow(/'runbooks' must be a URL without an anchor/);
  });
});

describe('the dashboard', () => {
  const board = dashboardOf();

  it('asks for metrics that there are, of this topology alone', () => {
    const queries = dashboardQueries();
    expect(queries.length).toBeGreaterThan(30);
    for (const expr of queries) {
      expect(
        metricsIn(expr).filter((name) => !KNOWN.has(name)),
        expr,
      ).toEqual([]);
      for (const each of expr.match(/\{[^}]*\}/g) ?? []) expect(each).toMatch(/^\{namespace="shop", topology="cache"/);
    }
  });

  it('shows only what is told: nothing of servers without an exporter', () => {
    const props: RedisSentinelProps = { ...WATCHED, metrics: { dashboard: true } };
    const names = dashboardQueries(props).flatMap(metricsIn);
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !name.startsWith('redis_sentinel_agent_'))).toEqual([]);
  });

  it('has panels that do not lie on each other, and none beyond the width', () => {
    const taken = new Set<string>();
    for (const { gridPos: at } of board.panels) {
      expect(at.x + at.w).toBeLessThanOrEqual(24);
      for (let x = at.x; x < at.x + at.w; x++) {
        for (let y = at.y; y < at.y + at.h; y++) {
          expect(taken).not.toContain(`${x}/${y}`);
          taken.add(`${x}/${y}`);
        }
      }
    }
    const ids = board.panels.map(({ id }: { id: number }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is one of its own for each topology, found by its label', () => {
    const { metadata } = synth(WATCHED).one('ConfigMap', 'cache-dashboard');
    expect(metadata.labels.grafana_dashboard).toBe('1');
    expect(dashboardOf({ ...WATCHED, namespace: 'search' }).uid).not.toBe(board.uid);
    expect(board.uid.length).toBeLessThanOrEqual(40);
  });

  it('lets whoever looks choose the namespace where it is not known', () => {
    const names = ({ templating }: typeof board) => templating.list.map(({ name }: { name: string }) => name);
    expect(names(board)).toEqual(['datasource']);
    expect(names(dashboardOf({ ...WATCHED, namespace: undefined }))).toEqual(['datasource', 'namespace']);
  });

  it('has the labels and annotations that it is given', () => {
    const dashboard = { labels: { grafana_dashboard: 'yes' }, annotations: { grafana_folder: 'Redis' } };
    const { metadata } = synth({ annotations: { contact: 'a' }, metrics: { dashboard } }).one(
      'ConfigMap',
      'cache-dashboard',
    );
    expect(metadata.labels.grafana_dashboard).toBe('yes');
    expect(metadata.annotations).toEqual({ contact: 'a', grafana_folder: 'Redis' });
  });
});
