import { setTimeout as sleep } from 'node:timers/promises';
import { MasterWatch, SentinelClient } from './sentinel-client.js';
import type { Sites, View } from './view.js';

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
  private readonly sites: Sites;
  private readonly startedAt = performance.now();
  private stoppedAt?: number;
  private readonly prefix = `rehearsal:${process.pid}:${rounds++}`;
  private readonly watch: MasterWatch;
  private readonly running: Promise<unknown>[];

  /** Starts writing at once. */
  constructor(
    sites: Sites,
    private readonly view: View,
    private readonly options: WriterOptions = {},
  ) {
    const { password } = options;
    // Not a copy by spreading: what `sites` says of the password may change.
    this.sites = password === undefined ? sites : Object.create(sites, { password: { value: password } });
    this.watch = new MasterWatch(this.sites);
    this.running = Array.from({ length: options.writers ?? 4 }, (_, index) => this.write(index));
  }

  /** The first acknowledgement after a moment; `undefined` while there is none. */
  firstAfter(moment: number): Ack | undefined {
    return this.acks.find(({ at }) => at > moment);
  }

  /**
   * The longest time without an acknowledgement between two moments, in ms. A write that was answered before a crash
   * bounds it from below, the first one answered after it from above.
   */
  gapMs(from = this.startedAt, to = this.stoppedAt ?? performance.now()): number {
    const inside = this.acks.map(({ at }) => at).filter((at) => at >= from && at <= to);
    const moments = [from, ...inside, to];
    return moments.reduce((longest, at, index) => Math.max(longest, at - (moments[index - 1] ?? from)), 0);
  }

  /** Ends the writing; what was acknowledged stays known. */
  async stop(): Promise<void> {
    this.stoppedAt ??= performance.now();
    await Promise.all(this.running);
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

  private async write(index: number): Promise<void> {
    const { perSecond = 100, confirm = false, timeoutMs = 1000 } = this.options;
    const client = new SentinelClient(this.sites, this.watch, timeoutMs);
    const period = perSecond > 0 ? 1000 / perSecond : 0;
    for (let count = 0; this.stoppedAt === undefined; count++) {
      const key = `${this.prefix}:${index}:${count}`;
      try {
        const connection = await client.master(() => this.stoppedAt !== undefined);
        const set = connection.command('SET', key, key);
        const wait = confirm ? connection.command('WAIT', '1', String(timeoutMs / 2)).catch(() => 0) : 0;
        await set;
        const replicas = Number(await wait);
        this.acks.push({ key, at: performance.now(), server: client.server, confirmed: replicas > 0 });
      } catch (error) {
        this.lastError = (error as Error).message;
        client.disconnect();
      }
      const due = this.startedAt + (count + 1) * period - performance.now();
      await sleep(Math.min(Math.max(due, 0), period));
    }
    client.close();
  }

  private async readBack(): Promise<Ack[]> {
    const master = await this.view.master();
    if (!master) throw new Error('the writes cannot be read back: there is not exactly one master');
    const lost: Ack[] = [];
    for (let start = 0; start < this.acks.length; start += 1000) {
      const acks = this.acks.slice(start, start + 1000);
      const values = await this.view.redis(master, 'MGET', ...acks.map(({ key }) => key));
      lost.push(...acks.filter(({ key }, index) => !Array.isArray(values) || values[index] !== key));
    }
    return lost;
  }
}
