import type { Decision } from '../decide/agent.js';
import { isAtEase } from '../decide/news.js';
import type { Needs } from '../decide/orders.js';
import { AWAKE_MS, isDue, LOOK_AT_FILES_MS } from './rhythm.js';

/**
 * When decisions are taken anew, and until when the agent sleeps: where nothing is going on, what is needed is asked again and
 * again without deciding anew, until an answer is news, or a second has passed. All times in ms of the agent's clock.
 */
export class Pace {
  /** What the decisions want to be told until they are taken anew. */
  needs: Needs = {};
  private atEase = false;
  private decideAt = Number.NEGATIVE_INFINITY;

  /** @param due when there is something to do that is no decision */
  decided({ needs, again }: Pick<Decision, 'needs' | 'again'>, now: number, due: number): void {
    this.needs = needs;
    this.atEase = isAtEase(needs, again);
    this.decideAt = Math.min(due, now + again);
  }

  /** Whether an answer without news is no reason to decide anew. */
  get isAtEase(): boolean {
    return this.atEase;
  }

  /** Whether one that has slept as long as it could only asks what is needed. @param awaits an answer of the own server */
  onlyAsks(now: number, awaits: boolean): boolean {
    return this.atEase && !awaits && !isDue(this.decideAt, LOOK_AT_FILES_MS, now);
  }

  /** Until when it may sleep. @param ask when the next question is due */
  sleepsUntil(now: number, ask: number, awaits: boolean): number {
    const next = Math.min(this.decideAt, ask);
    return awaits ? Math.min(next, now + AWAKE_MS) : next;
  }
}
