import type { Process } from './process.js';
import { Random } from './random.js';
import type { Sentinel } from './sentinel.js';
import type { Server, WriteAnswer } from './server.js';
import type { World } from './world.js';

const ANSWER_MS = 1000;
const WAIT_MS = 500;
const FIND_AGAIN_MS = 100;
const SENTINEL_MS = 300;

/** Where nothing is broken, it writes so many times as seldom. */
const QUIET = 4;

/**
 * A client: it asks the Sentinels for the master, makes sure of its role, and writes one number after the other.
 *
 * Simpler than a client's library: one connection, no pool; it notices a master that says nothing after a second.
 */
export class Writer {
  private server?: Server;
  private life = 0;
  /** Of its connection: those of before a CLIENT KILL are closed. */
  private clients = 0;
  private since = 0;
  private attempt = 0;
  private next = 0;
  /** When the write was sent that is not answered; undefined where there is none. */
  private openSince?: number = undefined;
  private isWatched = false;
  private readonly random: Random;
  stopped = false;

  constructor(
    private readonly world: World,
    readonly host: number,
    index: number,
    /** Asks only this Sentinel, as a client does whose node is cut off. */
    private readonly only?: Sentinel,
    /** Share of its writes that it has confirmed. */
    private readonly waitShare = world.setting.waitShare,
  ) {
    this.random = new Random(world.setting.seed, `writer-${index}-${host}`);
    this.attempt = index;
    for (const server of world.servers) server.watch({ host, closed: (process) => this.closed(process) });
  }

  /** The server that it writes to; undefined while it seeks one. */
  get writesTo(): Server | undefined {
    return this.server;
  }

  begin(): void {
    this.world.events.after(this.random.between(0, 200), () => this.find());
  }

  private later(ms: number, run: () => void): void {
    this.world.events.after(ms, () => {
      if (!this.stopped) run();
    });
  }

  private findAgain(attempt: number, ms: number): void {
    this.later(ms, () => {
      if (this.attempt === attempt && this.server === undefined) this.find();
    });
  }

  private find(): void {
    if (this.stopped) return;
    const { network, sentinels } = this.world;
    const attempt = ++this.attempt;
    const sentinel = this.only ?? (sentinels[attempt % sentinels.length] as Sentinel);
    this.findAgain(attempt, SENTINEL_MS);
    network.connect(this.host, sentinel.host, () => {
      if (this.attempt !== attempt || !sentinel.responsive) return;
      const server = sentinel.master.target as Server;
      network.connect(this.host, server.host, () =>
        server.receive(
          () => {
            if (server.role !== 'master' || server.loading) return;
            const { life, clients } = server;
            server.send(this.host, () => {
              if (this.attempt !== attempt || this.server !== undefined) return;
              this.server = server;
              this.life = life;
              this.clients = clients;
              this.since = this.world.events.now;
              this.write();
            });
          },
          () => this.findAgain(attempt, FIND_AGAIN_MS / 2),
        ),
      );
    });
  }

  /** One for all writes, of which there are thousands. */
  private readonly writeNext = () => this.write();

  private write(): void {
    const { server, life, clients, since, world } = this;
    if (server === undefined || this.stopped) return;
    const { setting, network, ledger } = world;
    const write = ledger.next(this.host);
    const number = ++this.next;
    const replicas = this.random.chance(this.waitShare) ? Math.floor(setting.servers / 2) : 0;
    network.send(
      this.host,
      server.host,
      () =>
        server.receive(
          () => {
            if (clients !== server.clients) return;
            server.write(clients, write, replicas, WAIT_MS, (answer) =>
              server.send(
                this.host,
                () => {
                  ledger.answered(write, answer, replicas);
                  if (this.next === number && this.server === server && this.life === life) this.after(answer);
                },
                since,
              ),
            );
          },
          undefined,
          life,
        ),
      since,
    );
    this.openSince = world.events.now;
    if (!this.isWatched) this.watch(this.openSince);
  }

  /** Gives up what was not answered in time. One look at a time: almost all are answered long before. */
  private watch(since: number): void {
    this.isWatched = true;
    this.world.events.at(since + ANSWER_MS, () => {
      this.isWatched = false;
      const { openSince } = this;
      if (this.stopped || openSince === undefined) return;
      if (openSince > since) this.watch(openSince);
      else this.leave(0);
    });
  }

  private after(answer: WriteAnswer): void {
    this.next++;
    this.openSince = undefined;
    if (answer.kind === 'error' && answer.error !== 'NOREPLICAS') {
      this.leave(FIND_AGAIN_MS);
      return;
    }
    const { writeEveryMs } = this.world.setting;
    const pause = this.world.isQuiet ? QUIET * writeEveryMs : writeEveryMs;
    this.world.events.after(pause * this.random.between(0.5, 1.5), this.writeNext);
  }

  private leave(pause: number): void {
    this.server = undefined;
    this.next++;
    this.openSince = undefined;
    this.findAgain(this.attempt, pause);
  }

  /** Its connection was closed. */
  closed(process: Process): void {
    if (this.server !== process) return;
    const server = process as Server;
    if (server.alive && server.life === this.life && server.clients === this.clients) return;
    this.leave(10);
  }
}
