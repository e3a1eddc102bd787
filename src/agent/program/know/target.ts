import type { Outcome, Reply } from '../../../client/outcome.js';
import type { Contact } from '../decide/known.js';
import { Link, type LinkProps, nobodyListens } from './link.js';
import { isDue } from './rhythm.js';

/** A question without an answer is given up after that, and the connection is made anew, ms. */
export const GIVE_UP_MS = 5000;
/** Whoever is not connected is not asked more often, ms. */
const RECONNECT_MS = 200;
/** Answered questions are not repeated sooner, however fresh the answer must be, ms. */
const LEAST_PAUSE_MS = 3;

/** What is kept of the last question, in a form that changes. */
export interface MutableSeen {
  contact: Contact;
  askedAt: number;
  answeredAt?: number;
  pendingSince?: number;
}

export interface Question {
  commands(): readonly (readonly string[])[];
  /** Carried out just before the first of them; no answer comes, which saves the agent from waking up for it. */
  readonly unanswered?: readonly string[];
  /**
   * The reply to the last command, and those to the ones before it.
   * @returns false where it cannot be understood; `again` where more must be asked before it can; `same` where it says what
   * the answer before it said
   */
  take(reply: Reply, askedAt: number, earlier: readonly Reply[]): boolean | 'again' | 'same';
  /** @default 3 ms */
  readonly leastPause?: number;
}

interface Asking {
  readonly question: Question;
  attemptAt: number;
  inFlight: boolean;
  /** When it is to be asked again, where that is soon enough to wait for. */
  dueAt: number;
}

export interface TargetProps {
  readonly link: Omit<LinkProps, 'onClosed'>;
  readonly seen: MutableSeen;
  /** By kind. */
  readonly questions: Readonly<Record<string, Question>>;
  /** Something is known that was not known before. */
  changed(): void;
  /** An answer has come that says what the one before it said. */
  unchanged(): void;
  /**
   * Only answers that are missing on a standing connection count as silence; one that cannot be had counts after
   * `GIVE_UP_MS`. Otherwise the time of connecting counts too.
   */
  readonly standingOnly?: boolean;
  /** How long after a refused attempt to connect the next one is due, ms. @default 200 */
  readonly reconnectPause?: (now: number) => number;
  /** Its connection came to an end that nobody here brought about. */
  onLost?(): void;
}

/**
 * Someone who is asked again and again: questions of a few kinds, one of each at a time, on one standing connection. Keeps
 * what is known of the contact: how the last question ended, and since when one is open.
 */
export class Target {
  readonly link: Link;
  private readonly asking = new Map<string, Asking>();
  /** When the open questions were asked, from the oldest on. */
  private readonly open: number[] = [];
  /** Since when it has not answered, beyond the connections that were given up for it. */
  private silentSince?: number;
  private connectingSince?: number;

  constructor(private readonly props: TargetProps) {
    this.link = new Link({
      ...props.link,
      onReady: () => {
        this.connectingSince = undefined;
        props.link.onReady?.();
      },
      onClosed: (stood) => {
        if (stood) props.onLost?.();
      },
    });
    for (const kind in props.questions) {
      this.asking.set(kind, {
        question: props.questions[kind] as Question,
        attemptAt: -Infinity,
        inFlight: false,
        dueAt: -Infinity,
      });
    }
  }

  /**
   * Asks, unless a question of that kind is open, or was asked within the last `age` ms.
   * @returns when to look at it again
   */
  want(kind: string, age: number, now: number): number {
    const asking = this.asking.get(kind) as Asking;
    const { leastPause = LEAST_PAUSE_MS } = asking.question;
    const pause = this.link.standingSince === undefined ? this.pauseOfReconnecting(now) : leastPause;
    const interval = Math.max(age, pause);
    if (!asking.inFlight) {
      const due = asking.attemptAt + interval;
      if (!isDue(due, age, now)) return due;
      this.ask(asking, now);
    }
    // Nobody looks at it again after an answer that changes nothing.
    asking.dueAt = asking.attemptAt + interval;
    return asking.dueAt > now ? asking.dueAt : Number.POSITIVE_INFINITY;
  }

  /** The next time it is wanted, it is asked, whatever is known. */
  expire(kind: string): void {
    const asking = this.asking.get(kind);
    if (asking) asking.attemptAt = -Infinity;
  }

  /** Gives up what is not answered, and says since when an answer is missing. @returns when to look at it again */
  tend(now: number): number {
    const [oldest] = this.open;
    const { seen, standingOnly } = this.props;
    const standing = this.link.standingSince;
    if (oldest !== undefined && now - Math.max(oldest, standing ?? oldest) >= GIVE_UP_MS) {
      this.silentSince ??= this.pendingSince(now);
      this.link.giveUp();
    }
    seen.pendingSince = this.pendingSince(now);
    if (standingOnly && standing === undefined && this.connectingSince !== undefined)
      return this.connectingSince + GIVE_UP_MS;
    return oldest === undefined ? Number.POSITIVE_INFINITY : Math.max(oldest, standing ?? oldest) + GIVE_UP_MS;
  }

  private pauseOfReconnecting(now: number): number {
    return this.props.reconnectPause?.(now) ?? RECONNECT_MS;
  }

  private pendingSince(now: number): number | undefined {
    if (this.silentSince !== undefined) return this.silentSince;
    const [oldest] = this.open;
    if (!this.props.standingOnly) return oldest;
    const standing = this.link.standingSince;
    if (standing !== undefined) return oldest === undefined ? undefined : Math.max(oldest, standing);
    if (this.connectingSince === undefined || now - this.connectingSince < GIVE_UP_MS) return undefined;
    return this.connectingSince + GIVE_UP_MS;
  }

  private ask(asking: Asking, now: number, again = true): void {
    const commands = asking.question.commands();
    asking.attemptAt = now;
    asking.inFlight = true;
    if (this.link.standingSince === undefined) this.connectingSince ??= now;
    this.open.push(now);
    this.props.seen.pendingSince = this.pendingSince(now);
    const earlier: Reply[] = [];
    for (const [index, command] of commands.entries()) {
      const last = index === commands.length - 1;
      const take = (outcome: Outcome) => {
        if (last) this.conclude(asking, now, outcome, earlier, again);
        else if (outcome.kind === 'reply') earlier.push(outcome.reply);
      };
      this.link.ask(command, take, undefined, index === 0 ? asking.question.unanswered : undefined);
    }
  }

  private conclude(asking: Asking, askedAt: number, outcome: Outcome, earlier: readonly Reply[], again: boolean): void {
    asking.inFlight = false;
    this.open.splice(this.open.indexOf(askedAt), 1);
    if (outcome.kind === 'refused' && !nobodyListens(outcome) && again) {
      // The connection was closed. Whether somebody listens there still is to be found out.
      this.ask(asking, this.props.link.now(), false);
      return;
    }
    const { seen } = this.props;
    const taken = outcome.kind !== 'reply' || asking.question.take(outcome.reply, askedAt, earlier);
    if (taken === 'again') {
      this.ask(asking, this.props.link.now(), again);
      return;
    }
    const contact = taken ? contactOf(outcome) : 'busy';
    if (contact === 'silent' && this.props.standingOnly) {
      // What connecting takes tells nothing of a server's health, up to a limit.
      const connecting = this.connectingSince;
      if (connecting !== undefined && this.props.link.now() - connecting < GIVE_UP_MS) {
        this.props.changed();
        return;
      }
    } else if (contact === 'silent') {
      this.silentSince ??= askedAt;
    } else {
      this.silentSince = undefined;
      this.connectingSince = undefined;
    }
    const isNews = taken !== 'same' || seen.contact !== contact;
    seen.contact = contact;
    seen.askedAt = askedAt;
    if (contact !== 'silent') seen.answeredAt = this.props.link.now();
    const now = this.props.link.now();
    seen.pendingSince = this.pendingSince(now);
    if (isNews || now >= asking.dueAt) this.props.changed();
    else this.props.unchanged();
  }
}

function contactOf(outcome: Outcome): Contact {
  switch (outcome.kind) {
    case 'reply':
      return 'answered';
    case 'error':
      return 'busy';
    case 'refused':
      // Whoever takes connections and closes them lives: a successor must not be chosen for that.
      return nobodyListens(outcome) ? 'refused' : 'busy';
    default:
      return outcome.kind;
  }
}
