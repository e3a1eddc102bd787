import type { Address, Known } from './known.js';
import type { ProclamationMemory } from './memory.js';
import type { Step } from './orders.js';
import { tellAll } from './switch.js';
import { freshInfo, isSilent, majority, namedMaster, runningInfo } from './views.js';

/** An agent that has promoted an heir tells all at once; after that it is thought to have died in between, ms. */
const AGENT_TELLS_MS = 500;
/** A Sentinel finds its promotion out by itself within a second or two, ms. */
const LIMIT_MS = 3000;

/**
 * A Sentinel has just promoted this server: all Sentinels are told at once. The one that was elected finds out itself with
 * its next INFO, which is up to a second later, and until then no client is told.
 *
 * Nothing is decided here. A majority has voted for that Sentinel in one epoch, and it says itself that this server is the
 * one it has promoted in the failover that it is at: what is announced is what it would announce. An agent that was elected
 * promotes one server in its epoch, and tells all itself; should it die in between, with its pod, the one that it promoted
 * does so.
 *
 * | this server         | votes given                  | the elected Sentinel says    | then         |
 * |---------------------|------------------------------|------------------------------|--------------|
 * | was a replica, is master | no majority for one     |                              | nothing      |
 * | was a replica, is master | a majority, one epoch   | not `promoted`               | nothing      |
 * | was a replica, is master | a majority, one epoch   | `promoted`                   | announces it |
 * | was a replica, is master | a majority, one epoch, for an agent | is not asked     | after 0.5 s announces it, if the old master does not answer as one and no newer epoch is named |
 */
export function decideProclamation(
  known: Known,
  memory: ProclamationMemory,
  wasFollowing: Address | undefined,
  switching: boolean,
  nextNumber: () => number,
): Step<ProclamationMemory> {
  const { plan, now } = known;
  if (runningInfo(known)?.role !== 'master' || switching)
    return { memory: {}, orders: [], needs: {}, why: 'no promotion by a Sentinel' };
  if (memory.since === undefined) {
    if (wasFollowing === undefined) return { memory: {}, orders: [], needs: {}, why: 'no promotion by a Sentinel' };
    const number = nextNumber();
    return {
      memory: { since: now, old: wasFollowing, number },
      orders: [{ do: 'ask-given-votes', old: wasFollowing, number }],
      needs: { allReplicas: 0 },
      why: 'promoted; asking for the votes',
      again: 50,
    };
  }
  const { since, old, number } = memory as Required<ProclamationMemory>;
  if (now - since > LIMIT_MS)
    return { memory: {}, orders: [], needs: {}, why: 'the Sentinels found the promotion out by themselves' };
  const counted = new Map<string, { votes: number; leader: string; epoch: number }>();
  for (const { vote } of known.sentinels.values()) {
    if (vote?.order !== number || vote.epoch <= 0 || vote.leader === '*') continue;
    const key = `${vote.leader} ${vote.epoch}`;
    const entry = counted.get(key) ?? { votes: 0, leader: vote.leader, epoch: vote.epoch };
    entry.votes++;
    counted.set(key, entry);
  }
  const elected = [...counted.values()].find(({ votes }) => votes >= majority(plan.sentinels.length));
  if (!elected) {
    return { memory, orders: [], needs: {}, why: 'no majority has voted yet', again: 100 };
  }
  const ordinal = plan.sentinelIds.indexOf(elected.leader);
  const elector = ordinal < 0 ? undefined : known.sentinels.get(plan.sentinels[ordinal] ?? '');
  if (!elector) return byAgent(known, memory as Required<ProclamationMemory>, elected.epoch, nextNumber);
  if (elector.replicasAt < since)
    return { memory, orders: [], needs: { allReplicas: 0 }, why: 'asking the elected Sentinel', again: 50 };
  if (!(elector.replicas?.get(plan.me) ?? '').includes('promoted')) {
    return {
      memory,
      orders: [],
      needs: { allReplicas: 100 },
      why: 'the elected Sentinel promotes another',
      again: 100,
    };
  }
  return {
    memory: {},
    orders: tellAll(known, plan.me, elected.epoch, nextNumber()),
    needs: { sentinels: 100 },
    why: 'proclaimed',
    say: [`proclaimed epoch=${elected.epoch} elected=${ordinal} old-master=${old}`],
  };
}

function byAgent(
  known: Known,
  memory: Required<ProclamationMemory>,
  epoch: number,
  nextNumber: () => number,
): Step<ProclamationMemory> {
  const { plan, now } = known;
  const { since, old } = memory;
  const needs = { sentinels: 100, servers: 100 };
  const wait = (why: string): Step<ProclamationMemory> => ({ memory, orders: [], needs, why, again: 100 });
  const named = namedMaster(known, since);
  if (named.epoch >= epoch)
    return { memory: {}, orders: [], needs: {}, why: 'the agent that promoted it has told all' };
  if (now - since < AGENT_TELLS_MS || named.answered < majority(plan.sentinels.length))
    return wait('promoted by an agent');
  const seen = known.servers.get(old);
  // Votes are remembered for ever: a person's promotion is not to be taken for that of an agent that was elected long ago.
  if (freshInfo(seen, since)?.role === 'master') return wait('the old master is there');
  const isAway = isSilent(seen, now) || (seen?.contact === 'refused' && seen.askedAt >= since);
  if (!freshInfo(seen, since) && !isAway) return wait(`asking ${old}`);
  return {
    memory: {},
    orders: tellAll(known, plan.me, epoch, nextNumber()),
    needs: { sentinels: 100 },
    why: 'proclaimed, as the agent that promoted it is gone',
    say: [`proclaimed epoch=${epoch} elected=agent old-master=${old}`],
  };
}
