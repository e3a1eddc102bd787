import type { ReadEntry, WriteEntry } from './history.js';

/** A read that missed a write which had been acknowledged before it was sent, and which was there at the end. */
export interface StaleRead {
  readonly reader: number;
  readonly invoked: number;
  readonly master?: string;
  readonly writer: number;
  readonly value: string | null;
  /** The last write that it had to see. */
  readonly expected: number;
  /** How long before the read the first write that it misses had been acknowledged, in ms. */
  readonly ms: number;
}

interface History {
  readonly seqs: readonly number[];
  readonly completed: readonly number[];
  /** Writes that nobody answered: they may take effect at any later time, and hide what was there. */
  readonly unknown: ReadonlySet<number>;
}

/**
 * @param survives whether an acknowledged write was found in the end: a lost one is told as lost, not as a stale read too
 */
export function staleReads(
  reads: readonly ReadEntry[],
  writes: readonly WriteEntry[],
  survives: (write: WriteEntry) => boolean,
): StaleRead[] {
  const histories = new Map<number, History>();
  const historyOf = (writer: number): History => {
    let history = histories.get(writer);
    if (!history) {
      history = historyFrom(
        writes.filter((write) => write.writer === writer),
        survives,
      );
      histories.set(writer, history);
    }
    return history;
  };
  return reads
    .filter((read) => read.outcome === 'ok')
    .flatMap((read) => (read.values ?? []).flatMap((value, writer) => missed(read, writer, value, historyOf(writer))));
}

function historyFrom(writes: readonly WriteEntry[], survives: (write: WriteEntry) => boolean): History {
  const sure = writes.filter((write) => write.outcome === 'ok' && survives(write)).sort((a, b) => a.seq - b.seq);
  return {
    seqs: sure.map(({ seq }) => seq),
    completed: sure.map(({ completed }) => completed),
    unknown: new Set(writes.filter(({ outcome }) => outcome === 'unknown').map(({ seq }) => seq)),
  };
}

function missed(read: ReadEntry, writer: number, value: string | null, history: History): StaleRead[] {
  const seen = value === null ? -1 : Number(value);
  const { seqs, completed, unknown } = history;
  // A writer does one thing at a time: its writes complete in the order of their numbers.
  const before = firstIndex(completed, (at) => at >= read.invoked);
  const expected = seqs[before - 1];
  if (expected === undefined || seen >= expected || unknown.has(seen)) return [];
  const first = firstIndex(seqs, (seq) => seq > seen);
  const ms = read.invoked - (completed[first] as number);
  return [{ reader: read.reader, invoked: read.invoked, master: read.master, writer, value, expected, ms }];
}

/** Index of the first for which `holds` is true; it is so for all that follow. */
function firstIndex(values: readonly number[], holds: (value: number) => boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(values[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
