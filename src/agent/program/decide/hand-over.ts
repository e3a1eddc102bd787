import { isOverslept, newElection, stepElection } from './election.js';
import { agree, askSentinel, bySentinel, over, tellOfHeir } from './hand-over-end.js';
import type { Address, Known, ServerInfo, ServerSeen } from './known.js';
import type { Election, HandOverMemory } from './memory.js';
import type { Needs, Step } from './orders.js';
import { freshInfo, isReserved, isSilent, others, own, serverIsGone } from './views.js';

/** A replica in step is a few milliseconds behind; a candidate that is not is passed over after that, ms. */
const CATCH_UP_MS = 5000;
/** The first candidate is preferred for so long, ms; then whichever has everything. */
const PREFERRED_MS = 150;
/** A candidate that does not answer by then is not asked again, ms. */
const ANSWERS_MS = 500;
/** The own server must say what it is, ms. */
const OWN_ANSWERS_MS = 2000;
/** What is left of the grace period for the shutdown when the pause runs out, ms. */
const SHUTDOWN_MS = 10_000;
/** So long before the pause runs out nobody is promoted any more, ms. */
const PAUSE_LEFT_MS = 3000;

/**
 * A planned stop of the master hands over first, and loses nothing. Sentinel's own FAILOVER lets the old master accept writes
 * until it is demoted, and those are lost; and it notices the promotion up to a second late. So:
 *
 *   1 the Sentinels elect for a new epoch            3 the heir is promoted, and all are told
 *   2 writes are paused until an heir has them all   4 this server follows it, and drops its clients
 *
 * Where proxies lead clients here, they hear of it a little later than those who ask the Sentinels, and go on leading clients to
 * this server. As a replica it would refuse their writes with READONLY; so it keeps its role and the pause until the proxies
 * know, and drops its clients once more.
 *
 * Nothing has changed for clients before step 2 nor for data before step 3, and from then on the heir has all writes. Each step
 * is bounded. Where the election comes to nothing, or this agent did not run for a second since, a Sentinel is asked for its
 * FAILOVER, still with writes paused, unless the heir turns out to be master already. Where that fails too they stay paused, and the SIGTERM that follows waits for the
 * replicas (shutdown-timeout): availability is lost, not data.
 *
 * | this server           | replicas                    | then                                                      |
 * |-----------------------|-----------------------------|-----------------------------------------------------------|
 * | is gone, or a replica |                             | nothing: it may stop                                      |
 * | says nothing for 2 s  |                             | says that it cannot hand over; it may stop                |
 * | master                | none linked with a priority | says so; it may stop, and waits for replicas by itself    |
 * | master                | some                        | hands over to the lowest ordinal that has everything: it is the last to be replaced in an update |
 * | master, writes paused | none catches up in 5 s      | stays paused; it may stop                                 |
 * | dies before an heir is promoted |                   | leaves it to the crash                                    |
 * | dies after that       |                             | goes on: the heir has all writes                          |
 */
export function decideHandOver(known: Known, memory: HandOverMemory, nextNumber: () => number): Step<HandOverMemory> {
  const { now, handOverAsked } = known;
  if (handOverAsked === undefined) {
    const { lastMs } = memory;
    return { memory: memory.phase === undefined ? memory : { lastMs }, orders: [], needs: {}, why: 'nobody asked' };
  }
  const phase = memory.phase ?? 'begin';
  if (phase === 'over') return { memory, orders: [], needs: {}, why: 'the pod may stop' };
  const going: HandOverMemory = memory.phase
    ? memory
    : { phase: 'begin', askedAt: now, since: now, lastMs: memory.lastMs };
  if (!isPromoting(going) && phase !== 'by-sentinel' && serverIsGone(known)) {
    return over(going, 'the server is gone', phase === 'begin' ? [] : ['hand-over-ended reason=server-gone']);
  }
  switch (phase) {
    case 'begin':
      return begin(known, going);
    case 'elect':
      return elect(known, going, nextNumber);
    case 'pause':
      return awaitPause(known, going);
    case 'catch-up':
      return catchUp(known, going, nextNumber);
    case 'promote':
      return awaitPromotion(known, going, nextNumber);
    case 'agree':
      return agree(known, going, nextNumber);
    case 'by-sentinel':
      return bySentinel(known, going, nextNumber);
  }
}

/** Whether a hand-over is at work: other decisions leave the master alone meanwhile. */
export function isHandingOver(memory: HandOverMemory): boolean {
  return memory.phase !== undefined && memory.phase !== 'begin';
}

/** Whether an heir was ordered to be master: it is, or will be, whatever becomes of this server. */
export function isPromoting({ phase }: HandOverMemory): boolean {
  return phase === 'promote' || phase === 'agree';
}

function begin(known: Known, memory: HandOverMemory): Step<HandOverMemory> {
  const { now, plan } = known;
  const since = memory.since as number;
  const info = freshInfo(own(known), since);
  const needs: Needs = { own: 20, servers: 20, sentinels: 0 };
  if (!info) {
    if (now - since < OWN_ANSWERS_MS) return { memory, orders: [], needs, why: 'asking the own server', again: 50 };
    return over(memory, 'the server does not answer', [
      'hand-over-impossible reason=server-does-not-answer; it stops without',
    ]);
  }
  if (info.role !== 'master') return over(memory, 'not master');
  const candidates: Address[] = [];
  for (const address of others(known)) {
    const seen = known.servers.get(address);
    const its = freshInfo(seen, since);
    if (its) {
      if (isHeir(its, plan.me) && its.linkUp && !its.syncing) candidates.push(address);
    } else if (!isPassedOver(seen, now, since) && now - since < OWN_ANSWERS_MS) {
      return { memory, orders: [], needs, why: `asking ${address}`, again: 50 };
    }
  }
  if (candidates.length === 0) {
    return over(memory, 'no heir', ['no-heir: no replica is linked and may be promoted; stopping without a hand-over']);
  }
  // Before the pause, since a Sentinel that is away is waited for.
  return {
    memory: { ...memory, phase: 'elect', since: now, candidates, election: newElection(known, plan.me) },
    orders: [],
    needs: { sentinels: 0 },
    why: 'electing',
    say: [`hand-over from=${plan.me} to=${candidates.join(',')}`],
    again: 20,
  };
}

/** Offsets of one that follows another master would not be this one's. */
function isHeir(info: ServerInfo, master: Address): boolean {
  return info.role === 'replica' && info.priority > 0 && info.master === master;
}

/** It was asked for this, and will not say. (It may have been silent when it was last asked, an hour ago.) */
function isPassedOver(seen: ServerSeen | undefined, now: number, since: number): boolean {
  if (now - since >= ANSWERS_MS && isSilent(seen, now, ANSWERS_MS)) return true;
  return seen !== undefined && seen.askedAt >= since && (isReserved(seen) || seen.contact === 'refused');
}

function elect(known: Known, memory: HandOverMemory, nextNumber: () => number): Step<HandOverMemory> {
  const election = memory.election as NonNullable<HandOverMemory['election']>;
  const step = stepElection(known, election, nextNumber);
  if (step.outcome === 'going') {
    return {
      memory: { ...memory, election: step.election },
      orders: step.orders,
      needs: step.needs,
      why: step.why,
      again: 20,
    };
  }
  const number = nextNumber();
  const epoch = step.outcome === 'elected' ? step.epoch : undefined;
  const ms = Math.max(SHUTDOWN_MS, known.plan.grace - SHUTDOWN_MS);
  return {
    memory: {
      ...memory,
      phase: 'pause',
      epoch,
      number,
      since: known.now,
      pausedAt: known.realNow,
      pausedUntil: known.realNow + ms,
    },
    orders: [{ do: 'pause', ms, number }],
    needs: {},
    why: 'pausing writes',
    ...(step.outcome === 'lost' && { say: [`hand-over-not-elected reason=${step.why.replaceAll(' ', '-')}`] }),
    again: 20,
  };
}

function awaitPause(known: Known, memory: HandOverMemory): Step<HandOverMemory> {
  const result = known.results.get(memory.number as number);
  if (result === 'done') {
    const { candidates = [] } = memory;
    return {
      memory: { ...memory, phase: 'catch-up', since: known.now, heir: candidates[0] },
      orders: [],
      needs: { own: 0, servers: 0 },
      why: 'writes are paused',
      again: 5,
    };
  }
  if (result === undefined && known.now - (memory.since as number) < OWN_ANSWERS_MS) {
    return { memory, orders: [], needs: {}, why: 'pausing writes', again: 20 };
  }
  const reason = result === 'refused' ? 'pause-was-refused' : 'pause-was-not-confirmed';
  return over(memory, 'writes cannot be paused', [
    `hand-over-impossible reason=${reason}; stopping without a hand-over`,
  ]);
}

function catchUp(known: Known, memory: HandOverMemory, nextNumber: () => number): Step<HandOverMemory> {
  const { now } = known;
  const since = memory.since as number;
  const { candidates = [] } = memory;
  // Writes are paused: that is how far it has come, whenever it was asked since.
  const mine = freshInfo(own(known), since);
  const waited = now - since;
  const going: Step<HandOverMemory> = {
    memory,
    orders: [],
    needs: { own: 0, servers: 0 },
    why: 'waiting for an heir that has everything',
    again: 10,
  };
  if (!mine) {
    return waited < CATCH_UP_MS
      ? going
      : over(memory, 'the server does not answer', ['hand-over-failed reason=server-does-not-answer']);
  }
  // Asked itself: what the master knows of its offset is up to a second old.
  const ready = candidates.filter((address) => {
    const its = freshInfo(known.servers.get(address), since);
    return its !== undefined && isHeir(its, known.plan.me) && its.offset >= mine.offset;
  });
  const heir = ready.includes(candidates[0] as string) || waited >= PREFERRED_MS ? ready[0] : undefined;
  if (!heir) {
    if (waited < CATCH_UP_MS) return going;
    const say = [
      'hand-over-failed reason=no-replica-caught-up; writes stay paused, the shutdown waits for the replicas',
    ];
    return over(memory, 'no replica caught up', say);
  }
  if (known.realNow >= (memory.pausedUntil as number) - PAUSE_LEFT_MS) {
    return over(memory, 'the pause is over', ['hand-over-failed reason=the-pause-runs-out']);
  }
  if (memory.epoch === undefined || isOverslept(known, memory.election as Election)) {
    return askSentinel(known, { ...memory, heir }, 'not-elected');
  }
  const number = nextNumber();
  return {
    memory: { ...memory, phase: 'promote', heir, number, since: now },
    orders: [{ do: 'follow', server: heir, number }],
    needs: {},
    why: `promoting ${heir}`,
    again: 20,
  };
}

function awaitPromotion(known: Known, memory: HandOverMemory, nextNumber: () => number): Step<HandOverMemory> {
  const { now, results } = known;
  const heir = memory.heir as Address;
  const result = results.get(memory.number as number);
  // An order whose answer is lost may have been carried out: the heir itself is asked.
  const isMaster = freshInfo(known.servers.get(heir), memory.since as number)?.role === 'master';
  if (isOverslept(known, memory.election as Election)) return askSentinel(known, memory, 'this-agent-did-not-run');
  if (result === 'done' || isMaster) return tellOfHeir(known, memory, nextNumber);
  if (now - (memory.since as number) < 2000 && result !== 'refused') {
    return { memory, orders: [], needs: { servers: 50 }, why: `promoting ${heir}`, again: 20 };
  }
  return askSentinel(known, memory, 'heir-was-not-promoted');
}
