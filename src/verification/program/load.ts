import { setTimeout as sleep } from 'node:timers/promises';
import { isRefusal, LastingApplicationConnection } from './application.js';
import { messageOf } from './finding.js';
import type { Keys } from './keys.js';
import { DRILL_RATE, DRILL_WRITES } from './limits.js';
import type { DrillSettings, ProgramSettings } from './settings.js';

/** A write that the master acknowledged. */
export interface Ack {
  readonly key: string;
  readonly value: string;
  /** In ms of `performance.now()`. */
  readonly at: number;
  /** Whether as many replicas as a write needs had it, by WAIT. */
  readonly confirmed: boolean;
}

/** What became of the writes. */
export interface History {
  readonly acks: readonly Ack[];
  readonly refused: number;
  readonly unanswered: number;
}

/** Below the client's own patience, so that it is the server that answers. */
const WAIT_MS = 500;

/** After this time the keys go by themselves, should nobody be left to delete them. */
const EXPIRY_SECONDS = 1800;

/** Several clients that write as applications do, each one write at a time, and note what was acknowledged and when. */
export class Load implements History {
  readonly acks: Ack[] = [];
  refused = 0;
  unanswered = 0;
  private readonly connections: LastingApplicationConnection[];
  private readonly served = new Set<number>();
  private running: Promise<unknown> = Promise.resolve();
  private stopped = false;
  private refusal = '';

  constructor(
    private readonly settings: ProgramSettings,
    private readonly drill: DrillSettings,
    private readonly keys: Keys,
  ) {
    this.connections = Array.from({ length: drill.writers }, () => new LastingApplicationConnection(settings));
  }

  start(): void {
    this.running = Promise.all(this.connections.map((connection, writer) => this.write(connection, writer)));
  }

  /** Whether each writer has had an acknowledgement. */
  get flowing(): boolean {
    return this.served.size === this.drill.writers;
  }

  /** What last kept a write from being acknowledged. */
  get lastError(): string {
    return this.refusal || (this.connections.find(({ open }) => !open)?.lastError ?? 'none');
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    for (const connection of this.connections) connection.close();
  }

  private async write(connection: LastingApplicationConnection, writer: number): Promise<void> {
    const { writers, limitSeconds } = this.drill;
    const interval = Math.max(1000 / DRILL_RATE, (1000 * writers * limitSeconds) / DRILL_WRITES);
    let due = performance.now();
    for (let count = 0; !this.stopped; count++) {
      if (connection.open) await this.writeOnce(connection, writer, String(count));
      else this.refused++;
      // What a slow write missed is not made up for in a burst.
      due = Math.max(due + interval, performance.now());
      await sleep(due - performance.now());
    }
  }

  private async writeOnce({ redis }: LastingApplicationConnection, writer: number, value: string): Promise<void> {
    const key = this.keys.toWrite(`drill:${writer}:${value}`);
    const replicas = Math.max(1, this.settings.minReplicas);
    // Both leave in one go: after a reconnection between them, WAIT would count replicas of another master.
    const set = redis.set(key, value, 'EX', EXPIRY_SECONDS);
    const wait = redis.wait(replicas, WAIT_MS).catch(() => 0);
    try {
      await set;
      const at = performance.now();
      this.served.add(writer);
      this.acks.push({ key, value, at, confirmed: (await wait) >= replicas });
    } catch (error) {
      await wait;
      // Only a server's own refusal says that nothing was written.
      if (isRefusal(error)) {
        this.refused++;
        this.refusal = messageOf(error);
      } else this.unanswered++;
    }
  }
}
