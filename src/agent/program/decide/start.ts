import type { Address, Contact, Known } from './known.js';
import type { Durable, StartMemory } from './memory.js';
import { type Order, type Step, within } from './orders.js';
import { type Peers, peers } from './peers.js';
import { hasData, provenPosition } from './position.js';
import { freshInfo, majority, type Named, namedMaster } from './views.js';

/** A busy server answers within them, a lost node never, ms. */
export const SILENT_FOR_MS = 5000;
/** How old an answer may be that a start is decided on, ms: whoever answers at all on a busy node does so within 1 s. */
const FRESH_MS = 1500;
/** From `whenAbandonedAfter` on, the others are candidates, and one is promoted within this time, ms. */
const OTHERS_ELECT_MS = 20_000;
/** After an order to start, the container is not ordered again before it had the time to do it, ms. */
const ORDER_MS = 5000;

export interface Started {
  readonly start: StartMemory;
  readonly durable: Durable;
}

/**
 * The guard: may the waiting server start, and as what? It stands against the worst of failures, a master that comes back
 * empty and whose replicas copy the emptiness.
 *
 * The server that the Sentinels name as master does not listen until either another has been named, or no other can have
 * what it has. While it does not listen, the Sentinels see it down, and a replica that has the data is promoted. In doubt it
 * waits; and it decides anew with each answer.
 *
 * | the Sentinels                         | the other servers                   | this one                | then it                 |
 * |---------------------------------------|-------------------------------------|-------------------------|-------------------------|
 * | fewer than a majority answer          |                                     |                         | waits                   |
 * | name two masters in one epoch         |                                     |                         | waits                   |
 * | name another                          | which answers as master             |                         | starts as its replica   |
 * | name another                          | one is master or may be promoted    |                         | waits for the failover  |
 * | name another                          | one does not say what it is         |                         | waits                   |
 * | name another, which is away           | none                                | for less than the time  | waits                   |
 * | name another, which is away           | none                                | for `whenAbandonedAfter`, or by a person's word | starts as a candidate |
 * | name it                               | one is master                       |                         | waits                   |
 * | name it                               | one may be promoted                 |                         | does not listen         |
 * | name it                               | one does not answer, for up to 5 s  |                         | waits                   |
 * | name it                               | one does not say what it is         |                         | waits                   |
 * | name it                               | none                                | has data                | starts as master        |
 * | name it                               | none                                | has a file of before its last full copy | waits for the others to go on; `default` starts 20 s later |
 * | name it, in epoch 0                   | none                                | empty, and the first    | notes it, then starts   |
 * | name it                               | none                                | empty, by a person's word | starts as master      |
 * | name it                               | none                                | empty, `whenEmpty: start` | starts after the time |
 * | name it                               | none                                | empty                   | waits                   |
 *
 * A server whose file is damaged counts as empty, and puts the file aside when it starts. One whose file is of a newer engine,
 * or of another, is not started at all: nothing is wrong with the file.
 */
export function decideStart(known: Known, memory: Started, nextNumber: () => number): Step<Started> {
  const step = guard(known, memory.start, nextNumber);
  return within(step, { start: step.memory, durable: ofTheServer(memory.durable, step.orders) });
}

/** What was true of the server before is not true of the one that starts. */
function ofTheServer(durable: Durable, orders: readonly Order[]): Durable {
  for (const order of orders) {
    if (order.do !== 'start-server') continue;
    const { position } = order;
    return { ...durable, seenAsMaster: false, linked: false, fenced: false, candidate: position && { position } };
  }
  return durable;
}

function guard(known: Known, memory: StartMemory, nextNumber: () => number): Step<StartMemory> {
  const { server, now, plan } = known;
  if (server.state !== 'waiting') return { memory: NOTHING, orders: [], needs: {}, why: `server ${server.state}` };
  const { startedAt } = memory;
  if (startedAt !== undefined && startedAt >= server.since && now - startedAt < ORDER_MS) {
    return { memory, orders: [], needs: {}, why: 'ordered to start', again: 100 };
  }
  const since = Math.max(server.since, now - FRESH_MS);
  const named = namedMaster(known, since);
  const quorate = majority(plan.sentinels.length);
  const step = { known, memory, named, peers: peers(known, since), since, nextNumber };
  if (named.answered < quorate) {
    const denied = plan.sentinels.filter((address) => known.sentinels.get(address)?.contact === 'denied');
    const untrusted = plan.sentinels.filter((address) => known.sentinels.get(address)?.contact === 'untrusted');
    const more =
      (denied.length > 0 ? `; ${REFUSING} ${denied.join(' ')}` : '') +
      (untrusted.length > 0 ? `; ${UNTRUSTED} ${untrusted.join(' ')}` : '');
    return wait(
      { ...memory, abandonedSince: undefined },
      `${named.answered} of ${plan.sentinels.length} Sentinels answer, ${quorate} must${more}`,
    );
  }
  if (!named.master) return wait(memory, `the Sentinels name two masters in epoch ${named.epoch}`);
  return named.master === plan.me ? asNamedMaster(step) : asAnother(step, named.master);
}

const NOTHING: StartMemory = {};
const REFUSING =
  "these refuse this pod's password, which has been changed; the kubelets bring it to all within a minute or two:";
const UNTRUSTED = 'the certificate is not accepted by or of';
const RESERVED: Partial<Record<Contact, string>> = {
  denied: REFUSING,
  untrusted: UNTRUSTED,
  busy: 'alive, but too busy to say what they are:',
};

/** They may be anything. */
function reservedOnes(known: Known, addresses: readonly Address[]): string {
  const contact = known.servers.get(addresses[0] as Address)?.contact ?? 'busy';
  return `${RESERVED[contact]} ${addresses.join(' ')}`;
}

interface Context {
  readonly known: Known;
  readonly memory: StartMemory;
  readonly named: Named;
  readonly peers: Peers;
  /** No older answer counts. */
  readonly since: number;
  readonly nextNumber: () => number;
}

function asNamedMaster(context: Context): Step<StartMemory> {
  const { known, named, peers: seen } = context;
  const { data, plan, now } = known;
  const isWhole = hasData(known) && !data.outdated;
  const silentSince = seen.silent.length > 0 ? (context.memory.silentSince ?? now) : undefined;
  const nobody = !seen.master && !seen.promotable && !isWhole;
  const { emptySince: before, noting, startedAt } = context.memory;
  const memory: StartMemory = {
    silentSince,
    emptySince: nobody ? before : undefined,
    abandonedSince: undefined,
    noting,
    startedAt,
  };
  const epoch = `(epoch ${named.epoch})`;
  if (seen.master) {
    return wait(memory, `another server is master: ${seen.master}; the Sentinels have yet to agree on it ${epoch}`);
  }
  if (seen.promotable) {
    return wait(memory, `not listening, so that a replica with the data is promoted: ${seen.promotable} ${epoch}`);
  }
  if (seen.reserved.length > 0) return wait(memory, reservedOnes(known, seen.reserved));
  if (seen.unknown.length > 0) return wait(memory, `asking ${seen.unknown.join(' ')}`);
  if (silentSince !== undefined && now - silentSince < SILENT_FOR_MS) {
    const limit = `for ${SILENT_FOR_MS / 1000} s at the most`;
    return wait(memory, `no answer from ${seen.silent.join(' ')}, which may be promotable; ${limit}`);
  }
  if (data.there && data.foreign) return wait(memory, `${data.fault}`);
  if (isWhole) return startMaster(context, memory, 'reason=no-other-has-the-data');
  if (!hasData(known) && isFirstStart(context)) return noteFirstStart(context, memory);
  if (known.promoteOrdered) {
    return startMaster(context, memory, 'reason=ordered-by-a-person loss=all-that-only-other-servers-hold');
  }
  const emptySince = memory.emptySince ?? now;
  if (hasData(known)) return asOutdated(context, { ...memory, emptySince }, now - emptySince);
  if (plan.whenEmpty === 'start') {
    const after = plan.whenEmptyAfter;
    if (now - emptySince >= after) return startMaster(context, memory, `reason=nobody-has-data after=${after / 1000}s`);
    return wait(
      { ...memory, emptySince },
      `this master has lost its data and no other server has any; it starts empty after ${after / 1000} s`,
    );
  }
  return wait(
    { ...memory, emptySince },
    `this master has lost its data and no server that has any is up; a majority of the others goes on without it after ` +
      `${plan.whenAbandonedAfter / 1000} s. If all have lost theirs: promote (see the runbook)`,
  );
}

/** The others that followed it may hold what its file does not. */
function asOutdated(context: Context, memory: StartMemory, waited: number): Step<StartMemory> {
  const { plan } = context.known;
  const file = "this master's file is of before the full copy that it had taken";
  const others = `a majority of the others goes on without it after ${plan.whenAbandonedAfter / 1000} s`;
  if (plan.whenAbandoned === 'promote-if-certain') {
    return wait(memory, `${file}; ${others}. If they cannot: promote (see the runbook)`);
  }
  const after = plan.whenAbandonedAfter + OTHERS_ELECT_MS;
  if (waited >= after) {
    const loss = 'loss=what-was-written-since-its-last-full-copy';
    return startMaster(context, memory, `reason=nobody-else-goes-on after=${after / 1000}s ${loss}`);
  }
  return wait(memory, `${file}; ${others}, or it starts with that after ${after / 1000} s`);
}

function asAnother(context: Context, master: string): Step<StartMemory> {
  const { known, named, peers: seen, since } = context;
  const { data, plan, now } = known;
  const { abandonedSince: before, noting, startedAt } = context.memory;
  const memory: StartMemory = {
    silentSince: undefined,
    emptySince: undefined,
    abandonedSince: before,
    noting,
    startedAt,
  };
  if (data.there && data.foreign) return wait(memory, `${data.fault}`);
  // By its own word: an old one that has yet to hear of it may say so too.
  if (freshInfo(known.servers.get(master), since)?.role === 'master') {
    const orders: Order[] = [];
    if (!hasData(known)) orders.push({ do: 'set-fact', fact: 'incomplete', holds: true });
    orders.push({ do: 'set-fact', fact: 'first-start', holds: false });
    if (known.promoteOrdered) orders.push({ do: 'forget-promote' });
    orders.push({ do: 'start-server', as: 'replica', master, setAside: data.fault !== undefined });
    return {
      memory: { startedAt: now },
      orders,
      needs: {},
      why: `starts as a replica of ${master}`,
      say: [`start-replica master=${master} epoch=${named.epoch}${setAside(data.fault)}`],
    };
  }
  if (seen.master || seen.promotable) {
    return wait(
      { ...memory, abandonedSince: undefined },
      `master ${master} does not answer as master: a failover is under way (epoch ${named.epoch})`,
    );
  }
  if (seen.reserved.length > 0 && !known.promoteOrdered) {
    return wait({ ...memory, abandonedSince: undefined }, reservedOnes(known, seen.reserved));
  }
  if (seen.unknown.length > 0) return wait(memory, `asking ${seen.unknown.join(' ')}`);
  const abandonedSince = memory.abandonedSince ?? now;
  const after = plan.whenAbandonedAfter;
  if (known.promoteOrdered) return startCandidate(context, master, 'reason=ordered-by-a-person');
  if (now - abandonedSince >= after) {
    return startCandidate(context, master, `reason=master-away after=${after / 1000}s`);
  }
  return wait(
    { ...memory, abandonedSince },
    `the last master ${master} is not back and no server may be promoted; after ${after / 1000} s the one that came furthest is`,
  );
}

function startMaster({ known, named }: Context, memory: StartMemory, reason: string): Step<StartMemory> {
  const { data } = known;
  return {
    memory: { ...memory, startedAt: known.now },
    orders: [
      { do: 'set-fact', fact: 'incomplete', holds: false },
      ...(known.promoteOrdered ? [{ do: 'forget-promote' } as const] : []),
      { do: 'start-server', as: 'master', setAside: data.fault !== undefined },
    ],
    needs: {},
    why: `starts as master: ${reason}`,
    say: [`start-master epoch=${named.epoch} ${reason}${setAside(data.fault)}`],
  };
}

/** It serves nobody, but the others see how far it had come: one of a majority is then promoted. */
function startCandidate({ known, named }: Context, master: string, reason: string): Step<StartMemory> {
  const { data } = known;
  const position = provenPosition(known);
  const text = `${position.epoch}/${position.offset}/${position.bytes}`;
  return {
    memory: { startedAt: known.now },
    orders: [
      ...(hasData(known) ? [] : [{ do: 'set-fact', fact: 'incomplete', holds: true } as const]),
      { do: 'start-server', as: 'candidate', master, position, setAside: data.fault !== undefined },
    ],
    needs: {},
    why: 'starts as a candidate',
    say: [`start-candidate master=${master} epoch=${named.epoch} position=${text} ${reason}${setAside(data.fault)}`],
  };
}

function setAside(fault: string | undefined): string {
  return fault === undefined ? '' : ` put-aside=damaged-file (${fault})`;
}

/** Nothing was ever stored in this topology; or this server has said so before, and ended before it had a file. */
function isFirstStart({ known, named, memory }: Context): boolean {
  const { plan, data } = known;
  if (plan.ordinal !== 0) return false;
  return (
    named.epoch === 0 || (named.epoch === 1 && ((plan.persistent && data.firstStart) || memory.noting !== undefined))
  );
}

/**
 * A majority of the Sentinels must hold epoch 1 on disk before there is a master that takes writes. Were it noted later, a
 * stop of all in between, with this server's volume lost, would be taken for a first start once more.
 */
function noteFirstStart(context: Context, memory: StartMemory): Step<StartMemory> {
  const { known, named, nextNumber } = context;
  const { plan, now, results } = known;
  const { noting } = memory;
  const quorate = majority(plan.sentinels.length);
  const announce = (): Step<StartMemory> => {
    const number = nextNumber();
    const orders: Order[] = [{ do: 'announce', master: plan.me, epoch: 1, number }];
    if (named.epoch === 0) orders.unshift({ do: 'set-fact', fact: 'first-start', holds: true });
    return {
      ...wait({ ...memory, noting: { phase: 'announce', number, since: now } }, 'the Sentinels note the first start'),
      orders,
    };
  };
  if (!noting) {
    if (named.epoch === 1 && named.votes >= quorate) return startMaster(context, memory, 'reason=first-start');
    return announce();
  }
  const late = now - noting.since > 3000;
  if (noting.phase === 'announce' && (late || results.has(noting.number))) {
    const number = nextNumber();
    return {
      ...wait(
        { ...memory, noting: { phase: 'flush', number, since: now } },
        'the Sentinels write the first start to disk',
      ),
      orders: [{ do: 'flush-sentinels', number }],
    };
  }
  if (noting.phase === 'flush' && (late || results.has(noting.number))) {
    return wait({ ...memory, noting: { phase: 'look', number: 0, since: now } }, 'asks whether all have noted it', 0);
  }
  if (noting.phase === 'look') {
    const after = namedMaster(known, noting.since);
    if (after.epoch === 1 && after.master === plan.me && after.votes >= quorate) {
      return startMaster(context, memory, 'reason=first-start');
    }
    if (after.answered >= quorate && now - noting.since >= 300) return announce();
  }
  return wait(memory, `${named.votes} Sentinels have noted the first start, ${quorate} must`, 50);
}

function wait(memory: StartMemory, why: string, maxAge = 200): Step<StartMemory> {
  return { memory, orders: [], needs: { sentinels: maxAge, servers: maxAge, own: FRESH_MS }, why, again: 100 };
}
