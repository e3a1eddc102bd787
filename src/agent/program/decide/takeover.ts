import { bestHeir } from './heir.js';
import type { Address, Known } from './known.js';
import type { Promoted, Switch, TakeoverMemory } from './memory.js';
import type { Needs, Step } from './orders.js';
import { newPromoted, newSwitch, stepSwitch, tellAgain } from './switch.js';
import { freshInfo, freshView, hearsMaster, majority, runningInfo } from './views.js';

const FRESH_MS = 1000;
/** After an election that came to nothing: a Sentinel's failover, if there is one, takes less, ms. */
const AGAIN_MS = 1000;
/** After a partition, connections to those that are there have come about again by then, ms. */
const REACHED_AGAIN_MS = 3000;

/**
 * A majority of the Sentinels considers the master down. Of the servers that may be promoted, the agent of the one that came
 * furthest has them elect, and promotes its own server. A Sentinel would do it too, but half a second later; and one that has
 * voted in a failover, or has tried one in vain, waits for twice failover-timeout before the next.
 *
 * What must be true is what Sentinel itself goes by: a quorum considers the master down, and a majority elects. A strict
 * master that is cut off has stopped to accept writes by then (`max-lag` is shorter than `down-after`).
 *
 * | the master                          | the Sentinels                     | this replica                 | then                      |
 * |-------------------------------------|-----------------------------------|------------------------------|---------------------------|
 * | was heard of within 2 s             |                                   |                              | nothing                   |
 * | silent                              | no majority considers it down     |                              | nothing                   |
 * | silent                              | one was elected for a failover    |                              | nothing                   |
 * | silent                              | a majority considers it down      | not to be promoted           | nothing                   |
 * | silent                              | a majority considers it down      | another came further         | nothing: it is the other's |
 * | silent                              | a majority considers it down      | one that may have come further is silent | waits for it; where its Sentinel considers that one down, for 3 s |
 * | silent                              | a majority considers it down      | another is master already    | nothing: it may have taken writes |
 * | silent                              | a majority considers it down      | came furthest                | elects, promotes itself   |
 * |                                     | no majority names it then         | was promoted so              | tells the Sentinels again |
 */
export function decideTakeover(known: Known, memory: TakeoverMemory, nextNumber: () => number): Step<TakeoverMemory> {
  const { now, plan } = known;
  if (memory.switching) return proceedTakeover(known, memory, memory.switching, 'master-down', nextNumber);
  const info = runningInfo(known);
  if (memory.promoted && info) return afterPromotion(known, memory, memory.promoted, nextNumber);
  if (info?.role !== 'replica' || info.priority === 0) {
    return { memory: NOTHING, orders: [], needs: {}, why: 'not a replica that may be promoted' };
  }
  if (hearsMaster(info)) return { memory: NOTHING, orders: [], needs: {}, why: 'the master is heard of' };
  const needs: Needs = { sentinels: 200, own: 500 };
  let down = 0;
  for (const seen of known.sentinels.values()) {
    const view = freshView(seen, now - FRESH_MS);
    if (view?.elected)
      return { memory: NOTHING, orders: [], needs, why: 'a Sentinel was elected for a failover', again: 200 };
    if (view && view.master === info.master && (view.subjectivelyDown || view.objectivelyDown)) down++;
  }
  if (down < majority(plan.sentinels.length)) {
    return { memory: NOTHING, orders: [], needs, why: `${down} Sentinels consider the master down`, again: 100 };
  }
  const downSince = memory.downSince ?? now;
  const going: TakeoverMemory = { ...memory, downSince };
  if (memory.notBefore !== undefined && now < memory.notBefore) {
    return { memory: going, orders: [], needs, why: 'an election came to nothing', again: 100 };
  }
  const among = plan.servers.filter((address) => address !== info.master);
  const wanted: Needs = { ...needs, servers: 50, own: 50, replicas: 300 };
  const lately = Math.max(downSince, now - FRESH_MS);
  if (among.some((address) => freshInfo(known.servers.get(address), lately)?.role === 'master')) {
    const why = 'another is master already';
    return { memory: going, orders: [], needs: { ...needs, servers: 200 }, why, again: 200 };
  }
  const heir = bestHeir(known, { among, since: downSince, linked: true, slow: [], downAfterMs: REACHED_AGAIN_MS });
  if (heir.kind === 'wait') return { memory: going, orders: [], needs: wanted, why: heir.why, again: 50 };
  if (heir.kind === 'none' || heir.address !== plan.me) {
    return {
      memory: going,
      orders: [],
      needs: wanted,
      why: heir.kind === 'none' ? 'none may be promoted' : `${heir.address} came further`,
      again: 200,
    };
  }
  const switching = newSwitch(known, info.master, plan.me, heir.offset);
  return proceedTakeover(known, going, switching, 'master-down', nextNumber);
}

const NOTHING: TakeoverMemory = {};

interface Taking {
  readonly switching?: Switch;
  readonly promoted?: Promoted;
  readonly notBefore?: number;
  readonly lost?: string;
}

/** Until a majority of the Sentinels names this server; for the candidates' election too. */
export function afterPromotion<M extends Taking>(
  known: Known,
  memory: M,
  told: Promoted,
  nextNumber: () => number,
): Step<M> {
  const { promoted, orders } = tellAgain(known, told, nextNumber);
  const needs = promoted ? { sentinels: 200 } : {};
  return { memory: { ...memory, promoted }, orders, needs, why: 'promoted this server', again: 200 };
}

/** Elects and promotes the own server; for the candidates' election too. */
export function proceedTakeover<M extends Taking>(
  known: Known,
  memory: M,
  switching: Switch,
  reason: string,
  nextNumber: () => number,
): Step<M> {
  const { now } = known;
  const step = stepSwitch(known, switching, nextNumber);
  if (step.outcome === 'going') {
    return {
      memory: { ...memory, switching: step.switching },
      orders: step.orders,
      needs: { own: 100, ...step.needs },
      why: step.why,
      again: 50,
    };
  }
  const rest = { ...memory, switching: undefined, notBefore: now + AGAIN_MS };
  if (step.outcome === 'lost') {
    const notBefore = now + (step.again ?? AGAIN_MS);
    const why = step.why.replaceAll(' ', '-');
    return {
      memory: { ...rest, notBefore, lost: step.why },
      orders: [],
      needs: { sentinels: 200 },
      why: step.why,
      say: memory.lost === step.why ? [] : [`switch-lost to=${switching.heir} reason=${why}`],
      again: 200,
    };
  }
  const old: Address = switching.election.old;
  return {
    memory: { ...rest, promoted: newPromoted(known, switching.heir, step.epoch), lost: undefined },
    orders: step.orders,
    needs: { own: 0, sentinels: 100 },
    why: 'promoted this server',
    say: [
      `switched to=${switching.heir} epoch=${step.epoch} offset=${switching.offset} reason=${reason} old-master=${old}`,
    ],
  };
}
