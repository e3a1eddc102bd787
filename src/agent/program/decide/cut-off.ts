import { PRIORITY } from './care.js';
import type { Asked, Known, ServerInfo } from './known.js';
import type { CutOffMemory, Durable } from './memory.js';
import { idle, type Step } from './orders.js';
import { freshInfo, hearsMaster, infoAt, majority, others, runningInfo } from './views.js';

/** Nobody else answered for so long: longer than a connection takes that lost a packet, ms. */
const ALONE_MS = 2000;
/** The others were asked so lately, ms. */
const LOOK_MS = 500;
/** Once only Sentinels are back: a server that is there too has answered by then, ms. */
const BACK_MS = 5000;

export interface CutOff {
  readonly cutOff: CutOffMemory;
  readonly durable: Durable;
}

/**
 * A replica that is cut off does not have what is written meanwhile. Should the master die before it is back, its own Sentinel
 * may know of no other replica yet, since it could not reach them either, and promote this one. Nor can a replica that reaches
 * nobody tell whether it is the one that is cut off, or the last one left: that shows when they meet again.
 *
 * | the replica                                       | those that answer                          | then                         |
 * |---------------------------------------------------|--------------------------------------------|------------------------------|
 * | hears its master                                  |                                            | nothing                      |
 * | hears no master                                   | a majority of the servers, or of the Sentinels | nothing: it may be needed |
 * | hears no master                                   | neither, for 2 s                           | must not be promoted: priority 0 |
 * | has 0 for that                                    | no majority of the Sentinels               | waits                        |
 * | has 0 for that                                    | one that is master, or came further        | waits for its master, and for being in step with it |
 * | has 0 for that                                    | a majority of the servers, and none came further | may be promoted again  |
 * | has 0 for that                                    | only Sentinels, for 5 s                    | may be promoted again: there is no better one |
 */
export function decideCutOff(known: Known, { cutOff, durable }: CutOff): Step<CutOff> {
  if (known.server.state !== 'running' || durable.candidate) return idle(end(durable), 'no replica that runs');
  const info = runningInfo(known);
  // An agent that has just begun knows from the one before it whether it was cut off, and not yet what it is.
  if (!info) return idle({ cutOff: NOTHING, durable }, 'asking the own server');
  if (info.role !== 'replica') return idle(end(durable), 'no replica');
  if (hearsMaster(info)) return idle(end(durable), 'the master is heard of');
  const needs = { own: LOOK_MS, servers: LOOK_MS, sentinels: LOOK_MS };
  const step = durable.cutOff ? whileCutOff : whileConnected;
  return { ...step(known, { cutOff, durable }, info), needs };
}

function whileConnected(known: Known, { cutOff, durable }: CutOff, info: ServerInfo): Step<CutOff> {
  const { now, plan } = known;
  const isAlone =
    reached(known, 'sentinels') < majority(plan.sentinels.length) &&
    reached(known, 'servers') < majority(plan.servers.length);
  if (!isAlone || info.priority === 0) return idle({ cutOff: NOTHING, durable }, 'the master is not heard of');
  const aloneSince = cutOff.aloneSince ?? now;
  if (now - aloneSince < ALONE_MS)
    return { ...idle({ cutOff: { aloneSince }, durable }, 'nobody answers'), again: LOOK_MS };
  return toPriority(known, 0, NOTHING, { ...durable, cutOff: true }, 'cut-off');
}

function whileCutOff(known: Known, { cutOff, durable }: CutOff, info: ServerInfo): Step<CutOff> {
  const { now, plan } = known;
  const { orderedAt } = cutOff;
  // What the server said before the last order says nothing of what came of it.
  const isSeen = orderedAt === undefined || infoAt(known) - orderedAt >= LOOK_MS;
  const stayOut = (why: string, backSince?: number): Step<CutOff> =>
    info.priority > 0 && isSeen
      ? toPriority(known, 0, { backSince }, durable, 'cut-off')
      : { ...idle({ cutOff: { orderedAt, backSince }, durable }, why), again: LOOK_MS };
  if (reached(known, 'sentinels') < majority(plan.sentinels.length)) return stayOut('cut off');
  const all = others(known).map((address) => freshInfo(known.servers.get(address), now - ALONE_MS));
  const isBetter = all.some((other) => other && (other.role === 'master' || other.offset > info.offset));
  if (isBetter) return stayOut('was cut off, and another came further');
  const backSince = cutOff.backSince ?? now;
  const isBest = all.filter((other) => other !== undefined).length + 1 >= majority(plan.servers.length);
  if (!isBest && now - backSince < BACK_MS)
    return stayOut('was cut off, and waits for those that may have come further', backSince);
  const why = isBest ? 'came-furthest' : 'nobody-else';
  if (!isSeen) return { ...idle({ cutOff: { orderedAt, backSince }, durable }, why), again: LOOK_MS };
  return info.priority > 0 ? idle(end(durable), why) : toPriority(known, PRIORITY, { backSince }, durable, why);
}

/** Ordered until the server says that it is so: else nobody would put it right. */
function toPriority(known: Known, value: number, cutOff: CutOffMemory, durable: Durable, reason: string): Step<CutOff> {
  return {
    memory: { cutOff: { ...cutOff, orderedAt: known.now }, durable },
    orders: [{ do: 'set-priority', value }],
    needs: {},
    why: reason,
    say: [`priority value=${value} reason=${reason}`],
    again: LOOK_MS,
  };
}

const NOTHING: CutOffMemory = {};

function end(durable: Durable): CutOff {
  return { cutOff: NOTHING, durable: durable.cutOff ? { ...durable, cutOff: undefined } : durable };
}

/** How many of them have answered lately, the own one included. */
function reached(known: Known, kind: 'servers' | 'sentinels'): number {
  let count = 0;
  for (const seen of (known[kind] as ReadonlyMap<string, Asked>).values()) {
    if (seen.contact !== 'refused' && (seen.answeredAt ?? -Infinity) >= known.now - ALONE_MS) count++;
  }
  return count;
}
