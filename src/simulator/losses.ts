import { holds } from '../simulation/history.js';
import type { Server } from '../simulation/server.js';
import type { World } from '../simulation/world.js';

/** The server that counts: of those that are master, the one promoted last. */
export function newestMaster({ servers }: World): Server | undefined {
  return servers
    .filter(({ alive, role }) => alive && role === 'master')
    .sort((one, other) => other.reign - one.reign)[0];
}

export interface Losses {
  /** Writes that a client was told were done, and that the newest master does not have. */
  readonly acknowledged: number;
  /** Those of them that `WAIT` had confirmed. */
  readonly confirmed: number;
}

/** Nothing is excused here: what is not there is lost. Undefined while there is no master. */
export function lossesOf(world: World): Losses | undefined {
  const master = newestMaster(world);
  if (master === undefined) return undefined;
  const { place } = master;
  let acknowledged = 0;
  let confirmed = 0;
  for (const { acknowledgedAt, confirmedAt, branch, index } of world.ledger.entries) {
    if (acknowledgedAt === undefined || branch === undefined || holds(place, branch, index)) continue;
    acknowledged++;
    if (confirmedAt !== undefined) confirmed++;
  }
  return { acknowledged, confirmed };
}
