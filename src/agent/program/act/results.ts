import type { Outcome } from '../../../client/outcome.js';
import type { Result } from '../decide/known.js';
import { nobodyListens } from '../know/link.js';

/** By then every decision has looked at it, ms. */
const KEPT_MS = 30_000;
const MOST = 200;

/** How numbered orders ended, for some seconds. */
export class Results {
  readonly map = new Map<number, Result>();
  private readonly at = new Map<number, number>();

  constructor(
    private readonly now: () => number,
    private readonly changed: () => void,
  ) {}

  set(number: number | undefined, result: Result): void {
    if (number === undefined) return;
    const now = this.now();
    this.map.set(number, result);
    this.at.set(number, now);
    for (const [old, at] of this.at) {
      if (this.at.size <= MOST && now - at < KEPT_MS) break;
      this.at.delete(old);
      this.map.delete(old);
    }
    this.changed();
  }
}

/**
 * `refused`: it was certainly not carried out. An answer that did not come in time, or a connection that ended before it, is
 * `failed`: it may have been carried out, and may yet be.
 */
export function resultOf(outcome: Outcome): Result {
  switch (outcome.kind) {
    case 'reply':
      return 'done';
    case 'refused':
      return nobodyListens(outcome) ? 'refused' : 'failed';
    case 'silent':
      return 'failed';
    default:
      return 'refused';
  }
}
