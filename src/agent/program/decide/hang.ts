import type { Known } from './known.js';
import type { HangMemory } from './memory.js';
import type { Step } from './orders.js';
import { own } from './views.js';

/** A server or Sentinel of any kind that answers nothing for so long is ended, ms: what a liveness probe is for elsewhere. */
export const DEAD_MS = 60_000;
/** The question that tells a hang from a pause of writes must be open for so long itself, ms. */
const OPEN_MS = 500;
const AGAIN_MS = 5000;
/**
 * For so long before it ends a server the agent itself must have run, ms. After a stall of its own, what has come meanwhile is
 * not read yet; and who stood still with it, as all do on a machine that does, is about to answer.
 */
const RAN_MS = 50;
/** Less is what two readings of the clock are apart, ms. */
const STALL_MS = 20;

/**
 * A server that does not answer is ended. Sentinels consider it down after `down-after`; should it go on after that, it would
 * answer what lies in its sockets before it learns of anything, and two masters would have accepted writes. What is dead
 * does not go on, and is replaced at once.
 *
 * Only answers that are missing on a standing connection count, and only time in which this agent itself was running. A
 * server that answers late (a slow disk, a busy node) answers.
 *
 * | server                          | no answer for                     | then     |
 * |---------------------------------|-----------------------------------|----------|
 * | has answered as master, strict  | less than `max-lag`               | nothing  |
 * | has answered as master, strict  | `max-lag` (at least 1 s less than `down-after`) | is ended |
 * | any other                       | less than 60 s                    | nothing  |
 * | any other                       | 60 s                              | is ended |
 * | either                          | the agent has just stood still    | has 50 ms more |
 * | nothing listens                 |                                   | nothing  |
 *
 * A hang of the pod as a whole, agent and all, is beyond it.
 */
export function decideHang(known: Known, memory: HangMemory, seenAsMaster: boolean): Step<HangMemory> {
  const { plan, now } = known;
  const seen = own(known);
  if (known.server.state !== 'running' || !seen || seen.contact === 'refused') {
    return { memory, orders: [], needs: {}, why: 'nothing listens' };
  }
  // PUBLISH waits where writes are paused, INFO never does: what it answered since then shows that the server lives.
  const { confirmPendingSince } = known;
  const { answeredAt = Number.NEGATIVE_INFINITY } = seen;
  const unanswered = confirmPendingSince !== undefined && confirmPendingSince > answeredAt;
  const confirmSilence = unanswered ? now - confirmPendingSince : 0;
  if (seen.pendingSince === undefined) {
    return { memory, orders: [], needs: confirmSilence >= 150 ? { own: 100 } : {}, why: 'it answers' };
  }
  const infoSilence = now - seen.pendingSince;
  const silence = infoSilence >= OPEN_MS ? Math.max(infoSilence, confirmSilence) : infoSilence;
  const limit = plan.strict && seenAsMaster ? plan.maxLag : DEAD_MS;
  const due = { orders: [], needs: {}, why: 'an answer is due', again: RAN_MS };
  if (silence < limit - 2 * RAN_MS) return { ...due, memory };
  const runs = runningSince(known, memory);
  const watching: HangMemory = { ...memory, runs };
  if (silence < limit || now - runs.since < RAN_MS) return { ...due, memory: watching };
  if (memory.endedAt !== undefined && now - memory.endedAt < AGAIN_MS) {
    return { memory: watching, orders: [], needs: {}, why: 'it was ended', again: 200 };
  }
  return {
    memory: { endedAt: now },
    orders: [{ do: 'end-server' }],
    needs: {},
    why: 'it hangs',
    say: [`ended-server silent=${Math.round(silence)}ms limit=${limit}ms reason=it-hangs`],
  };
}

function runningSince({ now, realNow }: Known, { runs }: HangMemory): NonNullable<HangMemory['runs']> {
  const ahead = realNow - now;
  // What was remembered at an earlier silence tells nothing of this one, but that the clock was as it is.
  return runs !== undefined && ahead - runs.ahead < STALL_MS ? runs : { since: now, ahead };
}
