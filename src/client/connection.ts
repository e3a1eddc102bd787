import type { Socket } from 'node:net';
import { dial, type Endpoint, outcomeOfError } from './endpoint.js';
import { type Failure, isList, kindOfError, type Outcome, type Reply } from './outcome.js';
import { LIMITS, type Limits, Malformed, Parser } from './parser.js';
import { Timer } from './timer.js';

export type { Endpoint, TlsOptions } from './endpoint.js';

export interface ConnectionOptions {
  /** Told once that the connection came to an end that `close()` did not bring about, and how. */
  onClosed?(outcome: Failure): void;
  /** Told what came unasked: `['message', CHANNEL, TEXT]` and the like, in RESP2 and RESP3. */
  onPush?(push: readonly Reply[]): void;
  /** Sent before any other command, behind AUTH; what is answered to them is not looked at. */
  readonly setup?: readonly (readonly string[])[];
  /** @default LIMITS */
  readonly limits?: Limits;
  /** Commands without an answer yet. Beyond it nothing is sent: what hangs must not fill the memory. @default 10000 */
  readonly maxPending?: number;
}

export type ConnectionState = 'connecting' | 'ready' | 'closed';

type Settle = (outcome: Outcome) => void;

/** A command under way. Without `settle` nobody waits for it any more; its answer still has to come. */
interface Pending {
  settle?: Settle;
  timer?: Timer;
  readonly sentAt: number;
  /** Confirmations still to come, one for each channel; 0: a single answer, whatever it is. */
  confirmations: number;
}

const CONFIRMATIONS = ['subscribe', 'psubscribe', 'ssubscribe'];
const MESSAGES = ['message', 'pmessage', 'smessage'];

const SKIP_REPLY = ['CLIENT', 'REPLY', 'SKIP'];

const CONNECT_TIMEOUT_MS = 1000;
const MAX_PENDING = 10_000;

/**
 * One connection to a Redis server or a Sentinel. It never connects again and never sends a command twice: whoever holds
 * it decides that, and is told how each command ended. An answer that comes too late is dropped when it comes; the ones
 * behind it still find their commands.
 *
 * The time that this process did not run never makes the other side silent: before a command is given up, whatever has
 * arrived is read.
 */
export class Connection {
  /** Whether it is connected and let in, or why not. */
  readonly ready: Promise<Outcome>;
  /** How it ended, whoever ended it. */
  readonly closed: Promise<Failure>;
  /** When something last came, in ms of `performance.now()`; -Infinity before that. */
  lastReplyAt = Number.NEGATIVE_INFINITY;
  private readonly socket: Socket;
  private readonly parser: Parser;
  private readonly openedAt = performance.now();
  private readonly pending: Pending[] = [];
  private settleReady: Settle = () => {};
  private settleClosed: (outcome: Failure) => void = () => {};
  private readyAt?: number;
  private ended?: Failure;
  private outbox = '';
  private flushing = false;
  /**
   * While it waits for the answer to AUTH. A server without room for one more says so and closes at once: what is sent
   * after that fails before its words are read. Nor may anything be carried out as another user.
   */
  private held = false;
  private subscribed = false;
  private referenced = true;
  private connectTimer?: Timer;

  /** Returns at once. Commands may be sent at once too: they leave as soon as it is let in. */
  static open(endpoint: Endpoint, options: ConnectionOptions = {}): Connection {
    return new Connection(endpoint, options);
  }

  private constructor(
    readonly endpoint: Endpoint,
    private readonly options: ConnectionOptions,
  ) {
    this.ready = new Promise((resolve) => {
      this.settleReady = resolve;
    });
    this.closed = new Promise((resolve) => {
      this.settleClosed = resolve;
    });
    this.parser = new Parser((reply, push) => this.receive(reply, push), options.limits ?? LIMITS);
    this.socket = dial(endpoint);
    this.socket.on('data', (chunk: Buffer) => this.take(chunk));
    this.socket.on('error', (error) => this.end(outcomeOfError(error, this.silence())));
    this.socket.on('close', () => this.end({ kind: 'refused', message: 'the connection was closed' }));
    this.letIn();
  }

  get state(): ConnectionState {
    if (this.ended) return 'closed';
    return this.readyAt === undefined ? 'connecting' : 'ready';
  }

  /**
   * Since when the other side owes an answer, in ms of `performance.now()`: only once it is ready, for what connecting
   * takes tells nothing of a server's health. Commands that timed out count until they are answered.
   */
  get oldestPendingSince(): number | undefined {
    const [oldest] = this.pending;
    if (this.state !== 'ready' || !oldest) return undefined;
    return Math.max(oldest.sentAt, this.readyAt as number);
  }

  /** The address at the other end; undefined before it is connected. */
  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  /**
   * Sends one command; those sent without waiting are answered in order. It never rejects.
   * @param timeoutMs after which the outcome is `silent`; the connection stays. @default - as long as the connection lasts
   * @param unanswered a command to be carried out just before it, whose answer the server is told to keep (`CLIENT REPLY SKIP`)
   */
  send(args: readonly string[], timeoutMs?: number, unanswered?: readonly string[]): Promise<Outcome> {
    if (this.ended) return Promise.resolve(this.ended);
    const [oldest] = this.pending;
    if (oldest && this.pending.length >= (this.options.maxPending ?? MAX_PENDING)) {
      const afterMs = performance.now() - oldest.sentAt;
      return Promise.resolve({ kind: 'silent', afterMs, message: `${this.pending.length} commands without an answer` });
    }
    if (unanswered) this.outbox += encode(SKIP_REPLY) + encode(unanswered);
    return new Promise((settle) => this.enqueue(args, settle, timeoutMs));
  }

  /** Ends it; commands that still wait end as `refused`. */
  close(): void {
    this.finish({ kind: 'refused', message: 'the connection was closed here' });
  }

  /** Does not keep the process alive. */
  unref(): void {
    this.referenced = false;
    this.socket.unref();
    this.connectTimer?.unref();
    for (const { timer } of this.pending) timer?.unref();
  }

  /** Authenticates, and sends what is to come first. */
  private letIn(): void {
    const { password, user, tls, connectTimeoutMs = CONNECT_TIMEOUT_MS } = this.endpoint;
    this.connectTimer = this.startTimer(connectTimeoutMs, () => {
      if (this.readyAt === undefined) this.end({ kind: 'silent', afterMs: this.silence() });
    });
    if (password === undefined) {
      this.socket.once(tls ? 'secureConnect' : 'connect', () => this.becomeReady({ kind: 'reply', reply: 'OK' }));
    } else {
      this.enqueue(user === undefined ? ['AUTH', password] : ['AUTH', user, password], (outcome) => {
        if (this.ended) return;
        if (outcome.kind === 'reply' || isWithoutPassword(outcome)) this.becomeReady(outcome);
        else this.end(outcome);
      });
      this.flush();
      this.held = true;
    }
    for (const command of this.options.setup ?? []) this.enqueue(command);
  }

  private becomeReady(outcome: Outcome): void {
    this.readyAt = performance.now();
    this.connectTimer?.stop();
    this.held = false;
    this.flush();
    this.settleReady(outcome);
  }

  private enqueue(args: readonly string[], settle?: Settle, timeoutMs?: number): void {
    const sentAt = performance.now();
    const confirmations = CONFIRMATIONS.includes((args[0] ?? '').toLowerCase()) ? args.length - 1 : 0;
    const entry: Pending = { settle, sentAt, confirmations };
    if (timeoutMs !== undefined) {
      const late = () => conclude(entry, { kind: 'silent', afterMs: performance.now() - sentAt });
      entry.timer = this.startTimer(timeoutMs, late);
    }
    this.pending.push(entry);
    this.outbox += encode(args);
    if (this.flushing) return;
    // Commands of one turn leave in one packet.
    this.flushing = true;
    process.nextTick(() => {
      this.flushing = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.ended || this.held || this.outbox === '') return;
    this.socket.write(this.outbox);
    this.outbox = '';
  }

  private take(chunk: Buffer): void {
    if (this.ended) return;
    this.lastReplyAt = performance.now();
    try {
      this.parser.take(chunk);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.end({ kind: 'refused', message: error.message });
    }
  }

  private receive(reply: Reply, push: boolean): void {
    if (this.ended) return;
    const kind = isList(reply) ? reply[0] : undefined;
    const [oldest] = this.pending;
    // In RESP3 a confirmation is a push, and the only answer that there is.
    if (oldest && oldest.confirmations > 0 && CONFIRMATIONS.includes(String(kind))) {
      this.subscribed = true;
      oldest.confirmations--;
      if (oldest.confirmations > 0) return;
    } else if (isList(reply) && (push || (this.subscribed && MESSAGES.includes(String(kind))))) {
      this.options.onPush?.(reply);
      return;
    }
    const outcome = outcomeOf(reply);
    const asked = this.pending.shift();
    if (asked) conclude(asked, outcome);
    // A server that has no room says so before it is asked.
    else if (outcome.kind !== 'reply') this.end(outcome);
    else this.end({ kind: 'refused', message: 'malformed reply: nothing was asked' });
  }

  /** For how long the other side has not answered, in ms. */
  private silence(): number {
    return performance.now() - (this.oldestPendingSince ?? this.openedAt);
  }

  private end(outcome: Failure): void {
    if (this.ended) return;
    this.finish(outcome);
    this.options.onClosed?.(outcome);
  }

  private finish(outcome: Failure): void {
    if (this.ended) return;
    this.ended = outcome;
    this.connectTimer?.stop();
    this.socket.destroy();
    this.outbox = '';
    for (const entry of this.pending.splice(0)) conclude(entry, outcome);
    this.settleReady(outcome);
    this.settleClosed(outcome);
  }

  private startTimer(ms: number, act: () => void): Timer {
    const timer = new Timer(ms, act);
    if (!this.referenced) timer.unref();
    return timer;
  }
}

/** One short connection for one command. @param timeoutMs for all of it */
export async function ask(
  endpoint: Endpoint,
  args: readonly string[],
  timeoutMs = 1000,
  limits?: Limits,
): Promise<Outcome> {
  const connectTimeoutMs = Math.min(endpoint.connectTimeoutMs ?? timeoutMs, timeoutMs);
  const connection = Connection.open({ ...endpoint, connectTimeoutMs }, { limits });
  const outcome = await connection.send(args, timeoutMs);
  connection.close();
  return outcome;
}

function conclude(entry: Pending, outcome: Outcome): void {
  const { settle, timer } = entry;
  entry.settle = undefined;
  entry.timer = undefined;
  timer?.stop();
  settle?.(outcome);
}

function outcomeOf(reply: Reply): Outcome {
  if (typeof reply !== 'object' || reply === null || isList(reply)) return { kind: 'reply', reply };
  return { kind: kindOfError(reply.error), message: reply.error };
}

/** What a server says to AUTH that lets in whoever comes. */
function isWithoutPassword(outcome: Outcome): boolean {
  return outcome.kind === 'error' && /^ERR (AUTH .* without any password|Client sent AUTH)/.test(outcome.message);
}

/** A command as it is sent. */
export function encode(args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`;
}
