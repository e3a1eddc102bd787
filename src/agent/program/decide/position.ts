import type { Known, Position } from './known.js';

/** Where nothing is told: next to nothing, but more than an empty volume. */
export const UNTOLD: Position = { epoch: 0, offset: 0, bytes: 1 };
export const NO_DATA: Position = { epoch: 0, offset: 0, bytes: 0 };

/** The own volume holds data that the engine can read. */
export function hasData({ data }: Pick<Known, 'data'>): boolean {
  return data.there && data.fault === undefined;
}

/**
 * How far a candidate says it had come. A file of before a full copy tells how far the server had come then, and not what it
 * has confirmed since: where all that was confirmed must be found again, it tells nothing.
 */
export function provenPosition(known: Pick<Known, 'data' | 'plan'>): Position {
  const { data, plan } = known;
  if (!hasData(known)) return NO_DATA;
  return data.outdated && plan.whenAbandoned === 'promote-if-certain' ? UNTOLD : data.position;
}
