/** A wake-up that comes later than this after it was due tells that this process did not run, ms. */
export const LATE_MS = 50;

/**
 * The honest clock of the decisions: monotonic, and it leaves out the time in which the agent itself did not run (it was
 * stopped, starved, or busy with itself). Otherwise every silence of a server would count the agent's own sleep, and a
 * healthy server would be ended on a busy machine.
 *
 * Whoever sleeps says until when at the latest (`expect`). What goes beyond that and `LATE_MS` is a stall. It is noticed at
 * the first reading after it, whatever woke the process. A stall that fits in before the wake-up that is due is not seen: so
 * while an answer is awaited that a limit hangs on, wake-ups are close together.
 */
export class Clock {
  /** How many stalls there were, how long in all and the longest, ms. */
  stalls = 0;
  stalledMs = 0;
  longestStallMs = 0;
  private due = Number.POSITIVE_INFINITY;

  /** @param real ms of a clock that never jumps */
  constructor(private readonly real: () => number = () => performance.now()) {}

  /** ms; stands still while this process does not run. */
  now(): number {
    return this.notice(this.real()) - this.stalledMs;
  }

  /** ms; runs always. */
  realNow(): number {
    return this.real();
  }

  /** The process is to run again by then, in ms of `now()`. */
  expect(at: number): void {
    this.due = at + this.stalledMs;
  }

  private notice(real: number): number {
    const late = real - this.due - LATE_MS;
    if (late > 0) {
      this.stalls++;
      this.stalledMs += late;
      this.longestStallMs = Math.max(this.longestStallMs, late);
      // From here on it runs; another stall before the next `expect` is one of its own.
      this.due = real;
    }
    return real;
  }
}
