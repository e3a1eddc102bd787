import { Connection } from '../../../client/connection.js';
import type { Outcome, Reply } from '../../../client/outcome.js';
import { LIMITS, type Limits } from '../../../client/parser.js';
import type { Reach } from '../trust.js';

/** The passwords that a link tries, the first one first; read anew for each connection. */
export interface Keys {
  /** @default - the default user */
  readonly user?: string;
  /** Undefined: there is none. */
  readonly used?: string;
  readonly accepted?: string;
}

export interface LinkProps {
  readonly host: string;
  readonly port: number;
  readonly keys: Keys;
  /** Asked anew for each connection. @default - at the very address */
  readonly reach?: Reach;
  /** ms of the honest clock. */
  now(): number;
  /** Sent first on each new connection; a function is asked for it each time. */
  readonly setup?: Setup | (() => Setup);
  onReady?(): void;
  /** @param stood whether the connection had been let in */
  onClosed?(stood: boolean): void;
  onPush?(push: readonly Reply[]): void;
}

export type Setup = readonly (readonly string[])[];

/** Told how a question ended. */
export type Done = (outcome: Outcome) => void;

/** Time for all of connecting: TCP, TLS, AUTH. A packet that is lost costs one second, and a new attempt is as good, ms. */
const CONNECT_MS = 1000;

/**
 * Nothing that is asked for is longer but CLIENT LIST, which is 4 MiB with as many clients as a server takes (10,000). The agent
 * has 48 MiB for all that it holds, and whoever answers may mean no good.
 */
export const AGENT_LIMITS: Limits = { ...LIMITS, replyBytes: 6 * 1024 * 1024 };

interface Sent {
  readonly args: readonly string[];
  readonly unanswered?: readonly string[];
  readonly timeoutMs?: number;
}

interface Life {
  readonly connection: Connection;
  readyAt?: number;
  /** Ended here, as it did not answer. */
  gaveUp: boolean;
}

/**
 * A standing connection to one server or Sentinel: opened when the first question comes, opened anew with the first question
 * after its end, never by itself. Where there are two passwords, whoever refuses the one is asked with the other.
 */
export class Link {
  private life?: Life;
  /** Whoever took the second password is asked with it first. */
  private second = false;

  constructor(private readonly props: LinkProps) {}

  /** Since when it is let in; undefined where it is not. */
  get standingSince(): number | undefined {
    return this.life?.readyAt;
  }

  /**
   * @param timeoutMs @default - until the answer, or the end of the connection
   * @param unanswered carried out just before it, on the same connection, without an answer
   */
  ask(args: readonly string[], done: Done, timeoutMs?: number, unanswered?: readonly string[]): void {
    const attempts = this.props.keys.accepted === undefined ? 1 : 2;
    this.send({ args, unanswered, timeoutMs }, done, attempts);
  }

  /** What is open ends as `silent`. */
  giveUp(): void {
    const { life } = this;
    if (!life) return;
    life.gaveUp = true;
    this.end(life);
    life.connection.close();
  }

  private send(question: Sent, done: Done, attempts: number): void {
    this.life ??= this.open();
    const { life } = this;
    const { args, timeoutMs, unanswered } = question;
    void life.connection.send(args, timeoutMs, unanswered).then((outcome) => {
      if (outcome.kind === 'denied' && life.readyAt === undefined && attempts > 1) {
        if (this.life === undefined || this.life === life) this.second = !this.second;
        this.end(life);
        this.send(question, done, attempts - 1);
        return;
      }
      done(life.gaveUp ? { kind: 'silent', afterMs: 0 } : outcome);
    });
  }

  private open(): Life {
    const { host, port, keys, reach, setup, onPush } = this.props;
    const password = this.second && keys.accepted !== undefined ? keys.accepted : keys.used;
    const connection = Connection.open(
      { ...(reach?.(host, port) ?? { host, port }), user: keys.user, password, connectTimeoutMs: CONNECT_MS },
      {
        setup: typeof setup === 'function' ? setup() : setup,
        limits: AGENT_LIMITS,
        onPush,
        onClosed: () => {
          this.end(life);
          this.props.onClosed?.(life.readyAt !== undefined);
        },
      },
    );
    const life: Life = { connection, gaveUp: false };
    void connection.ready.then((outcome) => {
      if (connection.state !== 'ready') return;
      life.readyAt = this.props.now();
      if (outcome.kind === 'reply' || outcome.kind === 'error') this.props.onReady?.();
    });
    return life;
  }

  private end(life: Life): void {
    if (this.life === life) this.life = undefined;
  }
}

/** There was not even a connection: certainly nothing was carried out. */
export function nobodyListens(outcome: Outcome): boolean {
  return outcome.kind === 'refused' && outcome.message.includes('ECONNREFUSED');
}
