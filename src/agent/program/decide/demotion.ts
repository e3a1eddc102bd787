import type { Address, Known } from './known.js';
import type { DemotionMemory } from './memory.js';
import { type Step, within } from './orders.js';
import { freshInfo, freshView, majority, namedMaster, own, runningInfo } from './views.js';

/** The others must say so in two answers that are so far apart, ms. */
const TWICE_MS = 200;
const FRESH_MS = 1500;
/** What the Sentinels said within it is the reign in which this server became master, ms. */
const TURN_MS = 5000;
/** Whoever is named has been promoted before; one that is not master for so long has ended since, ms. */
const ENDED_MS = 3000;
/** An order that came to nothing is given again after that, ms. */
const AGAIN_MS = 1000;

/**
 * A master that a majority of the Sentinels has replaced follows the new one, and drops its clients so that pooled
 * connections move. A replica that was not told of the new master follows it too: in strict that takes no write without one.
 * Sentinel itself would take ten seconds for either.
 *
 * | a majority names                    | for         | the other is   | then                            |
 * |-------------------------------------|-------------|----------------|---------------------------------|
 * | this one, or whom it follows        |             |                | nothing                         |
 * | the one in whose place this became master, in no newer epoch | for up to failover-timeout | | nothing: the Sentinel that promoted it has yet to tell the others |
 * | nobody                              |             |                | nothing                         |
 * | another                             | once        |                | asks again                      |
 * | another                             | 0.2 s       | not master     | asks again                      |
 * | another, strict, this one is master | 3 s         | not master     | follows it, drops its clients: it has taken writes, and does not start while there is another master |
 * | another                             | 0.2 s       | master         | follows it; a master drops its clients |
 */
export function decideDemotion(
  known: Known,
  memory: DemotionMemory,
  undisturbed: boolean,
  turnedFrom?: Address,
): Step<DemotionMemory> {
  const turned = turnedFrom === undefined ? memory.turned : turn(known, turnedFrom);
  const step = follow(known, memory, undisturbed, turned);
  return turned === undefined ? step : within(step, { ...step.memory, turned });
}

/** This server has just become master in the place of that one. */
function turn(known: Known, from: Address): DemotionMemory['turned'] {
  return { from, epoch: namedMaster(known, known.now - TURN_MS).epoch, at: known.now };
}

function follow(
  known: Known,
  memory: DemotionMemory,
  undisturbed: boolean,
  turned: DemotionMemory['turned'],
): Step<DemotionMemory> {
  const { plan, now } = known;
  const info = runningInfo(known);
  if (!info) return { memory: {}, orders: [], needs: {}, why: 'no server' };
  if (!undisturbed) return { memory: {}, orders: [], needs: {}, why: 'a hand-over is at work' };
  const wasMaster = info.role === 'master';
  const isRight = (named: Address | undefined) => named === undefined || named === plan.me || named === info.master;
  // A replica asks only its own Sentinel, as long as that names its master.
  if (!wasMaster && isRight(freshView(known.sentinels.get(plan.nearest), now - FRESH_MS)?.master))
    return { memory: {}, orders: [], needs: {}, why: 'follows whom its Sentinel names' };
  const named = namedMaster(known, now - FRESH_MS);
  const isQuorate = named.votes >= majority(plan.sentinels.length);
  if (!isQuorate || isRight(named.master)) {
    const needs = wasMaster ? {} : { sentinels: 200 };
    return { memory: {}, orders: [], needs, why: 'nobody else is named by a majority' };
  }
  const master = named.master as string;
  const isOld = wasMaster && turned?.from === master && named.epoch <= turned.epoch;
  if (isOld && now - turned.at < plan.failoverTimeout)
    return { memory: {}, orders: [], needs: { sentinels: 500 }, why: 'the Sentinels have yet to name this server' };
  const since = memory.master === master && memory.since !== undefined ? memory.since : now;
  const { orderedAt } = memory;
  const next: DemotionMemory = { since, master, orderedAt };
  if (orderedAt !== undefined && now - orderedAt < AGAIN_MS) {
    return { memory: next, orders: [], needs: { own: 100 }, why: `told to follow ${master}`, again: 100 };
  }
  const needs = { own: 100, sentinels: 100, servers: 100 };
  const again = namedMaster(known, since + TWICE_MS);
  const twice = again.votes >= majority(plan.sentinels.length) && again.master === master;
  const isMaster = freshInfo(known.servers.get(master), since)?.role === 'master';
  const isStill = freshInfo(own(known), since) === info;
  const hasEnded = plan.strict && wasMaster && now - since >= ENDED_MS;
  if (!twice || !isStill || !(isMaster || hasEnded))
    return { memory: next, orders: [], needs, why: `${master} is named; asking again`, again: 50 };
  return {
    memory: { orderedAt: now },
    orders: [{ do: 'follow', server: plan.me, master }, ...(wasMaster ? [{ do: 'drop-clients' } as const] : [])],
    needs: { own: 0 },
    why: wasMaster ? `replaced by ${master}` : `follows ${master}`,
    say: [`${wasMaster ? 'demote' : 'follow'} new-master=${master} epoch=${named.epoch}`],
  };
}
