import type { Known, Plan, ServerInfo } from './known.js';
import type { CareMemory, Durable } from './memory.js';
import type { Needs, Order, Step } from './orders.js';
import { freshView, infoAt, majority, namedMaster, runningInfo } from './views.js';

/** Redis' own default. */
export const PRIORITY = 100;
/** The normal look at everything, ms: events tell of what is urgent. */
export const LOOK_MS = 1000;
/** Until a replica is in step, its master has one heir less: looked at more often, ms. */
const CATCHING_UP_LOOK_MS = 200;
/** While some Sentinels have yet to hear of a new master, it asks them so often, ms: `/readyz?of=master` waits for their word. */
const SPREADING_LOOK_MS = 50;
/** Without any write a mark is written all the same after that, ms. */
const IDLE_MARK_MS = 10_000;
/** A look comes before its time where it can be done with something else (know/rhythm.ts); less than that is another's look. */
const LOOKED_EARLY = 0.7;
/** A view as old as that still says who is master, for the mark. */
const VIEW_MS = 2500;

export interface Cared {
  readonly care: CareMemory;
  readonly durable: Durable;
}

/**
 * What every running server needs.
 *
 * | the server                                | then                                                                      |
 * |-------------------------------------------|---------------------------------------------------------------------------|
 * | a replica, linked, no copy on its way     | may be promoted (priority 100), unless it is cut off; once its file is written, its volume holds a whole copy |
 * | a replica that is not in step             | is looked at every 0.2 s; its priority stays                              |
 * | that copies everything, or has, until its file is written anew | its volume says that the file is of before the copy  |
 * | a replica that its Sentinel names as master | is looked at at once                                                     |
 * | a master                                  | carries priority 0, so that it begins with it when it is demoted          |
 * | a master that some Sentinels have yet to hear of | asks them every 0.05 s, so that it soon knows when a majority names it |
 * | a master, named by a majority, with new writes or other replicas since the last mark, or 10 s after it | writes a mark: epoch and offset, so that its file tells how far it came |
 * | anything else                             | is left alone                                                             |
 */
export function decideCare(known: Known, memory: Cared, undisturbed: boolean): Step<Cared> {
  const info = runningInfo(known);
  if (!info) {
    const care = memory.care.role === undefined ? memory.care : { ...memory.care, role: undefined, file: undefined };
    return {
      memory: { care, durable: memory.durable },
      orders: [],
      needs: { own: CATCHING_UP_LOOK_MS },
      why: 'no server to look after',
    };
  }
  return info.role === 'master' ? asMaster(known, memory, info, undisturbed) : asReplica(known, memory, info);
}

function asMaster(known: Known, { care, durable }: Cared, info: ServerInfo, undisturbed: boolean): Step<Cared> {
  const orders: Order[] = [];
  const say: string[] = [];
  const file = followFile(known.plan, care, info, true, false);
  orders.push(...file.orders);
  if (care.role !== 'master') {
    orders.push({ do: 'set-fact', fact: 'first-start', holds: false });
    if (durable.candidate) orders.push({ do: 'show-position' });
    if (info.priority !== 0) {
      orders.push({ do: 'set-priority', value: 0 });
      say.push('priority value=0 reason=master');
    }
  }
  if (known.promoteOrdered) orders.push({ do: 'forget-promote' });
  let mark = care.mark;
  let why = 'master';
  if (known.plan.persistent && undisturbed && !info.loading) {
    const named = namedMaster(known, known.now - VIEW_MS);
    const mine = named.master === known.plan.me && named.votes >= majority(known.plan.sentinels.length);
    // The first reign, before any election, counts as 1, as it does where Sentinels know that there was data once.
    const epoch = Math.max(1, named.epoch);
    // What the server told before the last mark says nothing of what was written since.
    const newer = mark && infoAt(known) - mark.at >= LOOK_MS * LOOKED_EARLY;
    // A replica that has copied everything, and a file that was rewritten, hold no mark before the next one.
    const replicas = info.replicas.filter(({ online }) => online).map(({ address }) => address);
    const others = mark?.replicas.length !== replicas.length || replicas.some((one) => !mark?.replicas.includes(one));
    const idle = mark && known.now - mark.at >= IDLE_MARK_MS;
    const due = !mark || mark.epoch !== epoch || (newer && (info.changes !== mark.changes || others)) || idle;
    if (mine && due) {
      orders.push({ do: 'mark', epoch, offset: info.offset });
      // The mark itself is one change.
      mark = { epoch, changes: info.changes + 1, replicas, at: known.now };
      why = 'master, marked';
    }
  }
  // Should it be demoted, it has yet to be let in by its new master.
  const settled = durable.seenAsMaster && !durable.candidate && !durable.linked;
  const memory: Cared = {
    care: { role: 'master', followed: care.followed, file: file.holds, mark },
    durable: settled ? durable : { ...durable, seenAsMaster: true, candidate: undefined, linked: false },
  };
  const sentinels = isSpreading(known) ? SPREADING_LOOK_MS : LOOK_MS;
  return { memory, orders, needs: { own: LOOK_MS, sentinels }, why, say };
}

/** The nearest Sentinel names this server, and others still know the reign before it. */
function isSpreading({ now, plan, sentinels }: Known): boolean {
  const nearest = freshView(sentinels.get(plan.nearest), now - VIEW_MS);
  if (nearest?.master !== plan.me) return false;
  return [...sentinels.values()].some((seen) => {
    const view = freshView(seen, now - VIEW_MS);
    return view !== undefined && view.epoch < nearest.epoch;
  });
}

function asReplica(known: Known, { care, durable }: Cared, info: ServerInfo): Step<Cared> {
  const orders: Order[] = [];
  const say: string[] = [];
  const inStep = info.linkUp && !info.syncing && !info.loading;
  const usual = inStep || durable.candidate ? LOOK_MS : CATCHING_UP_LOOK_MS;
  const needs: Needs = { own: isSaidToBeMaster(known) ? 0 : usual, nearest: LOOK_MS };
  let { raisedAt } = care;
  // It was not in step when it was last looked at.
  const isNew = durable.seenAsMaster || !durable.linked || (care.role === 'replica' && care.file === undefined);
  const file = followFile(known.plan, care, info, inStep, isNew);
  orders.push(...file.orders);
  if (inStep) {
    if (durable.candidate) orders.push({ do: 'show-position' });
    if (known.promoteOrdered) orders.push({ do: 'forget-promote' });
    // What it told before the order says nothing of what came of it.
    if (info.priority === 0 && !durable.cutOff && (raisedAt === undefined || infoAt(known) - raisedAt >= LOOK_MS / 2)) {
      orders.push({ do: 'set-priority', value: PRIORITY });
      say.push(`priority value=${PRIORITY} reason=in-step`);
      raisedAt = known.now;
    }
  }
  const changed = durable.seenAsMaster || (inStep && (!durable.linked || durable.candidate));
  const memory: Cared = {
    care: { role: 'replica', followed: info.master, file: file.holds, raisedAt },
    durable: changed
      ? {
          ...durable,
          seenAsMaster: false,
          linked: durable.linked || inStep,
          candidate: inStep ? undefined : durable.candidate,
        }
      : durable,
  };
  return { memory, orders, needs, why: inStep ? 'replica in step' : 'replica not in step', say };
}

/**
 * What the server's file holds. After a full copy it is of before that until it was written anew: a server that ends meanwhile
 * starts with what it had then, though it has confirmed writes since.
 *
 * @param isNew it may have taken a full copy since it was last looked at
 */
function followFile(
  { persistent }: Plan,
  { file }: CareMemory,
  info: ServerInfo,
  isReady: boolean,
  isNew: boolean,
): { orders: Order[]; holds: CareMemory['file'] } {
  const isCopying = info.loading && info.syncing;
  const isOutdated = file === 'copying' || file === 'outdated';
  if (persistent && (isCopying || (isReady && info.rewriting && isNew && !isOutdated))) {
    const orders: Order[] = file === 'copying' ? [] : [{ do: 'set-fact', fact: 'outdated', holds: true }];
    return { orders, holds: isCopying ? 'copying' : 'outdated' };
  }
  if (isOutdated && (!isReady || info.rewriting)) return { orders: [], holds: 'outdated' };
  if (!isReady) return { orders: [], holds: undefined };
  if (file === 'whole' || info.rewriting) return { orders: [], holds: file ?? 'unknown' };
  const facts = ['incomplete', 'outdated'] as const;
  return { orders: facts.map((fact) => ({ do: 'set-fact', fact, holds: false })), holds: 'whole' };
}

/** Its Sentinel names it since it was last looked at: another's agent has promoted it. */
function isSaidToBeMaster(known: Known): boolean {
  const nearest = known.sentinels.get(known.plan.nearest);
  return nearest?.view?.master === known.plan.me && nearest.viewAt >= infoAt(known);
}
