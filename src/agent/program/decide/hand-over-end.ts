// How a hand-over ends: the Sentinels name the heir that was promoted, or one of them is asked for a failover of its own.

import type { Address, Known } from './known.js';
import type { HandOverMemory } from './memory.js';
import type { Order, Step } from './orders.js';
import { newPromoted, tellAgain, tellAll } from './switch.js';
import { freshInfo, majority, type Named, namedMaster, others } from './views.js';

/** A failover of Sentinel's own takes two seconds, ms. */
const AGREE_MS = 15_000;
const ASK_FAILOVER_EVERY_MS = 2000;
/** A proxy asks each agent anew so often (src/access/proxy-config.ts: 100 ms), and half as much for the answer, ms. */
const PROXIES_LEARN_MS = 150;

/** The heir is master, with all writes. */
export function tellOfHeir(known: Known, memory: HandOverMemory, nextNumber: () => number): Step<HandOverMemory> {
  const { now, plan } = known;
  const heir = memory.heir as Address;
  const epoch = memory.epoch as number;
  const lastMs = Math.round(known.realNow - (memory.pausedAt as number));
  const retiresAt = known.isProxied ? now + PROXIES_LEARN_MS : undefined;
  const all = tellAll(known, heir, epoch, nextNumber());
  const told =
    retiresAt === undefined ? retireFirst(all, plan.me) : all.filter((order) => !isRetirement(order, plan.me));
  return {
    memory: { ...memory, phase: 'agree', since: now, lastMs, retiresAt, promoted: newPromoted(known, heir, epoch) },
    orders: [...told, { do: 'drop-clients' }],
    needs: { sentinels: 0, servers: 0 },
    why: 'telling all',
    again: 20,
  };
}

export function agree(known: Known, memory: HandOverMemory, nextNumber: () => number): Step<HandOverMemory> {
  const since = memory.since as number;
  const { retiresAt, heir } = memory;
  if (retiresAt !== undefined) {
    const why = 'waiting until the proxies know of the heir';
    if (known.now < retiresAt) return { memory, orders: [], needs: {}, why, again: retiresAt - known.now };
    const retirement: Order = { do: 'follow', server: known.plan.me, master: heir };
    return {
      memory: { ...memory, retiresAt: undefined },
      orders: [retirement, { do: 'drop-clients' }],
      needs: { sentinels: 0, servers: 0 },
      why: 'follows the heir',
      again: 20,
    };
  }
  const master = switched(known, since);
  if (master) {
    return over(memory, 'handed over', [
      `handed-over to=${master} epoch=${memory.epoch} writes-paused=${memory.lastMs}ms`,
    ]);
  }
  if (known.now - since < AGREE_MS) {
    const told = memory.promoted && tellAgain(known, memory.promoted, nextNumber);
    return {
      memory: { ...memory, promoted: told?.promoted },
      orders: told?.orders ?? [],
      needs: { sentinels: 50, servers: 50 },
      why: 'waiting until the Sentinels name the heir',
      again: 20,
    };
  }
  return over(memory, 'the Sentinels do not agree', [
    `hand-over-unconfirmed reason=the-Sentinels-do-not-name-${memory.heir}, which is master; writes to this server stay paused`,
  ]);
}

/** The slow way: unless the Sentinels have another master by now. */
export function askSentinel(known: Known, memory: HandOverMemory, reason: string): Step<HandOverMemory> {
  return {
    memory: { ...memory, phase: 'by-sentinel', since: known.now, askedFailoverAt: undefined },
    orders: [],
    needs: { sentinels: 0, servers: 0 },
    why: 'asking whom the Sentinels name',
    say: [`failover-wanted reason=${reason}`],
    again: 20,
  };
}

export function bySentinel(known: Known, memory: HandOverMemory, nextNumber: () => number): Step<HandOverMemory> {
  const { now, plan } = known;
  const since = memory.since as number;
  const master = switched(known, since);
  if (master) {
    const lastMs = Math.round(known.realNow - (memory.pausedAt as number));
    const done = over({ ...memory, lastMs }, 'handed over', [
      `handed-over to=${master} by=sentinel writes-paused=${lastMs}ms`,
    ]);
    return { ...done, orders: [{ do: 'follow', server: plan.me, master }, { do: 'drop-clients' }, ...done.orders] };
  }
  if (now - since >= AGREE_MS) {
    return over(memory, 'the Sentinels did not agree', [
      'hand-over-failed reason=the-Sentinels-did-not-agree; writes stay paused, the shutdown waits for the replicas',
    ]);
  }
  const named = namedMaster(known, since);
  if (hasHeir(known, memory, named)) return tellOfHeir(known, memory, nextNumber);
  const { askedFailoverAt } = memory;
  const due = askedFailoverAt === undefined || now - askedFailoverAt >= ASK_FAILOVER_EVERY_MS;
  const ask = due && named.master === plan.me;
  return {
    memory: ask ? { ...memory, askedFailoverAt: now } : memory,
    orders: ask ? [{ do: 'ask-failover' }] : [],
    needs: { sentinels: 100, servers: 100 },
    why: 'waiting for the failover of a Sentinel',
    again: 100,
  };
}

/**
 * This agent did not run for a while after it had the heir promoted: it may have been outrun since. It was not where all that
 * answer still have a configuration of before, none is at a failover, nobody else is master, and the pause held. Another failover
 * would only pause writes for longer.
 */
function hasHeir(known: Known, memory: HandOverMemory, named: Named): boolean {
  const { heir, epoch, since, pausedUntil } = memory;
  const { plan } = known;
  if (heir === undefined || epoch === undefined || known.realNow >= (pausedUntil as number)) return false;
  if (named.answered < majority(plan.sentinels.length) || named.epoch >= epoch || named.failoverInProgress)
    return false;
  const roleOf = (address: Address) => freshInfo(known.servers.get(address), since as number)?.role;
  return (
    roleOf(heir) === 'master' && others(known).every((address) => address === heir || roleOf(address) !== 'master')
  );
}

/** A majority of the Sentinels names another, which is master. */
function switched(known: Known, since: number): Address | undefined {
  const named = namedMaster(known, since);
  if (named.votes < majority(known.plan.sentinels.length) || !named.master || named.master === known.plan.me)
    return undefined;
  return freshInfo(known.servers.get(named.master), since)?.role === 'master' ? named.master : undefined;
}

export function over(memory: HandOverMemory, why: string, say: readonly string[] = []): Step<HandOverMemory> {
  return { memory: { ...memory, phase: 'over' }, orders: [{ do: 'release-hook' }], needs: {}, why, say };
}

function isRetirement(order: Order, me: Address): boolean {
  return order.do === 'follow' && order.server === me;
}

/** The own server follows first: its clients look for the new master from then on. */
function retireFirst(orders: readonly Order[], me: Address): Order[] {
  const [announcement, ...rest] = orders.filter((order) => !isRetirement(order, me));
  const own = orders.filter((order) => isRetirement(order, me));
  return [...(announcement ? [announcement] : []), ...own, ...rest];
}
