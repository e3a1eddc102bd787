import type { Known } from './known.js';
import type { StuckMemory } from './memory.js';
import type { Step } from './orders.js';
import { PATIENCE_ENDS_MS } from './sentinel.js';
import { freshView, runningInfo } from './views.js';

/**
 * No failover succeeds although this replica could be promoted. A Sentinel does not promote a replica whose link has been
 * down for longer than the time since it saw the master down itself, plus ten times `down-after`. One that saw it late (it had
 * stalled, or was started meanwhile) then answers `-failover-abort-no-good-slave` for ever. A `down-after` above a tenth of
 * the time that the link has been down lifts that bar; it is put back when a master is there again.
 *
 * | link down for                              | nearest Sentinel     | down-after | then                      |
 * |--------------------------------------------|----------------------|------------|---------------------------|
 * | less than 2 × failover-timeout + down-after |                     |            | nothing                   |
 * | longer                                     | not objectively down |            | nothing                   |
 * | longer                                     | objectively down     |            | raises it on all; again after as long: one may have been restarted |
 * | a master is there                          |                      | raised             | puts it back      |
 * | a master is there, and this server ran for 10 s |                 | unknown            | puts it back      |
 */
export function decideStuck(known: Known, memory: StuckMemory, candidate: boolean): Step<StuckMemory> {
  const { plan, now } = known;
  const info = runningInfo(known);
  if (!info) return { memory, orders: [], needs: {}, why: 'no server' };
  const masterIsThere = info.role === 'master' || info.linkUp;
  if (masterIsThere) {
    // Sentinels that have just been started are patient with a master that they have not met.
    const isEarly = memory.raised === 'unknown' && now - known.server.since < PATIENCE_ENDS_MS;
    if (memory.raised === 'no' || isEarly) return { memory, orders: [], needs: {}, why: 'a master is there' };
    return {
      memory: { raised: 'no' },
      orders: [{ do: 'set-down-after', ms: plan.downAfter, of: 'all' }],
      needs: {},
      why: 'a master is there',
    };
  }
  const limit = 2 * plan.failoverTimeout + plan.downAfter;
  // Without end is the link of one that was never let in: nobody is to promote it.
  const hasWaited = info.linkDownMs >= limit && info.linkDownMs < Number.POSITIVE_INFINITY;
  if (candidate || !hasWaited) return { memory, orders: [], needs: {}, why: 'not for long enough' };
  const view = freshView(known.sentinels.get(plan.nearest), known.now - 2000);
  const isRaised = memory.raisedAt !== undefined && now - memory.raisedAt < limit;
  if (!view?.objectivelyDown || isRaised)
    return { memory, orders: [], needs: { nearest: 1000 }, why: 'waits for the Sentinels' };
  const ms = info.linkDownMs / 10 + plan.downAfter;
  const raised = Math.round(ms);
  return {
    memory: { raised: 'yes', raisedAt: now },
    orders: [{ do: 'set-down-after', ms: raised, of: 'all' }],
    needs: {},
    why: 'down-after is raised',
    say: [
      `unstick link-down=${Math.round(info.linkDownMs / 1000)}s down-after=${raised}ms reason=no-failover-in-${Math.round(limit / 1000)}s`,
    ],
  };
}
