import { type Gap, longestGap } from '../../../src/client/outages.js';
import { check, type LostWrite } from './checker.js';
import type { ConnectionEntry, FaultEntry, HistoryEntry, ReadEntry, WriteEntry } from './history.js';
import { type Reign, reigns, type TwoMasters, twoMasters } from './masters.js';
import { longestIdle } from './outages.js';
import { type StaleRead, staleReads } from './reads.js';

/** What a history says about the one fault in it. Times in ms. */
export interface Judgement {
  readonly fault: string;
  /** The fault's window, on the load's clock. */
  readonly window: { readonly from: number; readonly healed: number; readonly to: number };
  readonly operations: number;
  readonly acknowledged: number;
  readonly confirmed: number;
  readonly unknown: number;
  readonly lost: readonly LostWrite[];
  readonly lostConfirmed: readonly LostWrite[];
  /** The longest time without an acknowledged write of those clients that ask Sentinel. */
  readonly writeOutage: Gap;
  /**
   * Of that time, in ms: the longest part in which a reader in the writers' process had no question under way. It asks 50
   * times a second, whatever comes back: beyond 20 ms it was not the topology that kept the clients waiting, for their
   * process did not run. 0 where nobody reads.
   */
  readonly clientsIdle: number;
  /** The same for reads from the master. */
  readonly readOutage: Gap;
  readonly twoMasters: TwoMasters;
  /** Of clients that ask Sentinel. */
  readonly staleReads: readonly StaleRead[];
  /** Of clients that cling to one server: a master that is cut off cannot know what it misses. */
  readonly pinnedStaleReads: readonly StaleRead[];
  /** Whether a client that clings to one server lost its connection; undefined where there was none. */
  readonly clingingDisconnected?: boolean;
  /** Who was master when, by host name. */
  readonly reigns: readonly Reign[];
  /** From the fault, and from the last thing done, until nothing was wrong any more; undefined where that never came. */
  readonly wholeAfter?: { readonly fault: number; readonly healed: number };
}

/**
 * Judges the history of one fault: pure, so that a kept file is judged alike.
 *
 * @throws when there is not exactly one fault in it, or when a write was never read back
 */
export function judge(history: readonly HistoryEntry[]): Judgement {
  const faults = history.filter((entry): entry is FaultEntry => entry.kind === 'fault');
  const [fault] = faults;
  if (!fault || faults.length > 1) throw new Error(`a history must hold one fault, has ${faults.length}`);
  const named = (entry: WriteEntry | ReadEntry) => ({ ...entry, master: nameOf(entry.master, fault) });
  const writes = history.filter((entry): entry is WriteEntry => entry.kind === 'write').map(named) as WriteEntry[];
  const reads = history.filter((entry): entry is ReadEntry => entry.kind === 'read').map(named) as ReadEntry[];
  const { operations, acknowledged, confirmed, unknown, lost, lostConfirmed } = check(history);
  const gone = new Set(lost.map(({ writer, seq }) => `${writer}:${seq}`));
  const stale = staleReads(reads, writes, ({ writer, seq }) => !gone.has(`${writer}:${seq}`));
  const isPinned = (number: number) => fault.pinned.includes(number);
  const outage = (entries: readonly (WriteEntry | ReadEntry)[]) =>
    longestGap(
      entries.filter((entry) => entry.outcome === 'ok').map((entry) => entry.completed),
      fault,
    );
  const writeOutage = outage(writes.filter(({ writer }) => !isPinned(writer)));
  const asked = reads.filter(({ reader }) => !isPinned(reader));
  return {
    fault: fault.name,
    window: { from: fault.from, healed: fault.healed, to: fault.to },
    operations,
    acknowledged,
    confirmed,
    unknown,
    lost,
    lostConfirmed,
    writeOutage,
    clientsIdle: longestIdle(asked, writeOutage),
    readOutage: outage(asked),
    twoMasters: twoMasters(writes),
    staleReads: stale.filter(({ reader }) => !isPinned(reader)),
    pinnedStaleReads: stale.filter(({ reader }) => isPinned(reader)),
    clingingDisconnected: fault.pinned.length === 0 ? undefined : disconnected(history, fault),
    reigns: reigns(writes),
    wholeAfter: fault.whole ? { fault: fault.to - fault.from, healed: fault.to - fault.healed } : undefined,
  };
}

function disconnected(history: readonly HistoryEntry[], { from, to, pinned }: FaultEntry): boolean {
  const closed = (entry: HistoryEntry): entry is ConnectionEntry =>
    entry.kind === 'connection' && entry.event === 'close';
  return history.some((entry) => closed(entry) && pinned.includes(entry.writer) && entry.at >= from && entry.at <= to);
}

function nameOf(address: string | undefined, { servers }: FaultEntry): string | undefined {
  return address === undefined ? undefined : (servers[address] ?? address);
}
