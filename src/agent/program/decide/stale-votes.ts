/** What the own Sentinel says of its master, and of the other Sentinels. */
export interface StaleVotesKnown {
  /** ms */
  readonly now: number;
  /** Its place among the Sentinels, by ordinal. */
  readonly place: number;
  /** It answers, considers its master up, and is at no failover. */
  readonly isCalm: boolean;
  /** Of each of the others: `sentinel`, and `master_down`, `s_down`, `disconnected` and so on. */
  readonly others: readonly (readonly string[])[];
}

export interface StaleVotesMemory {
  /** Since which look it has counted a vote that is over. */
  readonly since?: number;
  readonly endedAt?: number;
}

export interface StaleVotesStep {
  readonly memory: StaleVotesMemory;
  /** SIGKILL to the own Sentinel: its container starts another one, which has counted nothing yet. */
  readonly end: boolean;
  readonly say: readonly string[];
}

/** Between two looks, ms. */
export const STALE_VOTES_LOOK_MS = 10_000;
/** Redis itself forgets such a vote after 5 s. */
const STALE_MS = 30_000;
/** As long as a Sentinel takes to be back and to be whole again, and some more: so they have turns, ms. */
const TURN_MS = 30_000;
/** Its container may wait for Kubernetes, ms. */
const ENDED_MS = 60_000;

/**
 * A Sentinel that considers its master down asks the others, and keeps who agrees. Redis and Valkey 8 forget that after 5 s. Valkey
 * 9.1.2 keeps it for ever once the failover is over. The next time that this Sentinel alone does not reach the master, it then takes
 * the quorum for given, and replaces a master that all others reach. So it is restarted, one after the other.
 *
 * | own Sentinel                                   | the others                                                            | then     |
 * |------------------------------------------------|-----------------------------------------------------------------------|----------|
 * | considers its master down, or is at a failover |                                                                       | nothing  |
 * | considers it up                                | none of them is counted as one that considers it down                 | nothing  |
 * | considers it up                                | one is counted, and one is down or not connected                      | waits    |
 * | considers it up                                | one is counted for 30 s, and 30 s more for each ordinal below its own | is ended |
 */
export function decideStaleVotes(known: StaleVotesKnown, memory: StaleVotesMemory): StaleVotesStep {
  const { now, place, isCalm, others } = known;
  const counts = others.some((flags) => flags.includes('master_down'));
  const isWhole = others.every((flags) => flags.every((flag) => flag === 'sentinel' || flag === 'master_down'));
  const { endedAt } = memory;
  const isJustBack = endedAt !== undefined && now - endedAt < ENDED_MS;
  if (!isCalm || !counts || !isWhole || isJustBack) return { memory: { endedAt }, end: false, say: [] };
  const since = memory.since ?? now;
  if (now - since < STALE_MS + place * TURN_MS) return { memory: { since, endedAt }, end: false, say: [] };
  return { memory: { endedAt: now }, end: true, say: ['ended-sentinel reason=counts-votes-that-are-over'] };
}
