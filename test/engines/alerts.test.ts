import { setTimeout as sleep } from 'node:timers/promises';
import { Duration, Size } from 'cdk8s';
import { expect, it } from 'vitest';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { Profile } from '../../src/topology/profile.js';
import type { RedisSentinelProps } from '../../src/topology/props.js';
import type { PlainObject } from '../manifests/synth.js';
import { dashboardQueries, metricsIn } from '../metrics/support/watched-topology.js';
import { keep } from './support/keep.js';
import { EXPORTER, PROMETHEUS, RehearsedPrometheus } from './support/prometheus.js';
import { objectsOf, wholeRehearsal } from './support/rehearsed.js';

const PROPS: RedisSentinelProps = {
  namespace: 'shop',
  profile: Profile.STRICT,
  memory: Size.mebibytes(128),
  metrics: {
    exporter: true,
    monitor: { kind: 'PodMonitor', interval: Duration.seconds(30) },
    rules: true,
    dashboard: true,
  },
};

/** What there is nothing to tell of where all is well: nobody waits, and who handed over is gone. */
const NOT_TOLD = ['redis_sentinel_agent_waiting_seconds', 'redis_sentinel_agent_last_hand_over_seconds'];

/**
 * 41 MiB of keys at once, which are more than 90 % of 83 MiB together with a backlog of 32 MiB; then 1.4 MiB a second, which are
 * more in a minute than that backlog holds.
 */
function writeMuch(rehearsal: Rehearsal, master: string): () => Promise<void> {
  const value = 'x'.repeat(96_000);
  let count = 0;
  return keep(async () => {
    for (let i = 0; i < 3; i++) await rehearsal.view.redis(master, 'SET', `much:${count++ % KEYS}`, value);
    if (count > KEYS) await sleep(200);
  });
}

const KEYS = 450;

/** An agent that runs for a third of the time. */
function stall(rehearsal: Rehearsal, pod: string): () => Promise<void> {
  return keep(async () => {
    rehearsal.signalAgent(pod, 'SIGSTOP');
    await sleep(400);
    rehearsal.signalAgent(pod, 'SIGCONT');
    await sleep(200);
  });
}

it.runIf(PROMETHEUS)(
  'a real Prometheus fires each alert for its fault and none in a hand-over, and knows what the dashboard asks for',
  async () => {
    const { rehearsal, master: first } = await wholeRehearsal(PROPS);
    const prometheus = new RehearsedPrometheus(rehearsal, objectsOf(PROPS) as PlainObject[]);
    const until = rehearsal.until.bind(rehearsal);
    await until(async () => (await prometheus.query('up == 1')).length >= (EXPORTER ? 6 : 3), 'not all are read', {
      everyMs: 200,
    });

    // Somebody reads, or there is nothing to tell of hits.
    keep(async () => {
      await Promise.all(rehearsal.servers.map((pod) => rehearsal.view.redis(pod, 'GET', 'a').catch(() => {})));
      await sleep(200);
    });
    await sleep(2000);
    await rehearsal.replacePod(first);
    let master = await rehearsal.whole();
    expect(master).not.toBe(first);
    await sleep(5000);
    expect(await prometheus.firing('1m')).toEqual([]);

    rehearsal.killServer(master);
    await prometheus.fire('FailedOver');
    master = await rehearsal.whole();
    const [stalled = '', away = ''] = rehearsal.servers.filter((pod) => pod !== master);
    const empty = [];
    for (const expr of dashboardQueries(PROPS)) if ((await prometheus.query(expr)).length === 0) empty.push(expr);
    expect(
      empty.filter((expr) => {
        const names = metricsIn(expr);
        return (
          !names.some((name) => NOT_TOLD.includes(name)) && (EXPORTER || names[0]?.startsWith('redis_sentinel_agent'))
        );
      }),
    ).toEqual([]);

    // What takes longest, at once: one agent runs now and then, another not at all; a Sentinel hangs; much is written.
    const endStalls = stall(rehearsal, stalled);
    const endWrites = writeMuch(rehearsal, master);
    rehearsal.signalAgent(away, 'SIGSTOP');
    rehearsal.killServer(away, 'SIGSTOP', 'sentinel');
    prometheus.endExporter(away);
    await prometheus.fire('AgentStalls', 'AgentsMissing', 'SentinelsMissing', 'BacklogTooSmall');
    if (EXPORTER) await prometheus.fire('MemoryNearLimit', 'ExportersMissing');
    await Promise.all([endStalls(), endWrites()]);
    rehearsal.killServer(away, 'SIGCONT', 'sentinel');
    rehearsal.signalAgent(away, 'SIGCONT');
    await rehearsal.whole();

    // The master is cut off.
    for (const pod of [stalled, away]) rehearsal.freeze(pod);
    await prometheus.fire('Fenced', 'WritesRefused', 'NoSentinelMajority');
    for (const pod of [stalled, away]) rehearsal.thaw(pod);
    master = await rehearsal.whole();

    // Nobody elects any more: a person makes a second master, then the first one dies.
    const [second = ''] = rehearsal.servers.filter((pod) => pod !== master);
    for (const pod of rehearsal.sentinels) rehearsal.killServer(pod, 'SIGSTOP', 'sentinel');
    await rehearsal.view.redis(second, 'REPLICAOF', 'NO', 'ONE');
    await prometheus.fire('SeveralMasters');
    for (const pod of [master, second]) rehearsal.killServer(pod);
    await prometheus.fire('NoMaster', 'ServerDown', 'ReplicaOutOfSync', 'Waiting');
    const [waits] = await prometheus.query('ALERTS{alertname="RedisSentinelWaiting"}');
    expect(waits?.metric).toMatchObject({ namespace: 'shop', topology: 'cache', who: 'server', severity: 'warning' });
  },
  240_000,
);
