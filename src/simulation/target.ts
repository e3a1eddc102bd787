import type { Contact, Result } from '../agent/program/decide/known.js';
import { isDue } from '../agent/program/know/rhythm.js';
import type { Agent } from './agent.js';
import type { Process } from './process.js';

/** As in the agent's driver (src/agent/program/know/target.ts). */
const GIVE_UP_MS = 5000;
const CONNECT_MS = 1000;
const RECONNECT_MS = 200;
const LEAST_PAUSE_MS = 3;

export interface MutableSeen {
  contact: Contact;
  askedAt: number;
  answeredAt?: number;
  pendingSince?: number;
}

/**
 * `same`: answered, and with what was said before. `refused`: nobody listens there. `closed`: there was a connection, and it was
 * ended before the answer.
 */
type Outcome = 'answered' | 'same' | 'busy' | 'refused' | 'closed' | 'silent';

/** Tells the agent: what is done there with the answer (`same`: it says what is known), or `false` for an error. */
export type Answer = (take: (() => unknown) | false) => void;
/** Asked at the other's. */
export type Question = (answer: Answer, askedAt: number) => void;

interface Asking {
  readonly question: Question;
  readonly leastPause: number;
  attemptAt: number;
  inFlight: boolean;
}

interface Line {
  /** Which life of the process it leads to; 0 until it is there. */
  life: number;
  /** When it was let in, by the agent's clock. */
  readyAt?: number;
  since: number;
  ended: boolean;
  readonly open: ((outcome: Outcome) => void)[];
}

export interface TargetProps {
  readonly process: Process;
  readonly seen: MutableSeen;
  readonly questions: Readonly<Record<string, Question>>;
  readonly standingOnly?: boolean;
  readonly leastPause?: number;
  readonly reconnectPause?: (now: number) => number;
  onReady?(): void;
  onLost?(): void;
}

/**
 * Someone whom an agent asks, on one standing connection: the part of the agent's driver that keeps contact, age and silence,
 * with the same rules and times.
 */
export class Target {
  readonly seen: MutableSeen;
  private line?: Line;
  private readonly asking = new Map<string, Asking>();
  private readonly open: number[] = [];
  private silentSince?: number;
  private connectingSince?: number;

  constructor(
    private readonly agent: Agent,
    private readonly props: TargetProps,
  ) {
    this.seen = props.seen;
    for (const kind in props.questions) {
      const question = props.questions[kind] as Question;
      const leastPause = props.leastPause ?? LEAST_PAUSE_MS;
      this.asking.set(kind, { question, leastPause, attemptAt: Number.NEGATIVE_INFINITY, inFlight: false });
    }
  }

  get standing(): boolean {
    return this.line?.readyAt !== undefined;
  }

  /** A question is open, on a connection that stands. */
  get awaits(): boolean {
    return this.seen.pendingSince !== undefined;
  }

  /** Asks, unless that was asked within the last `age` ms, or is open. Tells when to look at it again. */
  want(kind: string, age: number, now: number): number {
    const asking = this.asking.get(kind) as Asking;
    if (asking.inFlight) return Number.POSITIVE_INFINITY;
    const pause = this.standing ? asking.leastPause : (this.props.reconnectPause?.(now) ?? RECONNECT_MS);
    const due = asking.attemptAt + Math.max(age, pause);
    if (!isDue(due, age, now)) return due;
    this.ask(asking, now, true);
    return Number.POSITIVE_INFINITY;
  }

  expire(kind: string): void {
    const asking = this.asking.get(kind);
    if (asking) asking.attemptAt = Number.NEGATIVE_INFINITY;
  }

  /** Gives up what was not answered for long. Tells when to look at it again. */
  tend(now: number): number {
    const [oldest] = this.open;
    if (oldest === undefined && this.silentSince === undefined && this.connectingSince === undefined) {
      this.seen.pendingSince = undefined;
      return Number.POSITIVE_INFINITY;
    }
    const standing = this.line?.readyAt;
    if (oldest !== undefined && now - Math.max(oldest, standing ?? oldest) >= GIVE_UP_MS) {
      this.silentSince ??= this.pendingSince(now);
      if (this.line) this.finish(this.line, 'silent');
    }
    this.seen.pendingSince = this.pendingSince(now);
    if (this.props.standingOnly && standing === undefined && this.connectingSince !== undefined) {
      return Math.max(this.connectingSince + GIVE_UP_MS, now + 100);
    }
    const [first] = this.open;
    return first === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(Math.max(first, standing ?? first) + GIVE_UP_MS, now + 1);
  }

  private pendingSince(now: number): number | undefined {
    if (this.silentSince !== undefined) return this.silentSince;
    const [oldest] = this.open;
    if (!this.props.standingOnly) return oldest;
    const standing = this.line?.readyAt;
    if (standing !== undefined) return oldest === undefined ? undefined : Math.max(oldest, standing);
    if (this.connectingSince === undefined || now - this.connectingSince < GIVE_UP_MS) return undefined;
    return this.connectingSince + GIVE_UP_MS;
  }

  private ask(asking: Asking, now: number, again: boolean): void {
    asking.attemptAt = now;
    asking.inFlight = true;
    if (!this.standing) this.connectingSince ??= now;
    this.open.push(now);
    this.seen.pendingSince = this.pendingSince(now);
    this.send(
      (answer) => asking.question(answer, now),
      (outcome) => {
        asking.inFlight = false;
        takeOut(this.open, now);
        // Whether somebody listens there still is to be found out.
        if (outcome === 'closed' && again) this.ask(asking, this.agent.now(), false);
        else this.conclude(now, outcome);
      },
    );
  }

  private conclude(askedAt: number, outcome: Outcome): void {
    const { seen, props, agent } = this;
    if (outcome === 'silent' && props.standingOnly) {
      // What connecting takes tells nothing of a server's health, up to a limit.
      if (this.connectingSince !== undefined && agent.now() - this.connectingSince < GIVE_UP_MS) {
        agent.changed();
        return;
      }
    } else if (outcome === 'silent') {
      this.silentSince ??= askedAt;
    } else {
      this.silentSince = undefined;
      this.connectingSince = undefined;
    }
    const contact = contactOf(outcome);
    const isNews = outcome !== 'same' || seen.contact !== contact;
    seen.contact = contact;
    seen.askedAt = askedAt;
    if (outcome !== 'silent') seen.answeredAt = agent.now();
    seen.pendingSince = this.pendingSince(agent.now());
    if (isNews) agent.changed();
    else agent.unchanged();
  }

  /** An order on the same connection: `done` learns how it ended, `silent` after `timeout` ms. */
  order(question: (answer: Answer) => void, timeout: number, done: (result: Result) => void): void {
    const { agent } = this;
    let ended = false;
    const once = (outcome: Outcome) => {
      if (ended) return;
      ended = true;
      this.expire('info');
      done(resultOf(outcome));
    };
    agent.later(timeout, () => once('silent'));
    this.send(question, once);
  }

  private send(question: (answer: Answer) => void, done: (outcome: Outcome) => void): void {
    this.line ??= this.connect();
    const { line, agent } = this;
    const { process } = this.props;
    line.open.push(done);
    const arrive = () => {
      if (line.ended) return;
      process.receive(
        () => {
          question((take) =>
            agent.answered(process, line.since, () => {
              if (line.ended || !takeOut(line.open, done)) return;
              this.letIn(line);
              done(take === false ? 'busy' : take() === 'same' ? 'same' : 'answered');
            }),
          );
        },
        () => agent.answered(process, line.since, () => this.finish(line, 'closed')),
        line.life,
      );
    };
    const { questionMs } = agent.world.setting;
    const go = () => {
      if (line.life !== 0) agent.world.network.send(agent.host, process.host, arrive, line.since);
      else agent.world.network.connect(agent.host, process.host, () => this.accepted(line, arrive));
    };
    if (questionMs > 0) agent.world.events.after(questionMs, go);
    else go();
  }

  private accepted(line: Line, arrive: () => void): void {
    const { process } = this.props;
    const { agent } = this;
    if (line.ended) return;
    if (!process.alive) {
      agent.answered(process, line.since, () => this.finish(line, 'refused'));
      return;
    }
    if (line.life === 0) {
      line.life = process.life;
      line.since = agent.world.events.now;
    }
    arrive();
  }

  private connect(): Line {
    const { agent } = this;
    const line: Line = { life: 0, since: agent.world.events.now, readyAt: undefined, ended: false, open: [] };
    agent.later(CONNECT_MS + agent.world.setting.questionMs, () => {
      if (line.readyAt === undefined) this.finish(line, 'silent');
    });
    return line;
  }

  private letIn(line: Line): void {
    if (line.readyAt !== undefined) return;
    line.readyAt = this.agent.now();
    this.connectingSince = undefined;
    this.props.onReady?.();
  }

  /** The connection is at its end, and all that was asked on it. */
  private finish(line: Line, outcome: Outcome): void {
    if (line.ended) return;
    line.ended = true;
    if (this.line === line) this.line = undefined;
    const stood = line.readyAt !== undefined;
    for (const done of line.open.splice(0)) done(outcome);
    if (stood && outcome === 'closed') this.props.onLost?.();
  }

  /** The other side has closed it: its process has ended (in that life), or clients were ended. */
  closed(process: Process, life: number): void {
    const { line } = this;
    if (line && process === this.props.process && line.life === life) this.finish(line, 'closed');
  }
}

function contactOf(outcome: Outcome): Contact {
  if (outcome === 'same') return 'answered';
  // Whoever takes connections and closes them lives.
  return outcome === 'closed' ? 'busy' : outcome;
}

function takeOut<T>(all: T[], one: T): boolean {
  const index = all.indexOf(one);
  // Mostly it is the only one.
  if (index === 0 && all.length === 1) all.pop();
  else if (index >= 0) all.splice(index, 1);
  return index >= 0;
}

/** As in the agent's driver (src/agent/program/act/results.ts): `refused` was certainly not carried out. */
function resultOf(outcome: Outcome): Result {
  if (outcome === 'answered' || outcome === 'same') return 'done';
  return outcome === 'silent' || outcome === 'closed' ? 'failed' : 'refused';
}
