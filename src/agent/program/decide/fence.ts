import type { Known, MasterView, ServerInfo } from './known.js';
import type { Durable, FenceMemory } from './memory.js';
import type { Step } from './orders.js';
import { freshView, isReserved, majority, namedMaster, own, runningInfo } from './views.js';

/** Between two questions whether the replicas confirm, ms. */
export const CONFIRM_EVERY_MS = 250;
/** A Sentinel that lives and can be reached answers within it, ms. */
const SENTINEL_ANSWERS_MS = 250;
/** An older confirmation says nothing of now, ms. */
const STALE_MS = 1500;
/** A round that is open for longer counts as one in which no replica confirmed, ms; on a healthy server it is over after 100. */
const OPEN_MS = 500;
/** Renewed every second, and over by itself should the agent die, ms. */
const PAUSE_MS = 3000;
const RENEW_MS = 1000;
/** Sign of life of replicas and Sentinels that lifts the fence, ms. */
const HEARD_MS = 1000;
/** A Sentinel pings every half second: whom it heard less than this ago it does not consider down at its next look, ms. */
const PINGED_MS = 700;
/** Where replicas are heard of again and no majority of the Sentinels is, none of them comes back any more, ms. */
const SENTINELS_COME_BACK_MS = 5000;

export interface Fenced {
  readonly fence: FenceMemory;
  readonly durable: Durable;
}

/**
 * A strict master that is cut off pauses its writes before the others can elect another. `min-replicas-max-lag` does the
 * same by itself, but a second or two later, and what is acknowledged in between is lost when the partition heals.
 *
 * Cut off means both: too few replicas confirm, and no majority of the Sentinels answers. The one without the other is a busy
 * replica or a lost Sentinel, and neither leads to an election behind this master's back.
 *
 * | replicas that confirm | Sentinels that answer          | writes            | then                                     |
 * |-----------------------|--------------------------------|-------------------|------------------------------------------|
 * | enough                | any                            | go on             | nothing                                  |
 * | too few               | a majority                     | go on             | nothing                                  |
 * | too few, twice        | no majority within 0.25 s      | go on             | pauses them                              |
 * | does not tell for 0.5 s | the same                     | go on             | the same                                 |
 * | too few               | no majority                    | paused            | renews the pause every second            |
 * | any                   | one that names another in a newer epoch, or is at a failover | paused | renews the pause |
 * | too few               | a majority, but some consider it down | paused     | renews the pause                         |
 * | any                   | a majority that names it, and hears it | paused    | lifts it                                 |
 * | heard of again for 5 s | no majority, and none against it | paused         | lifts it                                 |
 *
 * When a cut ends, the agent may reach the Sentinels before they reach its master: they consider it down a moment later, and
 * replace it. So it is not enough that they answer the agent; their own PINGs must have come through.
 */
export function decideFence(known: Known, memory: Fenced, undisturbed: boolean): Step<Fenced> {
  const { plan, now } = known;
  const { fence, durable } = memory;
  if (!plan.strict || plan.minReplicas === 0)
    return { memory, orders: [], needs: {}, why: 'no fence in this topology' };
  const info = runningInfo(known);
  if (!info) return { memory: cleared(memory), orders: [], needs: {}, why: 'no server' };
  if (info.role !== 'master') {
    if (!durable.fenced) return { memory: cleared(memory), orders: [], needs: {}, why: 'not master' };
    return lift(memory, 'no longer master');
  }
  // The hand-over pauses writes for longer, and for a reason of its own.
  if (!undisturbed) {
    return {
      memory: durable.fenced ? lifted(memory) : cleared(memory),
      orders: [],
      needs: {},
      why: 'a hand-over is at work',
    };
  }
  if (durable.fenced) return whileFenced(known, memory, info);
  const confirmed = confirming(known, info);
  if (confirmed.replicas >= plan.minReplicas) {
    return { memory: cleared(memory), orders: [], needs: ASKED, why: 'replicas confirm' };
  }
  const { reassuredAt } = fence;
  const needs = ASKED;
  const answers = 'too few replicas confirm; a majority of the Sentinels answers';
  if (reassuredAt !== undefined && now - reassuredAt < CONFIRM_EVERY_MS) {
    return { memory, orders: [], needs, why: answers, again: CONFIRM_EVERY_MS - (now - reassuredAt) };
  }
  const doubtSince = fence.doubtSince ?? now;
  const answering = countAnswering(known, doubtSince);
  if (answering >= majority(plan.sentinels.length)) {
    // They are asked anew after that: a cut may come at any time.
    return {
      memory: { fence: { reassuredAt: now }, durable },
      orders: [],
      needs,
      why: answers,
      again: CONFIRM_EVERY_MS,
    };
  }
  if (now - doubtSince < SENTINEL_ANSWERS_MS || confirmed.askedAt < doubtSince) {
    return {
      memory: { fence: { doubtSince }, durable },
      orders: [],
      needs: { confirmed: 0, sentinels: now - doubtSince, own: CONFIRM_EVERY_MS },
      why: 'too few replicas confirm; asking the Sentinels',
      again: 50,
    };
  }
  const said = `fenced answering=${answering} of=${plan.sentinels.length}`;
  return {
    memory: { fence: { fencedAt: now, pausedAt: now }, durable: { ...durable, fenced: true } },
    orders: [{ do: 'pause', ms: PAUSE_MS }],
    needs: PAUSED_NEEDS,
    why: 'cut off: writes are paused',
    say: [`${said} reason=too-few-replicas-confirm-and-no-majority-answers`],
    again: 200,
  };
}

/**
 * How many replicas confirm. A server on a slow disk, which is what a storage network that fails with the other makes of it,
 * says so too late: it would be fenced seconds after the others have elected another. Where the question cannot be put (its connection is gone, and a full server lets no other in),
 * what the server says of its replicas' last reports has to do: to the second, so later.
 */
function confirming(known: Known, info: ServerInfo): { readonly askedAt: number; readonly replicas: number } {
  const { confirmed, now, confirmPendingSince = now } = known;
  if (now - confirmPendingSince >= OPEN_MS) return { askedAt: now, replicas: 0 };
  if (confirmed && now - confirmed.askedAt < STALE_MS) return confirmed;
  const replicas = info.replicas.filter(({ online, lagMs }) => online && lagMs <= HEARD_MS).length;
  return { askedAt: own(known)?.infoAt ?? -Infinity, replicas };
}

const ASKED = { confirmed: CONFIRM_EVERY_MS, own: 1000 };
const PAUSED_NEEDS = { own: 200, sentinels: 200 };

function whileFenced(known: Known, memory: Fenced, info: ServerInfo): Step<Fenced> {
  const { plan, now } = known;
  const { fencedAt = now, pausedAt } = memory.fence;
  // WAIT does not answer while writes are paused; a replica reports to its master every second. To the second: of one that
  // reported 0 s ago it may have been almost 1 s. What came before the pause tells nothing of now.
  const infoAt = own(known)?.infoAt ?? fencedAt;
  const heard = info.replicas.filter(({ online, lagMs }) => online && infoAt - lagMs - HEARD_MS >= fencedAt).length;
  const since = Math.max(fencedAt + 1, now - HEARD_MS);
  const named = namedMaster(known, since);
  const isSafe = named.answered === 0 || (named.master === plan.me && !named.failoverInProgress);
  const heardSince = isSafe && heard >= plan.minReplicas ? (memory.fence.heardSince ?? now) : undefined;
  const isReassured = countReassuring(known, since) >= majority(plan.sentinels.length);
  const isAlone = heardSince !== undefined && now - heardSince >= SENTINELS_COME_BACK_MS && !isDoubted(known, since);
  if ((isSafe && isReassured) || isAlone) return lift(memory, 'no longer cut off');
  const due = pausedAt === undefined || now - pausedAt >= RENEW_MS;
  return {
    memory: { fence: { fencedAt, pausedAt: due ? now : pausedAt, heardSince }, durable: memory.durable },
    orders: due ? [{ do: 'pause', ms: PAUSE_MS }] : [],
    needs: PAUSED_NEEDS,
    why: 'cut off: writes are paused',
    again: 200,
  };
}

/** Whoever was heard of may be cut off again by now: so it is asked at once whether the replicas confirm. */
function lift(memory: Fenced, why: string): Step<Fenced> {
  return { memory: lifted(memory), orders: [{ do: 'unpause' }], needs: ASKED, why, say: ['fence-lifted'] };
}

/**
 * Sentinels whose answer speaks for this master. One that considers it down may have voted for another a moment ago, and its
 * leader may not have answered yet. One that does not tell (its password is another) is at least there.
 */
function countReassuring(known: Known, since: number): number {
  const heardWithin = Math.max(PINGED_MS, known.plan.downAfter / 2);
  let count = 0;
  for (const seen of known.sentinels.values()) {
    const view = freshView(seen, since);
    const hears = view !== undefined && !isDown(view) && view.heardMs <= heardWithin;
    if (hears || (!view && isReserved(seen) && seen.askedAt >= since)) count++;
  }
  return count;
}

/** One of those that answer considers it down. */
function isDoubted(known: Known, since: number): boolean {
  return [...known.sentinels.values()].some((seen) => {
    const view = freshView(seen, since);
    return view !== undefined && isDown(view);
  });
}

function isDown({ subjectivelyDown, objectivelyDown }: MasterView): boolean {
  return subjectivelyDown || objectivelyDown;
}

/** Sentinels that have answered a question asked since then; it does not matter what. */
function countAnswering(known: Known, since: number): number {
  let count = 0;
  for (const { contact, askedAt } of known.sentinels.values()) {
    if (askedAt >= since && contact !== 'refused' && contact !== 'silent' && contact !== 'unknown') count++;
  }
  return count;
}

function cleared(memory: Fenced): Fenced {
  return Object.keys(memory.fence).length === 0 ? memory : { ...memory, fence: {} };
}

function lifted({ durable }: Fenced): Fenced {
  return { fence: {}, durable: { ...durable, fenced: false } };
}
