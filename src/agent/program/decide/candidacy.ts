import type { Address, Known, Position, ServerInfo, ServerSeen } from './known.js';
import type { CandidacyMemory, Durable } from './memory.js';
import { type Step, within } from './orders.js';
import { peers } from './peers.js';
import { provenPosition } from './position.js';
import { newSwitch } from './switch.js';
import { afterPromotion, proceedTakeover } from './takeover.js';
import { freshInfo, isReserved, majority, namedMaster, runningInfo } from './views.js';

/** A candidate waits for those that start later, ms. */
export const STAND_FOR_MS = 10_000;
const FRESH_MS = 2500;

export interface Standing {
  readonly candidacy: CandidacyMemory;
  readonly durable: Durable;
}

/**
 * The last master does not return, and nobody may be promoted: each server then runs as a candidate, serving no one, and the
 * one that came furthest among a majority is promoted. A server that has started as a replica, and whose master never let it
 * in, becomes a candidate after the same time as one that had not started.
 *
 * In a strict topology it must be certain that the one has every write that WAIT confirmed. Each of them is on the master and
 * on half of the servers, so on one at least of any majority of the others: then a majority has to know its position exactly,
 * in the newest reign that the Sentinels know of. A server whose file is of before a full copy does not. Where that cannot be
 * had, a person decides.
 *
 * | this replica                     | the others                                  | then                                     |
 * |----------------------------------|---------------------------------------------|------------------------------------------|
 * | was linked, or its master is there |                                           | nothing                                  |
 * | never linked, for less than the time |                                         | waits                                    |
 * | never linked, for `whenAbandonedAfter` | nobody is master or may be promoted   | becomes a candidate                      |
 * | candidate                        | one is master                               | waits for it to let this one in          |
 * | candidate                        | the Sentinels name one that has not said since what it is | waits for its answer: it may have been promoted |
 * | candidate                        | fewer candidates than a majority            | waits                                    |
 * | candidate, strict                | fewer than a majority know their position exactly | waits for a person                 |
 * | candidate                        | another came further                        | waits for its promotion                  |
 * | candidate                        | none came further                           | after 10 s elects, promotes itself       |
 * | candidate                        | a person ordered it                         | elects, promotes itself                  |
 */
export function decideCandidacy(known: Known, memory: Standing, nextNumber: () => number): Step<Standing> {
  const { candidacy, durable } = memory;
  if (candidacy.switching) {
    const step = proceedTakeover(known, candidacy, candidacy.switching, 'came-furthest', nextNumber);
    return within(step, { candidacy: step.memory, durable });
  }
  const info = runningInfo(known);
  if (candidacy.promoted && info) {
    const step = afterPromotion(known, candidacy, candidacy.promoted, nextNumber);
    return within(step, { candidacy: step.memory, durable });
  }
  if (info?.role !== 'replica' || info.linkUp) return nothing(memory, 'no candidate');
  if (durable.candidate) return standForElection(known, memory, info, nextNumber);
  if (durable.linked) return nothing(memory, 'was linked to its master');
  return waitForMaster(known, memory, info);
}

function nothing(memory: Standing, why: string): Step<Standing> {
  const isEmpty = Object.keys(memory.candidacy).length === 0;
  return { memory: isEmpty ? memory : { ...memory, candidacy: {} }, orders: [], needs: {}, why };
}

function waitForMaster(known: Known, memory: Standing, info: ServerInfo): Step<Standing> {
  const { plan, now } = known;
  const seen = peers(known, Math.max(known.server.since, now - FRESH_MS));
  const master = known.servers.get(info.master);
  const there = freshInfo(master, now - FRESH_MS);
  const lives = isReserved(master) || (there !== undefined && there.role === 'master');
  const mayBe = seen.promotable !== undefined || (seen.reserved.length > 0 && !known.promoteOrdered);
  if (info.syncing || lives || seen.master || mayBe) {
    // A master that loads for an hour is there: its data is what the others wait for.
    const candidacy: CandidacyMemory = {};
    return { memory: { ...memory, candidacy }, orders: [], needs: { servers: 500 }, why: 'its master is there' };
  }
  const waitingSince = memory.candidacy.waitingSince ?? now;
  const candidacy: CandidacyMemory = { waitingSince };
  const isOrdered = known.promoteOrdered && seen.unknown.length === 0;
  if (now - waitingSince < plan.whenAbandonedAfter && !isOrdered) {
    const after = plan.whenAbandonedAfter / 1000;
    const why = `its master ${info.master} is away and never let it in; after ${after} s it stands for election`;
    return { memory: { ...memory, candidacy }, orders: [], needs: { servers: 500 }, why, again: 500 };
  }
  const position = provenPosition(known);
  const reason = isOrdered
    ? 'reason=ordered-by-a-person'
    : `reason=never-let-in after=${plan.whenAbandonedAfter / 1000}s`;
  return {
    memory: { candidacy: {}, durable: { ...memory.durable, candidate: { position } } },
    orders: [{ do: 'show-position', position }],
    needs: {},
    why: 'stands for election',
    say: [`candidate master=${info.master} position=${position.epoch}/${position.offset}/${position.bytes} ${reason}`],
  };
}

function standForElection(known: Known, memory: Standing, info: ServerInfo, nextNumber: () => number): Step<Standing> {
  const { plan, now } = known;
  const { candidacy, durable } = memory;
  const standingSince = candidacy.standingSince ?? now;
  const naming = namedMaster(known, now - FRESH_MS);
  const named = namedSince(candidacy, naming.master, now);
  const standing: CandidacyMemory = { ...candidacy, waitingSince: undefined, standingSince, named };
  const waits = (why: string): Step<Standing> => ({
    memory: { candidacy: standing, durable },
    orders: [],
    needs: { positions: 1000, sentinels: 1000, servers: 500 },
    why,
    again: 500,
  });
  if (candidacy.notBefore !== undefined && now < candidacy.notBefore) return waits('an election came to nothing');
  if (info.loading) return waits('reads its file');
  const seen = peers(known, Math.max(known.server.since, now - FRESH_MS));
  if (seen.master) return waits(`${seen.master} is master`);
  // Another candidate may have been promoted since it was last asked what it is.
  if (named && named.master !== plan.me && !saidSince(known.servers.get(named.master), named.since))
    return waits(`asking ${named.master}, which the Sentinels name`);
  if (seen.unknown.length > 0) return waits(`asking ${seen.unknown.join(' ')}`);
  if (known.promoteOrdered)
    return promote(known, memory, standing, named?.master ?? info.master, info, nextNumber, 'ordered');
  const found = positions(known);
  const quorate = majority(plan.servers.length);
  if (found.count < quorate)
    return waits(`${found.count} of ${plan.servers.length} servers are up as candidates, ${quorate} must`);
  if (naming.answered < majority(plan.sentinels.length)) return waits(`${naming.answered} Sentinels answer`);
  const uncertain = found.exact < quorate || (found.position?.epoch ?? 0) < naming.epoch;
  if (plan.whenAbandoned === 'promote-if-certain' && uncertain) {
    return waits(
      `who has every confirmed write is not certain (${found.exact} of ${plan.servers.length} servers know exactly how far they ` +
        `had come, ${quorate} must; the newest in epoch ${found.position?.epoch ?? 0}, the Sentinels know of ${naming.epoch}): bring ` +
        'the last master back, or give up what only others have: promote (see the runbook)',
    );
  }
  if (now - standingSince < STAND_FOR_MS) return waits('waits for those that start later');
  if (found.best !== plan.me) return waits(`${found.best} came furthest`);
  return promote(known, memory, standing, named?.master ?? info.master, info, nextNumber, 'came-furthest');
}

function promote(
  known: Known,
  memory: Standing,
  standing: CandidacyMemory,
  old: Address,
  info: ServerInfo,
  nextNumber: () => number,
  why: string,
): Step<Standing> {
  const switching = newSwitch(known, old, known.plan.me, info.offset);
  const step = proceedTakeover(known, standing, switching, why, nextNumber);
  const position = memory.durable.candidate?.position;
  const said = `candidate-chosen reason=${why} position=${position?.epoch}/${position?.offset}/${position?.bytes} loss=what-only-servers-that-are-away-hold`;
  return { ...step, memory: { candidacy: step.memory, durable: memory.durable }, say: [said, ...(step.say ?? [])] };
}

function namedSince({ named }: CandidacyMemory, master: Address | undefined, now: number): CandidacyMemory['named'] {
  if (master === undefined) return undefined;
  return named?.master === master ? named : { master, since: now };
}

/** A server that says how far it had come has not said yet that it was promoted since: that is another question. */
function saidSince(seen: ServerSeen | undefined, since: number): boolean {
  return seen !== undefined && (seen.contact === 'answered' ? seen.infoAt : seen.askedAt) >= since;
}

/** All see the same positions, so all come to the same answer. */
function positions(known: Known): { count: number; exact: number; best?: Address; position?: Position } {
  let count = 0;
  let exact = 0;
  let best: Address | undefined;
  let bestPosition: Position | undefined;
  for (const address of known.plan.servers) {
    const seen = known.servers.get(address);
    if (!seen?.position || seen.positionAt < known.now - FRESH_MS || seen.contact === 'refused') continue;
    const { position } = seen;
    count++;
    if (position.epoch > 0) exact++;
    const ahead =
      !bestPosition ||
      position.epoch - bestPosition.epoch ||
      position.offset - bestPosition.offset ||
      position.bytes - bestPosition.bytes;
    if (ahead === true || (typeof ahead === 'number' && ahead > 0)) {
      best = address;
      bestPosition = position;
    }
  }
  return { count, exact, best, position: bestPosition };
}
