import type { HistoryEntry, ReadBackEntry, WriteEntry } from './history.js';
import { type FaultWindow, type Outage, outageOf } from './outages.js';

/** An acknowledged write that the master did not have at the end. */
export interface LostWrite {
  readonly writer: number;
  readonly seq: number;
  readonly acknowledgedAt: number;
  readonly master?: string;
  readonly waited?: number;
  /** What the master had instead. */
  readonly found: string | null;
}

export interface Report {
  readonly operations: number;
  readonly acknowledged: number;
  /** Acknowledged by the master, and by at least one replica (`WAIT`). */
  readonly confirmed: number;
  readonly refused: number;
  readonly unknown: number;
  /** Operations without a reply that turned out to have been applied: allowed, and told. */
  readonly unknownApplied: number;
  readonly lost: readonly LostWrite[];
  readonly lostConfirmed: readonly LostWrite[];
  readonly outages: readonly Outage[];
}

/**
 * Judges a finished run: pure, so that a history copied out of its pod can be judged again.
 *
 * It promises to find every acknowledged write that is missing from, or different in, the read-back. It does not see a
 * write that was lost for a while and came back.
 *
 * @throws when a write has no read-back: such a history can prove no loss, and no absence of one.
 */
export function check(history: readonly HistoryEntry[], faults: readonly FaultWindow[] = []): Report {
  const writes = history.filter((entry): entry is WriteEntry => entry.kind === 'write');
  const readBack = new Map(
    history
      .filter((entry): entry is ReadBackEntry => entry.kind === 'read-back')
      .map((entry) => [`${entry.writer}:${entry.seq}`, entry.value]),
  );
  const found = (write: WriteEntry): string | null => {
    const value = readBack.get(`${write.writer}:${write.seq}`);
    if (value === undefined) {
      throw new Error(
        `write ${write.seq} of writer ${write.writer} was never read back: the history is incomplete (stop the load before copying it)`,
      );
    }
    return value;
  };
  const of = (outcome: WriteEntry['outcome']) => writes.filter((write) => write.outcome === outcome);
  const acknowledged = of('ok');
  const lost = acknowledged
    .filter((write) => found(write) !== String(write.seq))
    .map((write) => ({
      writer: write.writer,
      seq: write.seq,
      acknowledgedAt: write.completed,
      master: write.master,
      waited: write.waited,
      found: found(write),
    }));
  return {
    operations: writes.length,
    acknowledged: acknowledged.length,
    confirmed: acknowledged.filter(isConfirmed).length,
    refused: of('error').length,
    unknown: of('unknown').length,
    unknownApplied: of('unknown').filter((write) => found(write) !== null).length,
    lost,
    lostConfirmed: lost.filter(isConfirmed),
    outages: faults.map((fault) => outageOf(writes, fault)),
  };
}

/**
 * The lost writes that a fault may be blamed for: acknowledged before its window ended and after the previous one's end.
 * A later fault may have lost them too; the run's total is what counts, this helps to look.
 */
export function lostBy(lost: readonly LostWrite[], faults: readonly FaultWindow[], index: number): LostWrite[] {
  const from = index === 0 ? Number.NEGATIVE_INFINITY : (faults[index - 1] as FaultWindow).to;
  const to = index === faults.length - 1 ? Number.POSITIVE_INFINITY : (faults[index] as FaultWindow).to;
  return lost.filter((write) => write.acknowledgedAt > from && write.acknowledgedAt <= to);
}

const isConfirmed = (write: { readonly waited?: number }): boolean => (write.waited ?? 0) >= 1;
