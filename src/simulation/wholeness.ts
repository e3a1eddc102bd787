import type { Server } from './server.js';
import type { Victims } from './victims.js';
import type { World } from './world.js';

/** What keeps all from being whole, in words; nothing where it is. Pods that stay broken do not count. */
export function whatIsBroken(world: World, victims: Victims): string {
  const masters = world.servers.filter(
    (server) => server.alive && server.role === 'master' && !victims.lost.has(server.host),
  );
  if (masters.length !== 1) return `${masters.length} masters`;
  const master = masters[0] as Server;
  for (const pod of world.pods) {
    if (victims.lost.has(pod.host)) continue;
    if (!victims.isSound(pod.host)) return `pod-${pod.name} is not sound`;
    const { server, sentinel } = pod;
    if (server && server !== master && server.link.master !== master)
      return `${server.name} follows ${server.link.master?.name}`;
    if (sentinel && sentinel.master.target !== master) return `${sentinel.name} names ${sentinel.master.address}`;
    if (sentinel && sentinel.downAfter !== world.engine.downAfter)
      return `${sentinel.name} has down-after ${sentinel.downAfter}`;
    if (sentinel?.failoverInProgress) return `${sentinel.name} is at a failover`;
  }
  return '';
}
