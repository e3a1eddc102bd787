import { type Gap, longestGap, type Window } from '../../../src/client/outages.js';
import type { ReadEntry, WriteEntry } from './history.js';

/** The time in which a fault was injected and the topology recovered from it, on the load pod's clock. */
export interface FaultWindow extends Window {
  readonly name: string;
}

export interface Outage extends Gap {
  readonly fault: string;
  /** What each writer saw of it: its own longest gap in the window, by its number. */
  readonly perWriter: ReadonlyMap<number, Gap>;
}

/** The longest gap between consecutive acknowledged writes of all writers that touches the fault's window. */
export function outageOf(writes: readonly WriteEntry[], fault: FaultWindow): Outage {
  const acknowledged = writes.filter((write) => write.outcome === 'ok');
  const perWriter = new Map<number, Gap>();
  for (const writer of new Set(writes.map((write) => write.writer))) {
    perWriter.set(writer, longestGap(acknowledged.filter((write) => write.writer === writer).map(completion), fault));
  }
  return { fault: fault.name, ...longestGap(acknowledged.map(completion), fault), perWriter };
}

/** The longest part of a gap in which one reader had no question under way, in ms. */
export function longestIdle(reads: readonly ReadEntry[], gap: Gap): number {
  const latest = new Map<number, number>();
  let longest = 0;
  for (const { reader, invoked, completed } of [...reads].sort((a, b) => a.invoked - b.invoked)) {
    const since = Math.max(latest.get(reader) ?? invoked, gap.from);
    longest = Math.max(longest, Math.min(invoked, gap.to) - since);
    latest.set(reader, completed);
  }
  return longest;
}

const completion = (write: WriteEntry): number => write.completed;
