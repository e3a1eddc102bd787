import { newElection, stepElection } from './election.js';
import type { Address, Known } from './known.js';
import type { DisagreementMemory } from './memory.js';
import type { Needs, Step } from './orders.js';
import { newPromoted, tellAgain } from './switch.js';
import { freshInfo, freshView, majority, others, runningInfo } from './views.js';

/** How often a master asks all Sentinels whom they name, ms. */
const LOOK_MS = 5000;
/** While they disagree, ms. */
const CLOSER_LOOK_MS = 1000;
const FRESH_MS = LOOK_MS + 1000;
/** Sentinels tell one another within two seconds of a failover; what lasts for as long as this lasts for ever, ms. */
const LASTS_MS = 10_000;

/**
 * Two masters named in one epoch stay named for ever: a Sentinel takes another's word only where its epoch is newer, after a
 * restart too. While it lasts no agent switches or hands over, since nobody is named. It comes about when a Sentinel forgets
 * a vote, or is told of a master by hand. The agent of the server that is master has itself elected in an epoch of its own,
 * and tells all: then they name one. Each Sentinel is asked for its vote in the name of the master that it knows.
 *
 * | the Sentinels in the newest epoch            | the other servers                              | the agent of the master              |
 * |----------------------------------------------|------------------------------------------------|--------------------------------------|
 * | all name this one, or none does              |                                                | nothing                              |
 * | one is at a failover                         |                                                | nothing                              |
 * | name this one and another, for less than 10 s |                                               | waits                                |
 * | name this one and another, for 10 s          | one is master                                  | waits for a person: either may have taken writes |
 * | no majority names this one                   | another that is named does not follow this one | waits for a person: it may be master |
 * | name this one and another, for 10 s          | else                                           | is elected, tells all                |
 */
export function decideDisagreement(
  known: Known,
  memory: DisagreementMemory,
  undisturbed: boolean,
  nextNumber: () => number,
): Step<DisagreementMemory> {
  const { now, plan } = known;
  const none = (why: string, needs: Needs = {}): Step<DisagreementMemory> => ({
    memory: NOTHING,
    orders: [],
    needs,
    why,
  });
  if (runningInfo(known)?.role !== 'master') return none('not master');
  if (!undisturbed) return none('a switch is at work');
  if (memory.told) {
    const { promoted, orders } = tellAgain(known, memory.told, nextNumber);
    const needs = { sentinels: promoted ? 200 : LOOK_MS };
    return { memory: promoted ? { told: promoted } : NOTHING, orders, needs, why: 'was elected anew', again: 200 };
  }
  const named = namedTogether(known);
  const rivals = [...named.keys()].filter((address) => address !== plan.me);
  const votes = named.get(plan.me) ?? 0;
  if (votes === 0 || rivals.length === 0) return none('the Sentinels agree', { sentinels: LOOK_MS });
  const since = memory.since ?? now;
  const going: DisagreementMemory = { ...memory, since };
  const both = `${rivals.join(' and ')} named beside ${plan.me} in one epoch`;
  const waits = (why: string, next = going): Step<DisagreementMemory> => ({
    memory: next,
    orders: [],
    needs: { sentinels: CLOSER_LOOK_MS, servers: CLOSER_LOOK_MS },
    why,
  });
  if (memory.election === undefined) {
    if (now - since < LASTS_MS) return waits(both);
    const rival = mayBeMaster(known, votes >= majority(plan.sentinels.length) ? [] : rivals);
    if (rival !== undefined) {
      const line = `sentinels-disagree named=${plan.me},${rivals.join(',')} reason=${rival}-may-be-master`;
      return {
        ...waits(`${rival} may be master too`, { ...going, said: line }),
        say: memory.said === line ? [] : [line],
      };
    }
  }
  const step = stepElection(known, memory.election ?? { ...newElection(known, plan.me), isAnew: true }, nextNumber);
  if (step.outcome === 'going') {
    const { election, orders, needs, why } = step;
    return { memory: { ...going, election }, orders, needs, why, again: 50 };
  }
  // It waits for as long again.
  if (step.outcome === 'lost') return waits(step.why, { ...going, election: undefined, since: now });
  const { epoch } = step;
  return {
    memory: { told: newPromoted(known, plan.me, epoch) },
    orders: [{ do: 'announce', master: plan.me, epoch, number: nextNumber() }],
    needs: { sentinels: 100 },
    why: 'was elected anew',
    say: [`settled-disagreement epoch=${epoch} named=${plan.me},${rivals.join(',')}`],
  };
}

const NOTHING: DisagreementMemory = {};

/** Whom the Sentinels name in the newest epoch, and how many each; nobody where one is at a failover. */
function namedTogether(known: Known): Map<Address, number> {
  let epoch = -1;
  const named = new Map<Address, number>();
  for (const seen of known.sentinels.values()) {
    const view = freshView(seen, known.now - FRESH_MS);
    if (!view) continue;
    if (view.failoverInProgress) return new Map();
    if (view.epoch < epoch) continue;
    if (view.epoch > epoch) named.clear();
    epoch = view.epoch;
    named.set(view.master, (named.get(view.master) ?? 0) + 1);
  }
  return named;
}

/** Another that may have taken writes. @param suspects who must say that they follow this one */
function mayBeMaster(known: Known, suspects: readonly Address[]): Address | undefined {
  const { plan, now, servers } = known;
  const told = (address: Address) => freshInfo(servers.get(address), now - 2 * CLOSER_LOOK_MS);
  return (
    others(known).find((address) => told(address)?.role === 'master') ??
    suspects.find((address) => told(address)?.master !== plan.me)
  );
}
