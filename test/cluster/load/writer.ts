import { ReplyError } from 'ioredis';
import { type MasterConnection, now, sleep } from './client.js';
import { keyOf, type Outcome, type WriteEntry } from './history.js';

export interface WriterOptions {
  /** Operations a second, at most. */
  readonly rate: number;
  /** Replicas that `WAIT` asks for after each write; 0 asks nothing. */
  readonly wait: number;
}

/** How long `WAIT` waits for its replicas, in ms. Below COMMAND_TIMEOUT, so that it is the server that answers. */
const WAIT_TIMEOUT = 300;

/**
 * One application thread: one operation at a time, on a connection of its own, until it is told to stop. A failed
 * operation is not repeated; the next one follows.
 */
export class Writer {
  private seq = 0;
  private stopped = false;

  constructor(
    private readonly number: number,
    private readonly connection: MasterConnection,
    private readonly options: WriterOptions,
    private readonly log: (entry: WriteEntry) => void,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  /** How many operations there were: the keys to read back are 0 to this, excluded. */
  get operations(): number {
    return this.seq;
  }

  async run(): Promise<void> {
    const interval = 1000 / this.options.rate;
    let due = now();
    while (!this.stopped) {
      this.log(await this.write(this.seq++));
      // What a slow operation missed is not made up for in a burst.
      due = Math.max(due + interval, now());
      await sleep(due - now());
    }
  }

  private async write(seq: number): Promise<WriteEntry> {
    const { redis, open } = this.connection;
    const invoked = now();
    const entry = { kind: 'write', writer: this.number, seq, invoked } as const;
    if (!open) return { ...entry, completed: invoked, outcome: 'error', error: 'not connected' };
    const master = addressOf(redis);
    // Both leave in one go: after a reconnection between them, WAIT would count replicas of another master, for no write.
    const set = redis.set(keyOf(this.number, seq), String(seq));
    const wait = this.options.wait > 0 ? redis.wait(this.options.wait, WAIT_TIMEOUT).catch(() => undefined) : undefined;
    try {
      await set;
      const completed = now();
      return { ...entry, completed, outcome: 'ok', master, waited: await wait };
    } catch (error) {
      const completed = now();
      await wait;
      return { ...entry, completed, outcome: outcomeOf(error), master, error: (error as Error).message };
    }
  }
}

/** Only a server's own refusal says that nothing was written. */
function outcomeOf(error: unknown): Outcome {
  return error instanceof ReplyError ? 'error' : 'unknown';
}

/** Where the connection leads. Through a Service that is the Service's address, which the server announces. */
function addressOf(redis: MasterConnection['redis']): string | undefined {
  const stream = redis.stream as { remoteAddress?: string } | undefined;
  return stream?.remoteAddress;
}
