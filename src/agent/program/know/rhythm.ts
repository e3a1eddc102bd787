/**
 * When the agent wakes up. An idle one costs what its wake-ups cost, some half a millisecond of a processor each; so what is
 * due soon is done with what is due now, and all that is done once a second comes to be done at one time.
 */

/** The furthest that anything is done before its time, ms: as often as a master's agent wakes up in any case. */
const EARLY_MS = 250;
/** Of its period; so that what is asked in a hurry is not asked much more often. */
const EARLY_PART = 1 / 4;

/**
 * While an answer of the own server is awaited, ms: so a stall of the agent itself is seen, and left out of the silence. Not
 * closer together than the questions to a master: a timer that is set anew before it has run out wakes the process up all the
 * same.
 */
export const AWAKE_MS = EARLY_MS;

/** What others write into the pod's memory volume is told by the kernel, and looked for in any case so often, ms. */
export const LOOK_AT_FILES_MS = 1000;

/** Whether what is done every `period` ms, and is due at `due`, is done at `now`, in ms. */
export function isDue(due: number, period: number, now: number): boolean {
  return due - now <= Math.min(EARLY_MS, period * EARLY_PART);
}

/** Something that is done again and again. */
export class Rhythm {
  private doneAt = Number.NEGATIVE_INFINITY;

  /** @param period ms */
  constructor(private readonly period: number) {}

  /** When it is to be done the next time, in the ms of `now`. */
  get due(): number {
    return this.doneAt + this.period;
  }

  /** Whether it is to be done now; if so, it counts as done. */
  isUp(now: number): boolean {
    if (!isDue(this.due, this.period, now)) return false;
    this.doneAt = now;
    return true;
  }

  /** The next time that anybody asks, it is to be done. */
  hurry(): void {
    this.doneAt = Number.NEGATIVE_INFINITY;
  }
}
