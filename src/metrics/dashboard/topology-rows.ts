import { Series, type Watched } from '../watched.js';
import { graph, type Row, type Steps, stat, states, table } from './panel.js';

/** What the agents' own metrics show. */
export function topologyRows(watched: Watched, hasAlerts: boolean): Row[] {
  return [now(watched, hasAlerts), replication(watched), failovers(watched), agents(watched)];
}

/** Green from `all` on. */
const complete = (all: number, least: number): Steps => [
  [null, 'red'],
  [least, 'orange'],
  [all, 'green'],
];
/** Green at 0. */
const NONE: Steps = [
  [null, 'green'],
  [1, 'red'],
];

function now(watched: Watched, hasAlerts: boolean): Row {
  const { servers, sentinels, fence } = watched;
  const series = new Series(watched);
  const isMaster = `max by (pod) (${series.agent('server_role', { role: 'master' })}) == 1`;
  const of = (how: string, name: string) => `${how}(${series.agent(name)})`;
  const alerts = table({
    title: 'Alerts',
    width: 12,
    queries: [{ expr: new Series(watched).other('ALERTS', { alertstate: 'firing' }) }],
    columns: { alertname: 'alert', pod: 'pod', who: 'who', severity: 'severity' },
    value: 'firing',
  });
  return {
    title: 'Now',
    panels: [
      stat({
        title: 'Master',
        width: 4,
        showsName: true,
        queries: [{ expr: isMaster, legend: '{{pod}}' }],
        none: 'none',
      }),
      stat({
        title: 'Master since',
        description: 'As far as its agent has seen.',
        width: 4,
        unit: 'dateTimeFromNow',
        queries: [{ expr: `${of('max', 'server_master_since_timestamp_seconds')} * 1000` }],
      }),
      stat({
        title: `Servers up, of ${servers}`,
        width: 3,
        steps: complete(servers, 2),
        queries: [{ expr: of('sum', 'server_up') }],
      }),
      stat({
        title: `Replicas in step, of ${servers - 1}`,
        width: 3,
        steps: complete(servers - 1, 1),
        queries: [{ expr: of('max', 'replicas_in_step') }],
      }),
      stat({
        title: `Sentinels, of ${sentinels}`,
        width: 3,
        steps: complete(sentinels, Math.floor(sentinels / 2) + 1),
        queries: [{ expr: of('max', 'sentinels_answering') }],
      }),
      stat({
        title: 'Failovers, 24 h',
        width: 3,
        queries: [{ expr: `sum(increase(${series.agent('failovers_total')}[1d]))` }],
      }),
      stat({
        title: fence ? 'Fenced' : 'Waiting',
        width: 4,
        steps: NONE,
        queries: [{ expr: fence ? of('sum', 'fenced') : `${of('count', 'waiting')} or vector(0)` }],
      }),
      states({
        title: 'Roles',
        description: 'Which server was master, and when.',
        width: hasAlerts ? 12 : 24,
        words: { 0: 'replica, or away', 1: 'master' },
        queries: [{ expr: `max by (pod) (${series.agent('server_role', { role: 'master' })})`, legend: '{{pod}}' }],
      }),
      ...(hasAlerts ? [alerts] : []),
      table({
        title: 'What waits, and for what',
        width: 24,
        unit: 's',
        queries: [{ expr: series.agent('waiting_seconds') }],
        columns: { pod: 'pod', who: 'who', reason: 'for' },
        value: 'since',
      }),
    ],
  };
}

function replication(watched: Watched): Row {
  const series = new Series(watched);
  const rate = `max by (pod) (rate(${series.agent('server_offset_bytes')}[$__rate_interval]))`;
  const isMaster = `max by (pod) (${series.agent('server_role', { role: 'master' })}) == 1`;
  return {
    title: 'Replication',
    panels: [
      graph({
        title: 'Behind the master',
        description: 'Of the replication stream, not acknowledged yet. By the ordinals of the replicas.',
        width: 8,
        unit: 'bytes',
        queries: [
          {
            expr: `max by (ordinal) (${series.agent('replica_behind_bytes')})`,
            legend: `${watched.topology}-{{ordinal}}`,
          },
        ],
      }),
      graph({
        title: 'Since the last acknowledgement',
        description: 'To the second: a replica acknowledges once a second.',
        width: 8,
        unit: 's',
        queries: [
          {
            expr: `max by (ordinal) (${series.agent('replica_lag_seconds')})`,
            legend: `${watched.topology}-{{ordinal}}`,
          },
        ],
      }),
      graph({
        title: 'Written by the master',
        width: 8,
        unit: 'Bps',
        queries: [{ expr: `${rate} and ${isMaster}`, legend: '{{pod}}' }],
      }),
    ],
  };
}

function failovers(watched: Watched): Row {
  const series = new Series(watched);
  return {
    title: 'Failover',
    panels: [
      graph({
        title: 'Changes of the master',
        description: 'Each raises the configuration epoch: failovers and hand-overs.',
        width: 6,
        unit: 'none',
        queries: [{ expr: `max(${series.agent('config_epoch')})`, legend: 'epoch' }],
      }),
      graph({
        title: 'From the death of a master to the promotion, last time',
        width: 6,
        unit: 's',
        queries: [
          { expr: `max by (pod) (${series.agent('last_failover_seconds')})`, legend: 'failover, by {{pod}}' },
          { expr: `max by (pod) (${series.agent('last_hand_over_seconds')})`, legend: 'hand-over, by {{pod}}' },
        ],
      }),
      table({
        title: 'Last failovers, and why',
        width: 6,
        unit: 'dateTimeFromNow',
        queries: [{ expr: `${series.agent('last_failover_timestamp_seconds')} * 1000` }],
        columns: { pod: 'told by', reason: 'why' },
        value: 'when',
      }),
      graph({
        title: 'Silences of servers',
        description: 'For half a second or longer, in an hour.',
        width: 6,
        unit: 'none',
        queries: [{ expr: `max by (pod) (increase(${series.agent('server_silences_total')}[1h]))`, legend: '{{pod}}' }],
      }),
    ],
  };
}

function agents(watched: Watched): Row {
  const series = new Series(watched);
  const left = `min by (pod) (${series.agent('volume_available_bytes')}) / min by (pod) (${series.agent('volume_size_bytes')})`;
  return {
    title: 'Agents and volumes',
    panels: [
      graph({
        title: 'Time in which agents did not run',
        width: 8,
        unit: 'percentunit',
        queries: [
          {
            expr: `max by (pod) (rate(${series.agent('stalled_seconds_total')}[$__rate_interval]))`,
            legend: '{{pod}}',
          },
        ],
      }),
      graph({
        title: 'Memory of the agents',
        width: 8,
        unit: 'bytes',
        queries: [{ expr: `max by (pod) (${series.agent('resident_memory_bytes')})`, legend: '{{pod}}' }],
      }),
      ...(watched.hasVolumes
        ? [
            graph({
              title: 'Left on the volumes',
              width: 8,
              unit: 'percentunit',
              queries: [{ expr: left, legend: '{{pod}}' }],
            }),
          ]
        : []),
    ],
  };
}
