import type { Address, Known, SentinelSeen } from './known.js';
import type { Election } from './memory.js';
import type { Needs, Order } from './orders.js';
import { freshView, isReserved, isSentinelElected, isSilent, majority, namedMaster } from './views.js';

/** Every Sentinel that lives answers within it; those that do not are not waited for, ms. */
const VIEWS_MS = 150;
/** A vote is written to disk before it is given, ms. */
const VOTES_MS = 1000;
const ATTEMPTS = 5;
/** Another agent that was elected has told all by then; of two that keep each other from it, one tries again sooner, ms. */
const RIVAL_MS = 1000;
const RIVAL_MORE_MS = 200;
/** An agent that did not run for so long does not know whether another has been elected since, ms. */
const STALL_MS = 1000;
/** A Sentinel that is not elected gives its failover up after a second or two, ms. */
const FAILOVER_AGAIN_MS = 200;
/** Epoch 1 belongs to the first start. */
const FIRST_EPOCH = 2;

export type ElectionStep =
  | {
      readonly outcome: 'going';
      readonly election: Election;
      readonly orders: readonly Order[];
      readonly needs: Needs;
      readonly why: string;
    }
  | { readonly outcome: 'elected'; readonly epoch: number }
  /** `again`: after so many ms another attempt may be worth it. */
  | { readonly outcome: 'lost'; readonly why: string; readonly again?: number };

/** @param after an epoch in which this agent was elected before, and may have had another promoted */
export function newElection(known: Known, old: Address, after = 0): Election {
  const { now, realNow } = known;
  return {
    phase: 'views',
    old,
    epoch: Math.max(FIRST_EPOCH, after + 1),
    attempt: 1,
    since: now,
    number: 0,
    ahead: realNow - now,
  };
}

/** While this agent did not run, another may have been elected in a later epoch, and have taken writes. */
export function isOverslept({ now, realNow, plan }: Known, { ahead }: Election): boolean {
  return realNow - now - ahead > Math.min(STALL_MS, plan.downAfter / 2);
}

/**
 * Has the Sentinels vote for this agent in an epoch that none has voted in, as a Sentinel asks for votes before a failover:
 * so no two can be promoted in one epoch. The vote is for an id that is no Sentinel's: then every one of them, the nearest
 * too, leaves the failover to this agent for twice failover-timeout, and there is one promotion for one crash.
 *
 * | the Sentinels                                        | then                                                   |
 * |------------------------------------------------------|--------------------------------------------------------|
 * | fewer than a majority answers in 1 s                 | lost                                                   |
 * | name another than the old master                     | lost: it is decided                                    |
 * | name two masters, which the election is to settle    | asks for votes in the next epoch                       |
 * | one was elected for a failover of its own            | lost: it goes on                                       |
 * | one is at a failover, and asks for votes itself      | competes with it, in a later epoch: a tie would keep both waiting for seconds |
 * | name the old master                                  | asks for votes in the next epoch                       |
 * | a majority votes for this agent, and none was elected for a failover before | elected                         |
 * | one was elected before the votes                     | lost: it has a replica promoted                        |
 * | a majority votes for one that is at a failover       | lost: it is about to find out                          |
 * | no majority votes for it, nor can one without those that are silent | looks again, then asks in a later epoch, five times |
 * | the same, and some have voted for another agent      | waits a second for that before it looks again          |
 * | a majority votes, but this agent did not run for 1 s | looks again, then asks in a later epoch                |
 * | too few answer                                       | lost                                                   |
 */
export function stepElection(known: Known, election: Election, nextNumber: () => number): ElectionStep {
  return election.phase === 'views' ? lookFirst(known, election, nextNumber) : countVotes(known, election);
}

/** In whose place a Sentinel is asked for its vote: it votes only on a master that it knows. */
export function inPlaceOf(old: Address | undefined, seen: SentinelSeen | undefined, me: Address): Address {
  return old ?? seen?.view?.master ?? me;
}

function lookFirst(known: Known, election: Election, nextNumber: () => number): ElectionStep {
  const { plan, now } = known;
  if (now < election.since) {
    return { outcome: 'going', election, orders: [], needs: {}, why: 'another agent may have been elected' };
  }
  const quorate = majority(plan.sentinels.length);
  const named = namedMaster(known, election.since);
  const waited = now - election.since;
  const settled = plan.sentinels.every((address) => {
    const seen = known.sentinels.get(address);
    if (freshView(seen, election.since)) return true;
    if (isSilent(seen, now, VIEWS_MS)) return true;
    return seen !== undefined && seen.askedAt >= election.since && (seen.contact === 'refused' || isReserved(seen));
  });
  if (named.answered < quorate || (!settled && waited < VIEWS_MS)) {
    if (waited >= VOTES_MS) return { outcome: 'lost', why: `${named.answered} Sentinels answer` };
    return { outcome: 'going', election, orders: [], needs: { sentinels: 0 }, why: 'asking whom the Sentinels name' };
  }
  if (named.master !== election.old && !election.isAnew)
    return { outcome: 'lost', why: `the Sentinels name ${named.master ?? 'two masters'}` };
  if (isSentinelElected(known, election.since))
    return { outcome: 'lost', why: 'a Sentinel was elected for a failover', again: FAILOVER_AGAIN_MS };
  const epoch = Math.max(election.epoch, named.epoch + 1);
  const number = nextNumber();
  return {
    outcome: 'going',
    election: { ...election, phase: 'votes', epoch, since: now, number },
    orders: [{ do: 'ask-votes', old: election.isAnew ? undefined : election.old, epoch, number }],
    needs: WITH_VOTES,
    why: `asking for votes in epoch ${epoch}`,
  };
}

/** On the same connections as the votes, so they come with them. */
const WITH_VOTES: Needs = { sentinels: 0 };

function countVotes(known: Known, election: Election): ElectionStep {
  const { plan, now } = known;
  // One that is at a failover votes all the same: so its vote counts only with its word that it was not elected.
  if (isSentinelElected(known, election.since))
    return { outcome: 'lost', why: 'a Sentinel was elected before', again: FAILOVER_AGAIN_MS };
  const { votes, answered, awaited, newest, isRivalAgent, isComplete } = count(known, election);
  const quorate = majority(plan.sentinels.length);
  const favourite = sentinelVotedFor(known, election);
  const its = favourite === undefined ? undefined : freshView(known.sentinels.get(favourite), election.since);
  if (its?.failoverInProgress)
    return { outcome: 'lost', why: `a majority votes for ${favourite}`, again: FAILOVER_AGAIN_MS };
  const awaitsIt = favourite !== undefined && !its && isThere(known, favourite);
  const overslept = isOverslept(known, election);
  if (votes >= quorate && !overslept) return { outcome: 'elected', epoch: election.epoch };
  const over =
    answered === plan.sentinels.length ||
    (answered >= quorate && votes + awaited < quorate && !awaitsIt) ||
    now - election.since >= VOTES_MS ||
    (known.results.has(election.number) && isComplete);
  if (!over && !overslept)
    return {
      outcome: 'going',
      election,
      orders: [],
      needs: WITH_VOTES,
      why: `${votes} votes in epoch ${election.epoch}`,
    };
  if (answered < quorate) return { outcome: 'lost', why: `${answered} of ${plan.sentinels.length} Sentinels vote` };
  if (election.attempt >= ATTEMPTS) return { outcome: 'lost', why: `outvoted ${ATTEMPTS} times` };
  // Asked anew before each vote: the later epoch that some know of may be that of a failover which goes on.
  const wait = isRivalAgent ? RIVAL_MS + plan.ordinal * RIVAL_MORE_MS : 0;
  const next: Election = {
    ...election,
    ...newElection(known, election.old),
    epoch: newest + 1,
    attempt: election.attempt + 1,
    since: now + wait,
  };
  const why = overslept ? 'this agent did not run for a while' : `outvoted in epoch ${election.epoch}`;
  return { outcome: 'going', election: next, orders: [], needs: isRivalAgent ? {} : { sentinels: 0 }, why };
}

interface Count {
  /** For this agent. */
  readonly votes: number;
  /** Those that have voted, for whomever. */
  readonly answered: number;
  /** Those that may yet vote: one that has been silent for a second is not waited for. */
  readonly awaited: number;
  /** The latest epoch in which one has voted. */
  readonly newest: number;
  /** Another agent has votes. */
  readonly isRivalAgent: boolean;
  /** Each that has voted has also said whether it is at a failover. */
  readonly isComplete: boolean;
}

function count(known: Known, election: Election): Count {
  const { plan, now } = known;
  const counted = { votes: 0, answered: 0, awaited: 0, newest: election.epoch, isRivalAgent: false, isComplete: true };
  for (const seen of known.sentinels.values()) {
    const { vote } = seen;
    if (vote?.order !== election.number) {
      if (!isSilent(seen, now)) counted.awaited++;
      continue;
    }
    if (!freshView(seen, election.since) && !isReserved(seen)) {
      counted.isComplete = false;
      counted.awaited++;
      continue;
    }
    counted.answered++;
    if (vote.leader === plan.electorId && vote.epoch === election.epoch) counted.votes++;
    else if (vote.epoch >= election.epoch) {
      counted.newest = Math.max(counted.newest, vote.epoch);
      counted.isRivalAgent ||= isAgent(known, vote.leader);
    }
  }
  return counted;
}

/** One votes for nobody, for a Sentinel, or for an agent. */
function isAgent({ plan }: Known, leader: string): boolean {
  return leader !== '*' && leader !== plan.electorId && !plan.sentinelIds.includes(leader);
}

/** A Sentinel that a majority has voted for in an epoch as late as this one; that may be long ago. */
function sentinelVotedFor({ plan, sentinels }: Known, election: Election): Address | undefined {
  return plan.sentinels.find((_, ordinal) => {
    let votes = 0;
    for (const { vote } of sentinels.values()) {
      const isOfNow = vote?.order === election.number && vote.epoch >= election.epoch;
      if (isOfNow && vote.leader === plan.sentinelIds[ordinal]) votes++;
    }
    return votes >= majority(plan.sentinels.length);
  });
}

function isThere({ sentinels, now }: Known, address: Address): boolean {
  const seen = sentinels.get(address);
  return !isSilent(seen, now) && seen?.contact !== 'refused';
}
