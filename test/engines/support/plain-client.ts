import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../../../src/client/connection.js';
import type { Outcome } from '../../../src/client/outcome.js';

const PORT = 6379;
/** Between two attempts to connect, ms. */
const AGAIN_MS = 5;

export interface PlainClientProps {
  /** For how long it waits for an answer, ms. @default 5000 */
  readonly patienceMs?: number;
}

/** A client that knows one address and nothing of Sentinel: it writes as fast as it is answered, and connects again. */
export class PlainClient {
  /** When each write was acknowledged, in ms of `performance.now()`. */
  readonly acks: number[] = [];
  /** What it was told in the place of an acknowledgement, each once. */
  readonly errors = new Set<string>();
  connections = 0;
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(
    private readonly host: string,
    private readonly password: string | undefined,
    private readonly props: PlainClientProps = {},
  ) {
    this.done = this.run();
  }

  /** Ends it. @returns the longest time without an acknowledgement, ms */
  async stop(): Promise<number> {
    this.stopped = true;
    await this.done;
    return this.longestGap();
  }

  /** Since a moment. */
  longestGap(since = 0): number {
    const acks = this.acks.filter((at) => at >= since);
    return Math.max(0, ...acks.map((at, index) => at - (acks[index - 1] ?? at)));
  }

  private async run(): Promise<void> {
    const { patienceMs = 5000 } = this.props;
    while (!this.stopped) {
      const connection = Connection.open({ host: this.host, port: PORT, password: this.password });
      this.connections++;
      while (!this.stopped && this.note(await connection.send(['INCR', 'plain'], patienceMs)));
      connection.close();
      await sleep(AGAIN_MS);
    }
  }

  /** @returns whether the connection is of further use */
  private note(outcome: Outcome): boolean {
    if (outcome.kind === 'reply') this.acks.push(performance.now());
    else if (outcome.kind !== 'refused') this.errors.add(('message' in outcome && outcome.message) || outcome.kind);
    return outcome.kind === 'reply' || outcome.kind === 'error';
  }
}
