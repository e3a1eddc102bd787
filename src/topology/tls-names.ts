import { Names } from '../kube/names.js';
import { sentinelPods, serverPods } from './members.js';
import type { TopologySettings } from './settings.js';

/**
 * Every name by which a server, a Sentinel or a proxy in front of it is reached, in each of the forms that resolve in a cluster:
 * `cache-0`, `cache-0.caches`, `cache-0.caches.svc` and `cache-0.caches.svc.cluster.local`.
 */
export function tlsNames(settings: TopologySettings): string[] {
  const { name, namespace, clusterDomain, access, hasSeparateSentinels } = settings;
  const names = new Names(name);
  const servers = serverPods(settings);
  const sentinels = hasSeparateSentinels ? sentinelPods(settings) : [];
  const services = [
    ...servers,
    ...sentinels,
    names.serversHeadless,
    ...(hasSeparateSentinels ? [names.sentinelsHeadless] : []),
    names.sentinels,
    ...(access.master ? [names.master] : []),
    ...(access.read ? [names.read] : []),
  ];
  const full = (service: string) => `${service}.${namespace}.svc.${clusterDomain}`;
  return [
    ...services.flatMap((service) => [
      service,
      `${service}.${namespace}`,
      `${service}.${namespace}.svc`,
      full(service),
    ]),
    ...servers.map((pod) => full(`${pod}.${names.serversHeadless}`)),
    ...sentinels.map((pod) => full(`${pod}.${names.sentinelsHeadless}`)),
  ];
}
