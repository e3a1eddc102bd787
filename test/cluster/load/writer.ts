import { ReplyError } from 'ioredis';
import { addressOf, type Connection, now, sleep } from './client.js';
import { keyOf, type Outcome, registerOf, type WriteEntry } from './history.js';

export interface WriterOptions {
  /** One word that no other run's keys begin with. */
  readonly run: string;
  /** Operations a second, at most. */
  readonly rate: number;
  /** Replicas that `WAIT` asks for after each write; 0 asks nothing. */
  readonly wait: number;
  /** Write the writer's register as well, for readers. */
  readonly register?: boolean;
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
    private readonly connection: Connection,
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
    const key = keyOf(this.options.run, this.number, seq);
    const set = this.options.register
      ? redis.mset(key, String(seq), registerOf(this.options.run, this.number), String(seq))
      : redis.set(key, String(seq));
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
export function outcomeOf(error: unknown): Outcome {
  return error instanceof ReplyError ? 'error' : 'unknown';
}
