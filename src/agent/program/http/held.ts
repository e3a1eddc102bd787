import type { NotReady } from './readiness.js';

/** What HAProxy thinks of a server, as each of its questions tells (`http-check send-state`). */
export type Belief =
  | 'up'
  /** A question or more has failed of late. */
  | 'doubted'
  /** It gets no new connections (`http-check disable-on-404`). */
  | 'stopping'
  | 'down';

/** At the latest then a held question is answered, ms: whoever asks must notice an agent that is gone. */
export const HOLD_MS = 250;

/**
 * The same for a question that puts up with silence, ms: nobody notices by it that an agent is gone, and the agent has less to
 * answer. The server closes a connection on which nothing is said for 5 s.
 */
export const PATIENT_HOLD_MS = 4000;

/** @param header `UP`, `UP 2/4; name=…`, `NOLB`, `DOWN 1/2` …; undefined: it is not HAProxy that asks */
export function beliefOf(header: string | readonly string[] | undefined): Belief | undefined {
  const [, word, health, full] = /^(UP|NOLB|DOWN)\b(?: (\d+)\/(\d+))?/.exec(String(header ?? '')) ?? [];
  switch (word) {
    case 'UP':
      return health === full ? 'up' : 'doubted';
    case 'NOLB':
      return 'stopping';
    case 'DOWN':
      return 'down';
    default:
      return undefined;
  }
}

/**
 * What HAProxy is answered, so that it learns of a change when it happens and not with its next question: one whose belief is
 * right is kept waiting until it becomes wrong.
 *
 * | HAProxy believes | ready | certainly not: another's turn | not known to be |
 * |------------------|-------|-------------------------------|-----------------|
 * | up               | waits | 404: no new connections from now on | 503       |
 * | doubted          | 200   | 404                           | 503             |
 * | stopping         | 200   | 503                           | 503             |
 * | down             | 200   | waits                         | waits           |
 *
 * Only some 503 in a row take a server down and end its sessions: an agent that has just been restarted knows nothing yet,
 * and disturbs nobody.
 *
 * @returns undefined: it waits
 */
export function statusFor(belief: Belief, why: NotReady | undefined): number | undefined {
  if (!why) return belief === 'up' ? undefined : 200;
  if (belief === 'down') return undefined;
  return why.certain && belief !== 'stopping' ? 404 : 503;
}

interface Waiting {
  /** @returns whether it is over */
  readonly attempt: () => boolean;
  readonly timer: NodeJS.Timeout;
}

/** Questions whose answer waits for a change. */
export class Held {
  private readonly waiting = new Set<Waiting>();

  /** How many wait. */
  get size(): number {
    return this.waiting.size;
  }

  /**
   * @param answer gives the answer, where there is one
   * @param otherwise gives one in any case, when the time is up
   * @param forMs how long that is, ms
   * @returns what ends it, where whoever asks has gone
   */
  hold(answer: () => boolean, otherwise: () => void, forMs = HOLD_MS): () => void {
    const timer = setTimeout(() => {
      this.waiting.delete(one);
      otherwise();
    }, forMs);
    const one: Waiting = { attempt: answer, timer };
    this.waiting.add(one);
    return () => this.end(one);
  }

  /** Something may have changed. */
  look(): void {
    for (const one of this.waiting) if (one.attempt()) this.end(one);
  }

  /** Whoever asked may leave its connection open for long after it was answered, and is answered once. */
  private end(one: Waiting): void {
    clearTimeout(one.timer);
    this.waiting.delete(one);
  }
}
