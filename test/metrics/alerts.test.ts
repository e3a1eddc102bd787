import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { History, MINUTES, STEP_SECONDS } from './support/history.js';
import { programOf } from './support/programs.js';
import { alertsOf, groupsOf } from './support/watched-topology.js';

const PROMTOOL = programOf('promtool');
const AGENT = 'redis_sentinel_agent_';
/** When faults begin, minutes. */
const FAULT = { from: 20 };

/** What fires: the number of alerts by their names, without `RedisSentinel`. */
type Firing = Readonly<Record<string, number>>;

interface Case {
  readonly what: string;
  readonly history: History;
  /** What fires, and when, in minutes. Nothing fires one step before. */
  readonly fires: readonly (readonly [at: number, firing: Firing])[];
}

const history = () => new History();
const agents = (name: string, where: Readonly<Record<string, string>>, value: Parameters<History['set']>[3]) =>
  history().set(AGENT + name, { topology: 'cache', ...where }, FAULT, value);
const exporters = (name: string, pod: string, value: number) =>
  history().set(`redis_${name}`, { pod, endpoint: 'redis' }, FAULT, value);

/** Each alert for its fault: not before its time, and then. */
const FAULTS: readonly Case[] = [
  {
    what: 'no server is master',
    history: agents('server_role', { role: 'master' }, 0),
    fires: [[22, { NoMaster: 1 }]],
  },
  {
    what: 'two servers are master',
    history: agents('server_role', { role: 'master', pod: 'cache-1' }, 1),
    fires: [[22, { SeveralMasters: 1 }]],
  },
  {
    what: 'no replica is in step',
    history: agents('replicas_in_step', {}, 0),
    fires: [[22, { WritesRefused: 1 }]],
  },
  {
    what: 'a master is fenced',
    history: agents('fenced', { pod: 'cache-0' }, 1),
    fires: [[21.5, { Fenced: 1 }]],
  },
  {
    what: 'an agent has carried out a failover',
    history: agents('failovers_total', { pod: 'cache-1' }, 1),
    fires: [
      [20, { FailedOver: 1 }],
      [34, { FailedOver: 1 }],
      [36, {}],
    ],
  },
  {
    what: 'a server does not answer',
    history: agents('server_up', { pod: 'cache-2' }, 0),
    fires: [[25, { ServerDown: 1 }]],
  },
  {
    what: 'a replica has no link',
    history: agents('server_link_up', { pod: 'cache-2' }, 0),
    fires: [[25, { ReplicaOutOfSync: 1 }]],
  },
  {
    what: 'a master writes 4 MiB/s, and its backlog holds 64 MiB',
    history: agents('server_offset_bytes', { pod: 'cache-0' }, (minutes) => 1e9 + minutes * 60 * 4 * 2 ** 20),
    fires: [
      [34, {}],
      [40, { BacklogTooSmall: 1 }],
    ],
  },
  {
    what: 'a volume has a tenth of its room left',
    history: agents('volume_available_bytes', { pod: 'cache-1' }, 0.8 * 2 ** 30),
    fires: [[35, { VolumeFilling: 1 }]],
  },
  {
    what: 'one of three Sentinels answers',
    history: agents('sentinels_answering', {}, 1).set(`${AGENT}sentinels_agreeing`, {}, FAULT, 1),
    fires: [
      [22, { NoSentinelMajority: 1 }],
      [35, { NoSentinelMajority: 1, SentinelsMissing: 1 }],
    ],
  },
  {
    what: 'two of three Sentinels answer',
    history: agents('sentinels_answering', {}, 2).set(`${AGENT}sentinels_agreeing`, {}, FAULT, 2),
    fires: [[35, { SentinelsMissing: 1 }]],
  },
  {
    what: 'a Sentinel names another master',
    history: agents('sentinels_agreeing', {}, 2),
    fires: [[25, { SentinelsDisagree: 1 }]],
  },
  {
    what: 'a server waits for this and that',
    history: waiting(),
    fires: [[25.5, { Waiting: 1 }]],
  },
  {
    what: 'an agent does not run for a fifth of the time',
    history: agents('stalled_seconds_total', { pod: 'cache-1' }, (minutes) => 1 + minutes * 12),
    fires: [
      [30, {}],
      [35, { AgentStalls: 1 }],
    ],
  },
  {
    what: 'a pod is gone',
    history: history().unread({ pod: 'cache-2', endpoint: 'agent' }, FAULT),
    fires: [[35, { AgentsMissing: 1 }]],
  },
  {
    what: 'no metrics are read at all',
    history: history().unread({ topology: 'cache' }, FAULT),
    fires: [[35, { AgentsMissing: 1, ExportersMissing: 1 }]],
  },
  {
    what: 'a server is nearly full',
    history: exporters('memory_used_bytes', 'cache-1', 570e6),
    fires: [[30, { MemoryNearLimit: 1 }]],
  },
  {
    what: 'an append-only file cannot be written',
    history: exporters('aof_last_write_status', 'cache-0', 0),
    fires: [[22, { AppendOnlyFails: 1 }]],
  },
  {
    what: 'an append-only file cannot be rewritten',
    history: exporters('aof_last_bgrewrite_status', 'cache-0', 0),
    fires: [[22, { AppendOnlyFails: 1 }]],
  },
  {
    what: 'a snapshot fails',
    history: exporters('rdb_last_bgsave_status', 'cache-2', 0),
    fires: [[22, { SnapshotsFail: 1 }]],
  },
  {
    what: 'an exporter does not reach its server',
    history: exporters('up', 'cache-2', 0),
    fires: [[35, { ExportersMissing: 1 }]],
  },
  {
    what: 'a certificate ends in thirteen days',
    history: agents('certificate_expires_timestamp_seconds', { pod: 'cache-1' }, 13 * 86_400),
    fires: [[25, { CertificateEnds: 1 }]],
  },
  {
    what: 'a renewed certificate is not taken',
    history: agents('certificate_ignored', { pod: 'cache-1' }, 1),
    fires: [[25, { CertificateIgnored: 1 }]],
  },
  {
    what: 'a proxy knows no master',
    history: history().set('haproxy_backend_active_servers', { pod: 'cache-proxy-abc' }, FAULT, 0),
    fires: [[22, { ProxyWithoutMaster: 1 }]],
  },
];

/** A reason, and then another: the time goes on, and it is one alert. */
function waiting(): History {
  const labels = { namespace: 'shop', topology: 'cache', pod: 'cache-2', who: 'server' };
  const all = history();
  for (const [reason, { from, to }] of [
    ['2 of 3 answer', { from: 20, to: 24 }],
    ['nobody has data', { from: 24, to: MINUTES }],
  ] as const) {
    for (const [name, value] of [
      ['waiting', 1],
      ['waiting_seconds', (step: number) => step * STEP_SECONDS - FAULT.from * 60],
    ] as const) {
      all.add(AGENT + name, { ...labels, reason }, value);
      all.set(AGENT + name, { reason }, { from: 0, to: from }, 'gone');
      if (to < MINUTES) all.set(AGENT + name, { reason }, { from: to, to: to + 0.5 }, 'stale');
      if (to < MINUTES) all.set(AGENT + name, { reason }, { from: to + 0.5 }, 'gone');
    }
  }
  return all;
}

/** What comes and goes as a matter of course. */
const HEALTHY: Readonly<Record<string, History>> = {
  'nothing happens': history(),
  'one scrape of a pod fails': history().unread({ pod: 'cache-0' }, { from: 20, to: 20.5 }),
  'a hand-over, whose two servers are read half a minute apart': history().handOver(20, 'cache-0', 'cache-1'),
  'a rolling update, in which each pod is away for two minutes': rolled(),
  'a node is drained, and its pod comes back after four minutes': history().unread(
    { pod: 'cache-1' },
    { from: 20, to: 24 },
  ),
  'a replica copies everything for four minutes': history()
    .set(`${AGENT}server_link_up`, { pod: 'cache-1' }, { from: 20, to: 24 }, 0)
    .set(`${AGENT}server_offset_bytes`, { pod: 'cache-1' }, { from: 24 }, 50e9),
  'a burst of writes lasts for ten minutes': history().set(
    `${AGENT}server_offset_bytes`,
    { pod: 'cache-0' },
    { from: 20, to: 30 },
    (minutes) => 1e9 + minutes * 60 * 4 * 2 ** 20,
  ),
  'a rewrite takes most of the volume for five minutes': history().set(
    `${AGENT}volume_available_bytes`,
    {},
    { from: 20, to: 25 },
    2 ** 29,
  ),
  'another topology of the namespace has no master': besides('shop', 'other'),
  'another namespace has a topology of this name, without a master': besides('search', 'cache'),
};

/** Roles move with the pods, the master last. */
function rolled(): History {
  const all = history();
  for (const [place, pod] of ['cache-2', 'cache-1'].entries()) {
    const from = 10 + place * 3;
    all.unread({ pod }, { from, to: from + 2 });
    all.set(`${AGENT}sentinels_answering`, {}, { from, to: from + 2 }, 2);
    all.set(`${AGENT}sentinels_agreeing`, {}, { from, to: from + 2 }, 2);
  }
  return all.handOver(16, 'cache-0', 'cache-1').unread({ pod: 'cache-0' }, { from: 16, to: 18 });
}

function besides(namespace: string, topology: string): History {
  return history()
    .topology(namespace, topology)
    .set(`${AGENT}server_role`, { namespace, topology, role: 'master' }, FAULT, 0);
}

describe.runIf(PROMTOOL)('in promtool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redis-sentinel-alerts-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(() => writeFileSync(join(folder, 'rules.yaml'), JSON.stringify({ groups: groupsOf() })));

  /** What promtool has against them; nothing where it is content. */
  function verdict(...tests: readonly object[]): string {
    const file = join(folder, 'test.yaml');
    const interval = `${STEP_SECONDS}s`;
    const units = tests.map((test) => ({ interval, ...test }));
    // JSON is YAML, and written in no time.
    writeFileSync(file, JSON.stringify({ rule_files: ['rules.yaml'], evaluation_interval: interval, tests: units }));
    const { status, stdout, stderr } = spawnSync(PROMTOOL as string, ['test', 'rules', file], { encoding: 'utf8' });
    return status === 0 ? '' : stdout + stderr;
  }

  /** A comment tells in what promtool says of an expression whose it is. */
  const firing = (of: string, at: number, alerts: Firing) => ({
    expr: `count by (alertname) (ALERTS{alertstate="firing"}) # ${of}`,
    eval_time: `${at * 60}s`,
    exp_samples: Object.entries(alerts).map(([name, value]) => ({
      labels: `{alertname="RedisSentinel${name}"}`,
      value,
    })),
  });
  const silent = (of: string) => ({
    expr: `count_over_time(ALERTS{alertstate="firing"}[${MINUTES}m]) # ${of}`,
    eval_time: `${MINUTES}m`,
    exp_samples: [],
  });
  const faultTest = ({ what, history, fires }: Case) => ({
    input_series: history.inputSeries,
    promql_expr_test: [
      firing(what, (fires[0]?.[0] ?? 0) - STEP_SECONDS / 60, {}),
      ...fires.map(([at, alerts]) => firing(what, at, alerts)),
    ],
  });
  const healthyTest = ([what, history]: readonly [string, History]) => ({
    input_series: history.inputSeries,
    promql_expr_test: [silent(what)],
  });

  it('the rules are sound', () => {
    const told = execFileSync(PROMTOOL as string, ['check', 'rules', join(folder, 'rules.yaml')], { encoding: 'utf8' });
    expect(told).toContain(`${alertsOf().length} rules found`);
  });

  // In one run each: most of what promtool takes is its start.
  describe('each fires for its fault, and not before', () => {
    let told = '';
    beforeAll(() => {
      told = verdict(...FAULTS.map(faultTest));
    });
    it.each(FAULTS.map(({ what }) => what))('%s', (what) => expect(told).not.toContain(`# ${what}"`));
    it('and promtool has nothing else to say', () => expect(told).toBe(''));
  });

  describe('none fires where', () => {
    let told = '';
    beforeAll(() => {
      told = verdict(...Object.entries(HEALTHY).map(healthyTest));
    });
    it.each(Object.keys(HEALTHY))('%s', (what) => expect(told).not.toContain(`# ${what}"`));
    it('and promtool has nothing else to say', () => expect(told).toBe(''));
  });

  it('would tell of an alert that fires where none should, and of one that does not', () => {
    const { inputSeries } = agents('fenced', { pod: 'cache-0' }, 1);
    const [ever, never] = [silent('one'), firing('another', 21, { Fenced: 1 })];
    const told = verdict({ input_series: inputSeries, promql_expr_test: [ever, never] });
    expect(told).toMatch(/# one".*\n.*exp: nil\n.*got: .*RedisSentinelFenced/);
    expect(told).toMatch(/# another".*\n.*exp: .*RedisSentinelFenced.*\n.*got: nil/);
  });

  it('says of what waits for what it waits', () => {
    const alert = alertsOf().find(({ alert }) => alert === 'RedisSentinelWaiting');
    const expected = {
      exp_labels: { severity: 'warning', namespace: 'shop', topology: 'cache', pod: 'cache-2', who: 'server' },
      exp_annotations: {
        ...alert?.annotations,
        summary: 'Redis shop/cache-2 holds its server back for 5m 30s',
        description:
          'A server, Sentinel or agent has been held back for five minutes, and says for what: nobody has data',
      },
    };
    const rule = { eval_time: '25m30s', alertname: 'RedisSentinelWaiting', exp_alerts: [expected] };
    expect(verdict({ input_series: waiting().inputSeries, alert_rule_test: [rule] })).toBe('');
  });
});

it('tries each alert', () => {
  const tried = new Set(FAULTS.flatMap(({ fires }) => fires.flatMap(([, firing]) => Object.keys(firing))));
  expect(alertsOf().map(({ alert }) => alert)).toEqual(
    expect.arrayContaining([...tried].map((name) => `RedisSentinel${name}`)),
  );
  expect(tried.size).toBe(alertsOf().length);
});
