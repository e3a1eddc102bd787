import type { Watched } from '../metrics/watched.js';
import { memoryBudget } from '../server/memory-budget.js';
import type { TopologySettings } from './settings.js';
import { bytes, seconds } from './units.js';

/** Of metrics whose monitor does not say how often they are read, or that are read without one: Prometheus' default, seconds. */
const USUAL_INTERVAL = 60;

/** What rules and dashboard must know of a topology. */
export function watchedBy(settings: TopologySettings): Watched {
  const { name, namespace, servers, sentinels, hasSeparateSentinels, metrics, storage, fsync, save, access } = settings;
  return {
    topology: name,
    namespace,
    servers,
    sentinels,
    pods: servers + (hasSeparateSentinels ? sentinels : 0),
    minReplicasToWrite: settings.minReplicasToWrite,
    downAfter: seconds(settings.downAfter),
    fence: settings.profile.values.fence,
    hasVolumes: storage !== undefined,
    appendOnly: storage !== undefined && fsync !== 'none',
    snapshots: storage !== undefined && save.length > 0,
    evicts: settings.maxmemoryPolicy !== 'noeviction',
    backlog: memoryBudget(bytes(settings.memory), settings.maxmemory).backlog,
    exporter: metrics.exporter !== undefined,
    tls: settings.tls !== undefined,
    masterProxies: access.master !== undefined,
    interval: metrics.monitor?.interval ? seconds(metrics.monitor.interval) : USUAL_INTERVAL,
  };
}
