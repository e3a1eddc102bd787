import { join } from 'node:path';
import type { Address } from '../decide/known.js';
import type { Order, VolumeFact } from '../decide/orders.js';
import { remove, writePrivate } from '../files.js';
import { MARK_DATABASE, MARK_KEY } from '../know/append-only.js';
import { Link } from '../know/link.js';
import { POSITION_SETTING, type Servers, serverLink } from '../know/servers.js';
import { positionText } from '../render/redis-conf.js';
import type { Surroundings } from '../surroundings.js';
import type { Engines } from './engines.js';
import { heldSentinels } from './held-clients.js';
import { type Results, resultOf } from './results.js';
import type { SentinelOrders } from './sentinel-orders.js';
import type { VolumeFacts } from './volume-facts.js';

/** For one server, ms. */
const ORDER_MS = 1000;

/** Carries orders out, each bounded in time, and says how the numbered ones ended. It decides nothing. */
export class Actor {
  /** A pause of writes holds the mark up, and nothing else is to wait for it. */
  private readonly marks: Link;
  private marksBegun = false;
  /** What goes through files is done in the order in which it was decided: a fact is on the disk before a server starts. */
  private files: Promise<void> = Promise.resolve();
  private readonly unwritten = new Set<VolumeFact>();

  constructor(
    private readonly around: Surroundings,
    private readonly servers: Servers,
    private readonly sentinels: SentinelOrders,
    private readonly engines: Engines,
    private readonly facts: VolumeFacts,
    private readonly results: Results,
  ) {
    this.marks = new Link({
      ...serverLink(around, around.settings.local, 'mark'),
      onClosed: () => {
        this.marksBegun = false;
      },
    });
  }

  carryOut(order: Order): void {
    (this.byKind[order.do] as (order: Order) => void)(order);
  }

  private readonly byKind: { readonly [Kind in Order['do']]: (order: Extract<Order, { do: Kind }>) => void } = {
    'start-server': (order) => this.inFiles(order.do, () => this.startServer(order)),
    'start-sentinel': (order) => this.inFiles(order.do, () => this.engines.startSentinel(order)),
    'end-server': (order) => this.attempt(order.do, () => this.engines.endServer()),
    'end-sentinel': (order) => this.attempt(order.do, () => this.engines.endSentinel()),
    'set-fact': ({ fact, holds }) => this.inFiles(`set-fact ${fact}`, () => this.setFact(fact, holds)),
    'forget-promote': (order) => this.attempt(order.do, () => remove(join(this.around.settings.runDir, 'promote'))),
    'release-hook': (order) =>
      this.attempt(order.do, () => writePrivate(join(this.around.settings.runDir, 'hand-over.done'), '')),
    'set-priority': ({ value }) => this.tellOwn(['CONFIG', 'SET', 'replica-priority', String(value)]),
    follow: ({ server, master, number }) => this.follow(server, master, number),
    'drop-clients': () => this.tellOwn(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']),
    pause: ({ ms, number }) => this.tellOwn(['CLIENT', 'PAUSE', String(ms), 'WRITE'], number),
    'free-sentinels': () => this.freeSentinels(),
    unpause: () => this.tellOwn(['CLIENT', 'UNPAUSE']),
    mark: ({ epoch, offset }) => this.mark(`${epoch}/${offset}`),
    'show-position': ({ position }) =>
      this.tellOwn(['CONFIG', 'SET', POSITION_SETTING, position ? positionText(position) : '']),
    'ask-votes': ({ old, epoch, number }) => this.sentinels.askVotes(old, epoch, number),
    'ask-given-votes': ({ old, number }) => this.sentinels.askGivenVotes(old, number),
    announce: ({ master, epoch, number }) => this.sentinels.announce(master, epoch, number),
    'flush-sentinels': ({ number }) => this.sentinels.flush(number),
    'ask-failover': () => this.sentinels.askFailover(),
    'set-down-after': ({ ms, of }) => this.sentinels.setDownAfter(ms, of),
    'reconnect-sentinel': () => this.sentinels.reconnect(),
  };

  /** While a fact is not on the disk nothing is started: it may be lost. */
  private async startServer(order: Extract<Order, { do: 'start-server' }>): Promise<void> {
    if (this.unwritten.size > 0)
      throw new Error(`${[...this.unwritten].join(', ')} cannot be written; nothing was started`);
    await this.engines.startServer(order);
  }

  private async setFact(fact: VolumeFact, holds: boolean): Promise<void> {
    // The Sentinel's own is no matter of the server's.
    if (fact !== 'had-data') this.unwritten.add(fact);
    await this.facts.write(fact, holds);
    this.unwritten.delete(fact);
  }

  private tellOwn(command: readonly string[], number?: number): void {
    this.tell(this.around.plan.me, command, number);
  }

  private follow(server: Address, master: Address | undefined, number: number | undefined): void {
    const whom = master === undefined ? ['NO', 'ONE'] : [master, String(this.around.settings.redisPort)];
    this.tell(server, ['REPLICAOF', ...whom], number);
  }

  private tell(server: Address, command: readonly string[], number?: number): void {
    const target = this.servers.target(server);
    if (!target) {
      // It follows this server, and is none of the topology's: in the midst of a change of their number.
      const link = new Link(serverLink(this.around, server, 'order'));
      link.ask(
        command,
        (outcome) => {
          link.giveUp();
          this.results.set(number, resultOf(outcome));
        },
        ORDER_MS,
      );
      return;
    }
    target.link.ask(
      command,
      (outcome) => {
        // What it is has changed.
        target.expire('info');
        this.results.set(number, resultOf(outcome));
        this.around.changed();
      },
      ORDER_MS,
    );
  }

  private freeSentinels(): void {
    const link = this.servers.target(this.around.plan.me)?.link;
    link?.ask(
      ['CLIENT', 'LIST', 'TYPE', 'normal'],
      (outcome) => {
        if (outcome.kind !== 'reply') return;
        for (const id of heldSentinels(String(outcome.reply))) {
          link.ask(['CLIENT', 'KILL', 'ID', id], () => {}, ORDER_MS);
        }
      },
      ORDER_MS,
    );
  }

  /** In the mark's own database, and in no other: without it there is no mark. */
  private mark(text: string, again = true): void {
    const set = () => {
      this.marks.ask(
        ['SET', MARK_KEY, text],
        ({ kind }) => {
          // The connection had just been closed, as when all clients are dropped.
          if (kind === 'refused' && again) this.mark(text, false);
        },
        ORDER_MS,
      );
    };
    if (this.marksBegun) {
      set();
      return;
    }
    this.marks.ask(
      ['SELECT', String(MARK_DATABASE)],
      ({ kind }) => {
        if (kind !== 'reply') return;
        this.marksBegun = true;
        set();
      },
      ORDER_MS,
    );
  }

  private inFiles(what: string, job: () => Promise<void>): void {
    this.files = this.files.then(job).catch((error: Error) => this.failed(what, error));
  }

  /** In the pod's memory volume: done at once. */
  private attempt(what: string, job: () => void): void {
    try {
      job();
    } catch (error) {
      this.failed(what, error as Error);
    }
  }

  private failed(what: string, error: Error): void {
    this.around.say(`error volume: ${what}: ${error.message}`);
  }
}
