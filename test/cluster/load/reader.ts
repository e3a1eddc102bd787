import type { LastingConnection } from '../../../src/client/lasting-connection.js';
import { describe, isList } from '../../../src/client/outcome.js';
import { COMMAND_TIMEOUT, now, sleep } from './client.js';
import { type ReadEntry, registerOf } from './history.js';
import { outcomeOf } from './writer.js';

/** Reads the registers of several writers again and again: what they hold tells how old the answers are. */
export class Reader {
  private stopped = false;
  private readonly keys: readonly string[];

  /**
   * @param run as of the writers
   * @param rate reads a second, at most
   * @param watched registers of the writers from 0 to this number, excluded
   */
  constructor(
    private readonly number: number,
    private readonly connection: LastingConnection,
    run: string,
    private readonly rate: number,
    watched: number,
    private readonly log: (entry: ReadEntry) => void,
  ) {
    this.keys = Array.from({ length: watched }, (_, writer) => registerOf(run, writer));
  }

  stop(): void {
    this.stopped = true;
  }

  async run(): Promise<void> {
    const interval = 1000 / this.rate;
    let due = now();
    while (!this.stopped) {
      this.log(await this.read());
      due = Math.max(due + interval, now());
      await sleep(due - now());
    }
  }

  private async read(): Promise<ReadEntry> {
    const connection = this.connection.current;
    const invoked = now();
    const entry = { kind: 'read', reader: this.number, invoked } as const;
    if (!connection) return { ...entry, completed: invoked, outcome: 'error', error: 'not connected' };
    const master = connection.remoteAddress;
    const outcome = await connection.send(['MGET', ...this.keys], COMMAND_TIMEOUT);
    const completed = now();
    if (outcome.kind !== 'reply') {
      return { ...entry, completed, outcome: outcomeOf(outcome), master, error: describe(outcome) };
    }
    const values = isList(outcome.reply) ? outcome.reply.map((value) => (value === null ? null : String(value))) : [];
    return { ...entry, completed, outcome: 'ok', master, values };
  }
}
