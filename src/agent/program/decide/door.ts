import type { Known } from './known.js';
import { infoAt, majority, namedMaster, runningInfo } from './views.js';

/** What the Sentinels said longer ago does not count, ms. */
const FRESH_MS = 5000;

/**
 * Whether others may be led to the server, where they come through this agent (door.ts). While the agent was away nobody
 * reached its server, so that another may have been promoted meanwhile; and a master that is not one any more would take writes
 * that are lost. The same holds after the agent stood still for as long as a failover takes.
 *
 * | the server                             | a majority of the Sentinels | then             |
 * |----------------------------------------|-----------------------------|------------------|
 * | does not run                           |                             | nobody is led in |
 * | was started by this agent, which did not stand still since |         | may be reached   |
 * | ran before it, and is a replica        |                             | may be reached   |
 * | ran before it, and is master           | names it                    | may be reached   |
 * | ran before it, and is master           | does not name it            | nobody is led in |
 * | ran before it, and has not answered    |                             | nobody is led in |
 *
 * @param stalledAt when the agent last went on after that; what was asked before does not count
 */
export function mayBeReached(known: Known, hasStarted: boolean, stalledAt?: number): boolean {
  if (known.server.state !== 'running') return false;
  const hasStalled = stalledAt !== undefined && stalledAt >= known.server.since;
  if (hasStarted && !hasStalled) return true;
  const since = Math.max(known.now - FRESH_MS, stalledAt ?? known.server.since);
  const role = infoAt(known) >= since ? runningInfo(known)?.role : undefined;
  if (role !== 'master') return role === 'replica';
  const { master, votes } = namedMaster(known, since);
  return master === known.plan.me && votes >= majority(known.plan.sentinels.length);
}
