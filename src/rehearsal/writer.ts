import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../client/connection.js';
import type { Whereabouts } from '../client/find-master.js';
import { LastingConnection } from '../client/lasting-connection.js';
import { longestGap } from '../client/outages.js';
import { describe, type Failure, isList } from '../client/outcome.js';
import { MasterWatch } from '../client/watch-master.js';
import { type Sites, type View, whereaboutsOf } from './view.js';

export interface WriterOptions {
  /** @default 4 */
  readonly writers?: number;
  /**
   * Writes per second of each writer; 0: as fast as they are answered.
   * @default 100 - gaps are seen to about 3 ms with four writers, and a laptop does not notice
   */
  readonly perSecond?: number;
  /**
   * Follow each write by `WAIT 1`, and count those that a replica confirmed.
   * @default false
   */
  readonly confirm?: boolean;
  /**
   * How long a writer waits for one answer before it looks for the master anew.
   * @default 1000
   */
  readonly timeoutMs?: number;
  /**
   * What these clients log in with.
   * @default - what the topology's Secret says
   */
  readonly password?: string;
  /** As whom. @default - as what the rehearsal itself does */
  readonly user?: string;
  /** @default - with TLS, where there is any */
  readonly tls?: boolean;
  /** What the keys begin with. @default rehearsal: */
  readonly keys?: string;
}

/** One write that the master acknowledged. */
export interface Ack {
  readonly key: string;
  /** When the answer came, in milliseconds of `performance.now()`. */
  readonly at: number;
  /** The pod that answered. */
  readonly server: string;
  /** Whether a replica had it when the answer came; only with `confirm`. */
  readonly confirmed: boolean;
}

/** What became of all writes. */
export interface WriterReport {
  readonly acknowledged: number;
  /** Acknowledged, and not there when read back. */
  readonly lost: number;
  /** Acknowledged by a replica too. */
  readonly confirmed: number;
  readonly lostConfirmed: number;
  /** The longest time in which no writer had an acknowledgement. */
  readonly gapMs: number;
  readonly lostWrites: readonly Ack[];
}

let rounds = 0;

/** Several clients that write through Sentinel, as applications do, and note each acknowledged write with its time. */
export class Writer {
  /** In the order of the answers. */
  readonly acks: Ack[] = [];
  /** The last error of any writer, for failure messages. */
  lastError = 'none';
  private readonly startedAt = performance.now();
  private stoppedAt?: number;
  private readonly prefix: string;
  private readonly watch: MasterWatch;
  private readonly clients: readonly LastingConnection[];
  private readonly running: Promise<unknown>[];
  private endLooking = () => {};

  /** Starts writing at once. */
  constructor(
    private readonly sites: Sites,
    private readonly view: View,
    private readonly options: WriterOptions = {},
  ) {
    const { writers = 4, timeoutMs = 1000, user, password, tls, keys = 'rehearsal:' } = options;
    this.prefix = `${keys}${process.pid}:${rounds++}`;
    const whereabouts: Whereabouts = whereaboutsOf(sites, timeoutMs, { user, password, tls });
    this.watch = new MasterWatch(whereabouts);
    this.clients = Array.from({ length: writers }, (_, first) =>
      LastingConnection.toMaster(whereabouts, this.watch, { first }),
    );
    const ended = new Promise<undefined>((resolve) => {
      this.endLooking = () => resolve(undefined);
    });
    this.running = this.clients.map((client, index) => this.write(client, index, ended));
  }

  /** The first acknowledgement after a moment; `undefined` while there is none. */
  firstAfter(moment: number): Ack | undefined {
    return this.acks.find(({ at }) => at > moment);
  }

  /** The longest time without an acknowledgement between two moments, in ms; see `longestGap`. */
  gapMs(from = this.startedAt, to = this.stoppedAt ?? performance.now()): number {
    return longestGap(
      this.acks.map(({ at }) => at),
      { from, to },
    ).ms;
  }

  /** Ends the writing; what was acknowledged stays known. */
  async stop(): Promise<void> {
    this.stoppedAt ??= performance.now();
    this.endLooking();
    await Promise.all(this.running);
    for (const client of this.clients) client.close();
    this.watch.close();
  }

  /** Stops, and reads every acknowledged write back from the present master. */
  async report(): Promise<WriterReport> {
    await this.stop();
    const lostWrites = await this.readBack();
    return {
      acknowledged: this.acks.length,
      lost: lostWrites.length,
      confirmed: this.acks.filter(({ confirmed }) => confirmed).length,
      lostConfirmed: lostWrites.filter(({ confirmed }) => confirmed).length,
      gapMs: Math.round(this.gapMs()),
      lostWrites,
    };
  }

  private async write(client: LastingConnection, index: number, ended: Promise<undefined>): Promise<void> {
    const { perSecond = 100 } = this.options;
    const period = perSecond > 0 ? 1000 / perSecond : 0;
    for (let count = 0; this.stoppedAt === undefined; count++) {
      const connection = await Promise.race([client.found(), ended]);
      if (!connection) return;
      const failure = await this.writeOnce(connection, `${this.prefix}:${index}:${count}`);
      if (failure) {
        this.lastError = describe(failure);
        // What it still has under way, and whatever it waits for, is given up with it.
        client.leave(this.lastError, connection);
      }
      const due = this.startedAt + (count + 1) * period - performance.now();
      await sleep(Math.min(Math.max(due, 0), period));
    }
  }

  /** @returns why the write was not acknowledged; nothing when it was */
  private async writeOnce(connection: Connection, key: string): Promise<Failure | undefined> {
    const { confirm = false, timeoutMs = 1000 } = this.options;
    const set = connection.send(['SET', key, key], timeoutMs);
    const wait = confirm ? connection.send(['WAIT', '1', String(timeoutMs / 2)], timeoutMs) : undefined;
    const outcome = await set;
    if (outcome.kind !== 'reply') return outcome;
    const replicas = await wait;
    const confirmed = replicas?.kind === 'reply' && Number(replicas.reply) > 0;
    this.acks.push({ key, at: performance.now(), server: this.podAt(connection.endpoint.host), confirmed });
    return undefined;
  }

  private podAt(host: string): string {
    return this.sites.podAt(host) ?? host;
  }

  private async readBack(): Promise<Ack[]> {
    const master = await this.view.master();
    if (!master) throw new Error('the writes cannot be read back: there is not exactly one master');
    const lost: Ack[] = [];
    for (let start = 0; start < this.acks.length; start += 1000) {
      const acks = this.acks.slice(start, start + 1000);
      const values = await this.view.redis(master, 'MGET', ...acks.map(({ key }) => key));
      lost.push(...acks.filter(({ key }, index) => !isList(values) || values[index] !== key));
    }
    return lost;
  }
}
