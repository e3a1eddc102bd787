import type { Known } from './known.js';
import { majority, namedMaster, runningInfo } from './views.js';

/** What the Sentinels said longer ago does not count, ms. */
const FRESH_MS = 5000;

/**
 * Whether others may be led to the server, where they come through this agent (door.ts). While the agent was away nobody
 * reached its server, so that another may have been promoted meanwhile; and a master that is not one any more would take writes
 * that are lost.
 *
 * | the server                             | a majority of the Sentinels | then             |
 * |----------------------------------------|-----------------------------|------------------|
 * | does not run                           |                             | nobody is led in |
 * | was started by this agent              |                             | may be reached   |
 * | ran before it, and is a replica        |                             | may be reached   |
 * | ran before it, and is master           | names it                    | may be reached   |
 * | ran before it, and is master           | does not name it            | nobody is led in |
 * | ran before it, and has not answered    |                             | nobody is led in |
 */
export function mayBeReached(known: Known, hasStarted: boolean): boolean {
  if (known.server.state !== 'running') return false;
  if (hasStarted) return true;
  const role = runningInfo(known)?.role;
  if (role !== 'master') return role === 'replica';
  const { master, votes } = namedMaster(known, known.now - FRESH_MS);
  return master === known.plan.me && votes >= majority(known.plan.sentinels.length);
}
