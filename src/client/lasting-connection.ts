import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.js';
import type { Endpoint } from './endpoint.js';
import { findMaster, type Whereabouts } from './find-master.js';
import { describe, type Failure, type Outcome } from './outcome.js';
import type { MasterWatch } from './watch-master.js';

/** `ready`: connected, to the address in `detail`. `close`: it is lost. `error`: an attempt failed. Both say why. */
export type LastingEvent = 'ready' | 'close' | 'error';

export interface LastingOptions {
  /** How soon the next attempt follows one that failed. @default 20 - adds little to an outage that is measured */
  readonly retryMs?: number;
  /**
   * A command without an answer in time ends the connection too, as clients do that know no Sentinel: behind a proxy that
   * vanished nothing else tells them.
   * @default false
   */
  readonly leaveSilent?: boolean;
  /** Hears what it goes through. */
  tell?(event: LastingEvent, detail: string): void;
}

/**
 * A connection that is found anew whenever it is lost, until it is closed. No command is ever sent twice: repeated behind
 * the caller's back, it would hide a loss.
 */
export class LastingConnection {
  /** Ready; undefined while it is being looked for. */
  current?: Connection;
  /** Why it is not there, or was last not there. */
  lastFailure = 'none';
  private ended = false;
  private waiting: ((connection: Connection | undefined) => void)[] = [];
  private tidy = () => {};

  /**
   * To the master, as an application keeps it. It leaves a server that a Sentinel no longer names, so it moves on from one
   * that hangs, which says nothing that a client could notice; and one that refuses writes as a replica.
   * @param first which Sentinel is asked first: where all ask the same, all wait for it when its node is dead
   */
  static toMaster(
    whereabouts: Whereabouts,
    watch: MasterWatch,
    options: LastingOptions & { readonly first?: number } = {},
  ): LastingConnection {
    const { first = 0 } = options;
    const find = (attempt: number) => findMaster(whereabouts, first + attempt, watch.ask);
    const lasting = new LastingConnection(find, options);
    const move = (host: string) => {
      const { current } = lasting;
      if (current && current.endpoint.host !== host) lasting.leave(`a Sentinel names ${host}`);
    };
    watch.on('change', move);
    lasting.tidy = () => watch.off('change', move);
    return lasting;
  }

  /** To one server, whatever its role. */
  static toServer(endpoint: () => Endpoint, options: LastingOptions = {}): LastingConnection {
    return new LastingConnection(async () => {
      const connection = Connection.open(endpoint());
      await connection.ready;
      return connection.state === 'ready' ? connection : connection.closed;
    }, options);
  }

  private constructor(
    private readonly find: (attempt: number) => Promise<Connection | Failure>,
    private readonly options: LastingOptions,
  ) {
    void this.seek();
  }

  /** Sends a command now, or refuses it now. */
  async send(args: readonly string[], timeoutMs: number): Promise<Outcome> {
    const connection = this.current;
    if (!connection) return { kind: 'refused', message: `not connected: ${this.lastFailure}` };
    const outcome = await connection.send(args, timeoutMs);
    if (outcome.kind === 'error' && outcome.message.startsWith('READONLY')) {
      this.leave(outcome.message, connection);
    } else if (outcome.kind === 'silent' && this.options.leaveSilent) {
      this.leave(describe(outcome), connection);
    }
    return outcome;
  }

  /** The connection, once it is there; undefined when it is closed before that. */
  found(): Promise<Connection | undefined> {
    if (this.current || this.ended) return Promise.resolve(this.current);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Gives a connection up, and looks for another; nothing where it has been given up already. */
  leave(why: string, connection = this.current): void {
    if (!connection) return;
    this.lose(connection, why);
    connection.close();
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    this.tidy();
    this.current?.close();
    this.current = undefined;
    this.settle(undefined);
  }

  private async seek(): Promise<void> {
    const { retryMs = 20, tell } = this.options;
    for (let attempt = 0; !this.ended; attempt++) {
      const found = await this.find(attempt);
      if (found instanceof Connection) {
        this.take(found);
        return;
      }
      this.lastFailure = describe(found);
      tell?.('error', this.lastFailure);
      await sleep(retryMs);
    }
  }

  private take(connection: Connection): void {
    if (this.ended) {
      connection.close();
      return;
    }
    this.current = connection;
    this.options.tell?.('ready', connection.remoteAddress ?? connection.endpoint.host);
    void connection.closed.then((outcome) => this.lose(connection, describe(outcome)));
    this.settle(connection);
  }

  private lose(connection: Connection, why: string): void {
    if (connection !== this.current) return;
    this.current = undefined;
    this.lastFailure = why;
    this.options.tell?.('close', why);
    void this.seek();
  }

  private settle(connection: Connection | undefined): void {
    for (const resolve of this.waiting.splice(0)) resolve(connection);
  }
}
