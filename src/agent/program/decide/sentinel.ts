import { DEAD_MS } from './hang.js';
import type { Address, Known } from './known.js';
import type { Durable, SentinelMemory } from './memory.js';
import type { Needs, Order, Step } from './orders.js';
import { freshView, isReserved, isSilent, namedMaster } from './views.js';

/** Longer than the patience lasts, ms: a down-after that no master's start reaches. */
export const PATIENT_DOWN_AFTER_MS = 60_000;
/** How long a Sentinel is patient where there was data before, ms: a replica may be up, and the master not. */
export const PATIENCE_ENDS_MS = 10_000;
/** Epoch 1 is that of a first start; a later one is a failover's, so there was data, though this pod's volume forgot it. */
const FIRST_FAILOVER = 2;
/** An election lasts as long as this at most, ms, whatever failover-timeout is. */
const LONGEST_ELECTION_MS = 10_000;
const ORDER_MS = 5000;
/** A Sentinel that has not met for so long whom its agent reaches hangs in a connection that leads nowhere, ms. */
const HANGS_MS = 3000;
/** Whoever could not be reached, as it starts too or its network does, may be soon, ms. */
const HOLDING_LOOK_MS = 500;

export interface Watched {
  readonly sentinel: SentinelMemory;
  readonly durable: Durable;
}

/**
 * The own Sentinel: how it starts, always knowing all others and never forgetting an epoch; and what it needs once it runs.
 *
 * Its file is rendered anew at each start, since the one that Sentinel wrote may hold duplicates, on which it does not start,
 * and addresses that are gone. What must survive is read out of that: who is master, and the epochs.
 *
 * | its file remembers | the others                                     | then it                                             |
 * |--------------------|------------------------------------------------|-----------------------------------------------------|
 * | a master           |                                                | starts with that, and its epochs                    |
 * | nothing            | some only refuse the password, or a certificate | waits                                              |
 * | nothing            | one sees someone down                          | adopts; waits as long as an election may run, since a vote of its own may be forgotten |
 * | nothing            | one is silent                                  | the same, but no longer than it is silent: its network may be as new as this one's |
 * | nothing            | answer, and see nobody down                    | adopts the newest, starts                           |
 * | nothing            | are not there                                  | starts with server 0, in epoch 0                    |
 *
 * Epoch 0 means that nothing was ever stored here: it lets server 0 start empty, which raises it to 1. Where there was once a
 * replica in step, epoch 0 is not believed. Elections begin at 2: two configurations of one epoch would never be told apart.
 *
 * | it runs                                            | then                                                        |
 * |----------------------------------------------------|-------------------------------------------------------------|
 * | and has not met the master                         | does not consider it down: a failover would be in vain while all start, and keep the next one waiting |
 * | and has not met it, though it has answered this agent for 3 s | makes its links anew: one that was begun while the master's pod was away leads nowhere |
 * | has met it; or there was data, or a failover, and 10 s went by in which it did not answer this agent either | considers it down after down-after, as usual                |
 * | and answers nothing for 60 s                       | is ended, and started again                                 |
 */
export function decideSentinel(known: Known, memory: Watched): Step<Watched> {
  const { plan, sentinel } = known;
  if (!plan.hasSentinel) return { memory, orders: [], needs: {}, why: 'no Sentinel in this pod' };
  if (sentinel.state === 'waiting') return startSentinel(known, memory);
  return watch(known, memory);
}

function mine(known: Known): Address {
  const { plan } = known;
  return plan.nearest;
}

function startSentinel(known: Known, memory: Watched): Step<Watched> {
  const { now, sentinelState: state, plan } = known;
  const { startedAt } = memory.sentinel;
  if (startedAt !== undefined && startedAt >= known.sentinel.since && now - startedAt < ORDER_MS) {
    return { memory, orders: [], needs: {}, why: 'ordered to start', again: 100 };
  }
  if (state.master !== undefined) {
    return start(known, memory, state.master, state, [`remembered master=${state.master} epoch=${state.configEpoch}`]);
  }
  const me = mine(known);
  const adoptingSince = memory.sentinel.adoptingSince ?? now;
  const sentinelMemory: SentinelMemory = { ...memory.sentinel, adoptingSince, startedAt: undefined };
  const waits = (why: string, needs: Needs, next = sentinelMemory): Step<Watched> => ({
    memory: { ...memory, sentinel: next },
    orders: [],
    needs,
    why,
    again: 100,
  });
  const { heldUntil } = sentinelMemory;
  const isHeld = heldUntil !== undefined && now < heldUntil;
  const holds = (next = sentinelMemory) =>
    waits('holds back: a vote of its own may be forgotten', { sentinels: HOLDING_LOOK_MS }, next);
  const lately = Math.max(adoptingSince, now - 2000);
  const since = isHeld ? lately : (heldUntil ?? lately);
  const askedSince = isHeld ? lately : (heldUntil ?? adoptingSince);
  const others = whatOthersSay(known, askedSince);
  if (others.asking !== undefined) return isHeld ? holds() : waits(`asking ${others.asking}`, { sentinels: 200 });
  const { denied, untrusted } = others;
  const seesDown = sentinelMemory.seesDown === true || others.seesDown;
  const named = namedMaster(known, since, me);
  if (named.answered === 0 && denied > 0)
    return waits("the other Sentinels refuse this pod's password", { sentinels: 500 });
  if (named.answered === 0 && untrusted > 0)
    return waits("the other Sentinels' certificates are not accepted, or this pod's by them", { sentinels: 500 });
  const adopted =
    named.master !== undefined && named.epoch >= (sentinelMemory.adopted?.epoch ?? 0)
      ? { master: named.master, epoch: named.epoch }
      : sentinelMemory.adopted;
  const unsure = seesDown || others.someUnreached;
  if (isHeld && unsure) return holds({ ...sentinelMemory, adopted, seesDown });
  if (unsure && heldUntil === undefined) {
    const window = Math.min(plan.failoverTimeout, LONGEST_ELECTION_MS) + 1000;
    const step = holds({ ...sentinelMemory, adopted, seesDown, heldUntil: now + window });
    return { ...step, say: [`holding-back seconds=${window / 1000} reason=a-vote-may-be-forgotten`] };
  }
  const epoch = adopted?.epoch ?? state.configEpoch;
  const epochs = {
    configEpoch: epoch,
    leaderEpoch: Math.max(epoch, state.leaderEpoch),
    currentEpoch: Math.max(epoch, state.currentEpoch),
  };
  const say = adopted ? [`adopted master=${adopted.master} epoch=${adopted.epoch} from=${named.answered}`] : [];
  return start(
    known,
    { ...memory, sentinel: { ...sentinelMemory, ...NOT_ADOPTING } },
    adopted?.master ?? (plan.servers[0] as string),
    epochs,
    say,
  );
}

interface Others {
  /** One that has yet to answer, or not to. */
  readonly asking?: Address;
  readonly denied: number;
  readonly untrusted: number;
  /** One of them is silent, or keeps to itself what it knows: it lives, and may hold an election. */
  readonly someUnreached: boolean;
  readonly seesDown: boolean;
}

/** In answers to questions that were asked since then. */
function whatOthersSay(known: Known, since: number): Others {
  const found = { denied: 0, untrusted: 0, someUnreached: false, seesDown: false };
  for (const address of known.plan.sentinels) {
    if (address === mine(known)) continue;
    const seen = known.sentinels.get(address);
    const view = freshView(seen, since);
    if (view) found.seesDown ||= view.subjectivelyDown || view.objectivelyDown || view.failoverInProgress;
    else if (isSilent(seen, known.now)) found.someUnreached = true;
    else if (isReserved(seen) && (seen?.askedAt ?? -Infinity) >= since) {
      found.someUnreached = true;
      if (seen?.contact === 'untrusted') found.untrusted++;
      else found.denied++;
    } else if (seen?.contact !== 'refused' || seen.askedAt < since) return { ...found, asking: address };
  }
  return found;
}

const NOT_ADOPTING: Partial<SentinelMemory> = {
  adopted: undefined,
  heldUntil: undefined,
  seesDown: undefined,
  adoptingSince: undefined,
};

interface Epochs {
  readonly configEpoch: number;
  readonly leaderEpoch: number;
  readonly currentEpoch: number;
}

function start(known: Known, memory: Watched, master: Address, epochs: Epochs, say: string[]): Step<Watched> {
  const configEpoch = known.sentinelState.hadData && epochs.configEpoch === 0 ? 1 : epochs.configEpoch;
  const currentEpoch = Math.max(1, epochs.currentEpoch, configEpoch);
  const { leaderEpoch } = epochs;
  return {
    memory: {
      sentinel: { ...memory.sentinel, startedAt: known.now, patientSince: undefined },
      durable: { ...memory.durable, patient: true },
    },
    orders: [{ do: 'start-sentinel', master, configEpoch, leaderEpoch, currentEpoch }],
    needs: {},
    why: 'starts its Sentinel',
    say: [...say, `start-sentinel master=${master} epoch=${configEpoch}`],
    again: 100,
  };
}

/** What a liveness probe is for elsewhere: it hangs, and would hang for ever. */
function end(known: Known, memory: Watched): Step<Watched> {
  const { now } = known;
  const { endedAt } = memory.sentinel;
  if (endedAt !== undefined && now - endedAt < ORDER_MS) {
    return { memory, orders: [], needs: { nearest: 1000 }, why: 'its Sentinel was ended', again: 1000 };
  }
  return {
    memory: { ...memory, sentinel: { ...memory.sentinel, endedAt: now } },
    orders: [{ do: 'end-sentinel' }],
    needs: { nearest: 1000 },
    why: 'its Sentinel hangs',
    say: [`ended-sentinel limit=${DEAD_MS}ms reason=it-hangs`],
  };
}

function watch(known: Known, memory: Watched): Step<Watched> {
  const { now, plan, sentinel, sentinelState } = known;
  const seen = known.sentinels.get(mine(known));
  // Not the contact, which is silent after the first answer that is missing.
  const silence = seen?.pendingSince === undefined ? 0 : now - Math.max(seen.pendingSince, sentinel.since);
  if (sentinel.state === 'running' && silence >= DEAD_MS) return end(known, memory);
  const view = freshView(seen, Math.max(sentinel.since, now - 2500));
  const hadData = sentinelState.hadData || memory.sentinel.hadDataSigned;
  const needs: Needs =
    hadData && !memory.durable.patient ? { nearest: 1000 } : { nearest: 300, ...(hadData ? {} : { replicas: 1000 }) };
  if (sentinel.state !== 'running' || !view)
    return { memory, orders: [], needs: { nearest: 200 }, why: 'its Sentinel does not answer yet' };
  const orders: Order[] = [];
  const say: string[] = [];
  let next = memory.sentinel;
  let { durable } = memory;
  let why = 'its Sentinel runs';
  if (!hadData && view.hasLinkedReplica) {
    orders.push({ do: 'set-fact', fact: 'had-data', holds: true });
    next = { ...next, hadDataSigned: true };
  }
  if (durable.patient) {
    why = 'its Sentinel has not met the master yet';
    const answers = !view.met && masterAnswers(known, view.master);
    const { anewAfter = HANGS_MS } = next;
    if (!answers && next.answersSince !== undefined) next = { ...next, answersSince: undefined };
    if (next.patientSince === undefined) {
      orders.push({ do: 'set-down-after', ms: PATIENT_DOWN_AFTER_MS, of: 'own' });
      next = { ...next, patientSince: now };
    } else if (answers) {
      needs.servers = 1000;
      if (next.answersSince === undefined) next = { ...next, answersSince: now };
      else if (now - next.answersSince >= anewAfter) {
        orders.push({ do: 'reconnect-sentinel' });
        say.push('sentinel-connects-anew reason=has-not-met-a-master-that-answers');
        // Where it did not help, it may only be slow.
        next = { ...next, answersSince: now, anewAfter: 2 * anewAfter };
      }
    } else if (view.met || ((hadData || view.epoch >= FIRST_FAILOVER) && now - next.patientSince >= PATIENCE_ENDS_MS)) {
      orders.push({ do: 'set-down-after', ms: plan.downAfter, of: 'own' });
      durable = { ...durable, patient: false };
      next = { ...next, patientSince: undefined, anewAfter: undefined };
      why = view.met ? 'its Sentinel has met the master' : 'its patience is over';
    } else needs.servers = 1000;
  }
  return {
    memory: next === memory.sentinel && durable === memory.durable ? memory : { sentinel: next, durable },
    orders,
    needs,
    why,
    say,
  };
}

/** It says that it is master, to this agent, and lately. */
function masterAnswers({ servers, now }: Known, master: Address): boolean {
  const seen = servers.get(master);
  return seen?.contact === 'answered' && seen.info?.role === 'master' && now - (seen.answeredAt ?? -Infinity) < 2500;
}
