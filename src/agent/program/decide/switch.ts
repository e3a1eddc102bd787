import { isOverslept, newElection, stepElection } from './election.js';
import type { Address, Known } from './known.js';
import type { Promoted, Switch } from './memory.js';
import type { Needs, Order } from './orders.js';
import { freshInfo, majority, namedMaster, own } from './views.js';

const PROMOTE_MS = 2000;
/** A Sentinel takes a hello message over at once; by then all have said so, ms. */
const TELL_AGAIN_MS = 500;
/** After that it is left to the Sentinels among themselves, ms. */
const TELL_FOR_MS = 10_000;

export type SwitchStep =
  | {
      readonly outcome: 'going';
      readonly switching: Switch;
      readonly orders: readonly Order[];
      readonly needs: Needs;
      readonly why: string;
    }
  /** The heir is master. The orders that tell all others go with it. */
  | { readonly outcome: 'promoted'; readonly epoch: number; readonly orders: readonly Order[] }
  /** Nothing has changed. */
  | { readonly outcome: 'lost'; readonly why: string; readonly again?: number };

export function newSwitch(known: Known, old: Address, heir: Address, offset: number, after?: number): Switch {
  return { phase: 'elect', heir, offset, election: newElection(known, old, after), number: 0, since: known.now };
}

/**
 * The switch to a new master, after a crash and in the place of a failover that is overdue: the heir is known, and has every
 * write, so nobody has to wait until a Sentinel finds out. First the election; then the heir is promoted; then the others
 * follow it, and the Sentinels are told in their own protocol.
 */
export function stepSwitch(known: Known, switching: Switch, nextNumber: () => number): SwitchStep {
  const { now } = known;
  if (switching.phase === 'elect') {
    const step = stepElection(known, switching.election, nextNumber);
    if (step.outcome === 'lost') return step;
    if (step.outcome === 'going') return { ...step, switching: { ...switching, election: step.election } };
    const number = nextNumber();
    return {
      outcome: 'going',
      switching: {
        ...switching,
        phase: 'promote',
        number,
        since: now,
        election: { ...switching.election, epoch: step.epoch },
      },
      orders: [{ do: 'follow', server: switching.heir, number }],
      needs: {},
      why: `promoting ${switching.heir}`,
    };
  }
  if (isOverslept(known, switching.election)) {
    // Nobody is told of an election that may be outdated. Where it is not, there is another one for the same heir.
    const { old, epoch } = switching.election;
    const again: Switch = { ...switching, phase: 'elect', election: newElection(known, old, epoch) };
    return {
      outcome: 'going',
      switching: again,
      orders: [],
      needs: { sentinels: 0 },
      why: 'this agent did not run for a while',
    };
  }
  const result = known.results.get(switching.number);
  // An order whose answer is lost may have been carried out: the heir itself is asked.
  const heir = freshInfo(known.servers.get(switching.heir), switching.since);
  const promoted = result === 'done' || heir?.role === 'master';
  if (promoted) {
    const { epoch } = switching.election;
    return { outcome: 'promoted', epoch, orders: tellAll(known, switching.heir, epoch, nextNumber()) };
  }
  if (result === 'refused') return { outcome: 'lost', why: `${switching.heir} refuses to be promoted` };
  if (now - switching.since >= PROMOTE_MS) {
    return { outcome: 'lost', why: `${switching.heir} does not answer` };
  }
  const needs: Needs = switching.heir === known.plan.me ? { own: 100 } : { servers: 100 };
  return { outcome: 'going', switching, orders: [], needs, why: `promoting ${switching.heir}` };
}

/**
 * A strict master takes no write before a replica follows it: those are told at the same time as the Sentinels. Whoever
 * follows the old master by its own word is told too: in the midst of a change of their number this pod may not know all.
 */
export function tellAll(known: Known, heir: Address, epoch: number, number: number): Order[] {
  const followers = new Set(known.plan.servers);
  for (const { address } of own(known)?.info?.replicas ?? []) followers.add(address);
  followers.delete(heir);
  return [
    { do: 'announce', master: heir, epoch, number },
    ...[...followers].map((server): Order => ({ do: 'follow', server, master: heir })),
  ];
}

export function newPromoted(known: Known, heir: Address, epoch: number): Promoted {
  return { heir, epoch, since: known.now, toldAt: known.now };
}

/**
 * Tells the Sentinels again, as long as no majority of them names the new master. Only them: they go by the epoch, and servers
 * do as they are told.
 */
export function tellAgain(
  known: Known,
  promoted: Promoted,
  nextNumber: () => number,
): { readonly promoted?: Promoted; readonly orders: readonly Order[] } {
  const { now, plan } = known;
  const { heir, epoch, since, toldAt } = promoted;
  const named = namedMaster(known, since);
  const agreed = named.epoch >= epoch && named.votes >= majority(plan.sentinels.length);
  if (agreed || now - since >= TELL_FOR_MS) return { orders: [] };
  if (now - toldAt < TELL_AGAIN_MS) return { promoted, orders: [] };
  return {
    promoted: { ...promoted, toldAt: now },
    orders: [{ do: 'announce', master: heir, epoch, number: nextNumber() }],
  };
}
