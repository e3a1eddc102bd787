import { Series, type Watched } from '../watched.js';
import { graph, type Row } from './panel.js';

/** Lines of a graph that are told apart. */
const MOST = 8;

/** What redis_exporter shows; nothing where there is none. */
export function serverRows(watched: Watched): Row[] {
  if (!watched.exporter) return [];
  const series = new Series(watched, { endpoint: 'redis' });
  const ofPod = (name: string) => `max by (pod) (${series.other(name)})`;
  const rate = (name: string) => `rate(${series.other(name)}[$__rate_interval])`;
  const rateOfPod = (name: string) => `max by (pod) (${rate(name)})`;
  const commands = {
    title: 'Commands',
    panels: [
      graph({
        title: 'Commands',
        width: 8,
        unit: 'ops',
        queries: [{ expr: rateOfPod('redis_commands_processed_total'), legend: '{{pod}}' }],
      }),
      graph({
        title: 'Commands by name',
        width: 8,
        unit: 'ops',
        queries: [{ expr: `topk(${MOST}, sum by (cmd) (${rate('redis_commands_total')}))`, legend: '{{cmd}}' }],
      }),
      graph({
        title: 'Time in the server, by command',
        description: 'The mean, without the network and the wait for replicas.',
        width: 8,
        unit: 's',
        queries: [
          {
            expr: `topk(${MOST}, sum by (cmd) (${rate('redis_commands_duration_seconds_total')}) / (sum by (cmd) (${rate('redis_commands_total')}) > 0))`,
            legend: '{{cmd}}',
          },
        ],
      }),
      graph({
        title: 'Hits',
        description: 'Of the keys that were read, how many were there.',
        width: 8,
        unit: 'percentunit',
        queries: [
          {
            expr: `${rateOfPod('redis_keyspace_hits_total')} / (${rateOfPod('redis_keyspace_hits_total')} + ${rateOfPod('redis_keyspace_misses_total')} > 0)`,
            legend: '{{pod}}',
          },
        ],
      }),
      graph({
        title: 'Worst percentile of latency, 99.9 %',
        description: 'Of the slowest command, since the server started.',
        width: 8,
        unit: 's',
        queries: [
          {
            expr: `max by (pod) (${series.other('redis_latency_percentiles_usec', { quantile: '99.9' })}) / 1e6`,
            legend: '{{pod}}',
          },
        ],
      }),
      graph({
        title: 'Network',
        width: 8,
        unit: 'Bps',
        queries: [
          { expr: rateOfPod('redis_net_input_bytes_total'), legend: 'into {{pod}}' },
          { expr: rateOfPod('redis_net_output_bytes_total'), legend: 'out of {{pod}}' },
        ],
      }),
    ],
  };
  const memory = {
    title: 'Clients and memory',
    panels: [
      graph({
        title: 'Clients',
        width: 6,
        unit: 'none',
        queries: [
          { expr: ofPod('redis_connected_clients'), legend: '{{pod}}' },
          { expr: ofPod('redis_blocked_clients'), legend: 'blocked in {{pod}}' },
        ],
      }),
      graph({
        title: 'Memory, of maxmemory',
        width: 6,
        unit: 'percentunit',
        queries: [
          { expr: `${ofPod('redis_memory_used_bytes')} / (${ofPod('redis_memory_max_bytes')} > 0)`, legend: '{{pod}}' },
        ],
      }),
      graph({
        title: 'Memory of the process',
        width: 6,
        unit: 'bytes',
        queries: [{ expr: ofPod('redis_memory_used_rss_bytes'), legend: '{{pod}}' }],
      }),
      graph({
        title: 'Keys that expired, or made room',
        width: 6,
        unit: 'ops',
        queries: [
          { expr: rateOfPod('redis_expired_keys_total'), legend: 'expired in {{pod}}' },
          { expr: rateOfPod('redis_evicted_keys_total'), legend: 'evicted in {{pod}}' },
        ],
      }),
    ],
  };
  return [commands, memory];
}
