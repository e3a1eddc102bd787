import { Series, type Watched } from '../watched.js';
import type { AlertProps } from './alert.js';
import { Patience } from './patience.js';

const BY_TOPOLOGY = 'by (namespace, topology)';
const BY_POD = 'by (namespace, topology, pod)';

/** What redis_exporter must tell; nothing where it does not. */
export function serverAlerts(watched: Watched): AlertProps[] {
  if (!watched.exporter) return [];
  const series = new Series(watched, { endpoint: 'redis' });
  const patience = new Patience(watched);
  const { servers, appendOnly, snapshots, evicts } = watched;
  const ofPod = (how: 'min' | 'max', name: string) => `${how} ${BY_POD} (${series.other(name)})`;
  const full: AlertProps = {
    name: 'MemoryNearLimit',
    severity: 'warning',
    expr: `${ofPod('max', 'redis_memory_used_bytes')} / (${ofPod('max', 'redis_memory_max_bytes')} > 0) > ${NEARLY_FULL}`,
    lasting: patience.atLeast(600),
    ofPod: true,
    summary: 'uses {{ $value | humanizePercentage }} of maxmemory',
    description:
      'A server uses more than 90 % of maxmemory. A full one answers writes with OOM, since maxmemoryPolicy is noeviction.',
  };
  const aof: AlertProps = {
    name: 'AppendOnlyFails',
    severity: 'critical',
    expr: `${ofPod('min', 'redis_aof_last_write_status')} == 0 or ${ofPod('min', 'redis_aof_last_bgrewrite_status')} == 0`,
    lasting: patience.atLeast(120),
    ofPod: true,
    summary: 'cannot write its append-only file, or not rewrite it',
    description:
      'A server cannot write its append-only file, or not rewrite it. A master that cannot write it refuses writes with MISCONF; a file that is not rewritten grows.',
  };
  const rdb: AlertProps = {
    name: 'SnapshotsFail',
    severity: 'critical',
    expr: `${ofPod('min', 'redis_rdb_last_bgsave_status')} == 0`,
    lasting: patience.atLeast(120),
    ofPod: true,
    summary: 'failed to take its last snapshot',
    description:
      'The last snapshot of a server failed. A master refuses writes with MISCONF until one succeeds, and what was written since the one before is on no disk.',
  };
  return [
    ...(evicts ? [] : [full]),
    ...(appendOnly ? [aof] : []),
    ...(snapshots ? [rdb] : []),
    {
      name: 'ExportersMissing',
      severity: 'warning',
      expr: `count ${BY_TOPOLOGY} (${ofPod('max', 'redis_up')} == 1) < ${servers} or absent(${series.other('redis_up')})`,
      lasting: patience.ofTopology,
      summary: `has servers of which no exporter tells: there are ${servers}`,
      description:
        'Fewer exporters tell of their server than there are servers. Alerts about memory and files are silent meanwhile.',
    },
  ];
}

/** Of maxmemory. */
const NEARLY_FULL = 0.9;

/** What HAProxy must tell; nothing where there is none. */
export function proxyAlerts(watched: Watched): AlertProps[] {
  if (!watched.masterProxies) return [];
  const series = new Series(watched, { endpoint: 'haproxy' });
  return [
    {
      name: 'ProxyWithoutMaster',
      severity: 'critical',
      expr: `max ${BY_POD} (${series.other('haproxy_backend_active_servers', { proxy: 'master' })}) == 0`,
      lasting: new Patience(watched).ofMaster,
      ofPod: true,
      summary: 'is a proxy that knows no master',
      description:
        'A proxy hears of no master from any agent. It leads to the last one if the agent of that one is silent; else it closes the connections of clients. If there is a master, the proxy does not reach its agent.',
    },
  ];
}
