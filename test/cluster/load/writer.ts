import type { LastingConnection } from '../../../src/client/lasting-connection.js';
import { describe, type Failure } from '../../../src/client/outcome.js';
import { COMMAND_TIMEOUT, now, sleep } from './client.js';
import { keyOf, type Outcome, registerOf, type WriteEntry } from './history.js';

export interface WriterOptions {
  /** One word that no other run's keys begin with. */
  readonly run: string;
  /** Operations a second, at most. */
  readonly rate: number;
  /** From the answer to one operation until the next, in ms, in place of a rate: how fast an application is. */
  readonly pause?: number;
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
    private readonly connection: LastingConnection,
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
    const { rate, pause } = this.options;
    let due = now();
    while (!this.stopped) {
      this.log(await this.write(this.seq++));
      // What a slow operation missed is not made up for in a burst.
      due = pause === undefined ? Math.max(due + 1000 / rate, now()) : now() + pause;
      await sleep(due - now());
    }
  }

  private async write(seq: number): Promise<WriteEntry> {
    const connection = this.connection.current;
    const invoked = now();
    const entry = { kind: 'write', writer: this.number, seq, invoked } as const;
    if (!connection) return { ...entry, completed: invoked, outcome: 'error', error: 'not connected' };
    const master = connection.remoteAddress;
    const { run, wait, register } = this.options;
    const key = keyOf(run, this.number, seq);
    const write = register ? ['MSET', key, `${seq}`, registerOf(run, this.number), `${seq}`] : ['SET', key, `${seq}`];
    // Both leave in one go: after a reconnection between them, WAIT would count replicas of another master, for no write.
    const set = this.connection.send(write, COMMAND_TIMEOUT);
    const confirmation =
      wait > 0 ? connection.send(['WAIT', `${wait}`, `${WAIT_TIMEOUT}`], COMMAND_TIMEOUT) : undefined;
    const outcome = await set;
    const completed = now();
    const confirmed = await confirmation;
    if (outcome.kind !== 'reply') {
      return { ...entry, completed, outcome: outcomeOf(outcome), master, error: describe(outcome) };
    }
    const waited = confirmed?.kind === 'reply' ? Number(confirmed.reply) : undefined;
    return { ...entry, completed, outcome: 'ok', master, waited };
  }
}

/** Only a server's own refusal says that nothing was written. */
export function outcomeOf({ kind }: Failure): Outcome {
  return kind === 'error' || kind === 'busy' || kind === 'denied' ? 'error' : 'unknown';
}
