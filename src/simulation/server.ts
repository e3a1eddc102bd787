import type { Address, Position, ServerInfo } from '../agent/program/decide/known.js';
import type { Timer } from './events.js';
import { Feed } from './feed.js';
import { type Branch, depthOf, type Place } from './history.js';
import { MasterLink } from './link.js';
import { type Channel, COMMANDS, REPLICATION } from './network.js';
import { Outbox } from './outbox.js';
import { Pause } from './pause.js';
import { Process } from './process.js';
import { ServerFile } from './server-file.js';
import type { Disk, Volume } from './volume.js';
import type { World } from './world.js';

/** How a write was answered. */
export type WriteAnswer =
  | { readonly kind: 'ok'; readonly confirmed: number }
  | { readonly kind: 'error'; readonly error: 'LOADING' | 'READONLY' | 'NOREPLICAS' | 'MISCONF' | 'UNBLOCKED' };

export interface StartAs {
  readonly master?: Server;
  readonly priority: number;
  readonly position?: Position;
}

/** Bytes of a client's write, in the stream and in the file. */
const WRITE_BYTES = 60;
const MARK_BYTES = 70;
const PING_BYTES = 14;
/** A ping to the replicas with every tenth turn of the cron. */
const PING_EVERY = 10;

/**
 * A Redis server: its role, data and place in the replication, and what clients, agents and Sentinels ask of it. Its file,
 * its pauses, what it sends, and the two ends of its replication are parts of their own.
 *
 * Simpler than Redis: data are a list of writes, of which each has a number; there is no expiry, eviction, script or
 * maxclients.
 */
export class Server extends Process {
  readonly channel = REPLICATION;
  role: 'master' | 'replica' = 'master';
  priority = 0;
  position?: Position;
  branch!: Branch;
  count = 0;
  /** Replication offset. */
  offset = 0;
  /** The history that it had before, up to that offset. */
  previous?: { readonly history: number; readonly offset: number };
  readonly feed: Feed;
  readonly link: MasterLink;
  readonly file: ServerFile;
  private readonly pauses: Pause;
  loading = false;
  /** It was master, or in step with one, since it started. */
  filled = false;
  changes = 0;
  /** A copy that it makes takes so long, ms, until it ends. @default - as the seed drew */
  copyMs?: number;
  /** Which reign it is, for the checkers; counts over all servers. */
  reign = 0;
  volume!: Volume;
  private backlogFrom = 0;
  private readonly outbox = new Outbox(this);
  /** What it does in a turn goes out at its end. */
  isInTurn = false;
  private loops = 0;
  /** Connections of clients before the last CLIENT KILL have an earlier number. */
  clients = 0;

  constructor(
    readonly world: World,
    readonly ordinal: number,
    readonly address: Address,
    host: number,
    readonly disk: Disk,
  ) {
    super(world.events, world.network, host);
    this.feed = new Feed(this);
    this.link = new MasterLink(this);
    this.file = new ServerFile(this);
    this.pauses = new Pause(this);
  }

  get now(): number {
    return this.events.now;
  }

  get place(): Place {
    return { branch: this.branch, count: this.count };
  }

  /** Starts with what lies on the volume. */
  start(volume: Volume, as: StartAs): void {
    this.begin();
    this.volume = volume;
    const found = this.file.placeIn(volume);
    this.branch = found === undefined ? this.world.newRoot() : this.world.newBranch(found);
    this.count = 0;
    this.offset = 0;
    this.backlogFrom = 0;
    this.previous = undefined;
    this.changes = 0;
    this.pauses.start();
    this.file.start();
    this.priority = as.priority;
    this.position = as.position;
    this.copyMs = undefined;
    this.feed.forget();
    this.link.forget();
    this.link.master = as.master;
    this.role = as.master === undefined ? 'master' : 'replica';
    const ready = () => {
      this.loading = false;
      if (as.master === undefined) this.rules();
      else if (this.role === 'replica') this.link.startFollowing(as.master);
    };
    const entries = depthOf(this.place);
    this.loading = entries > 0;
    this.filled = false;
    const loadMs = this.loading ? this.world.loadMs() : 0;
    if (this.loading) this.later(loadMs, this.life, () => this.receive(ready));
    else ready();
    this.cronIn(loadMs + firstCron(loadMs), this.life);
    this.world.note(() => [
      this.name,
      `starts as ${this.role}${as.position ? ' candidate' : ''} with ${entries} entries`,
    ]);
  }

  get name(): string {
    return `redis-${this.ordinal}`;
  }

  private rules(): void {
    this.filled = true;
    this.reign = this.world.newReign(this);
  }

  later(ms: number, life: number, run: () => void): Timer {
    return this.events.after(ms, () => {
      if (this.alive && this.life === life) run();
    });
  }

  private cronIn(ms: number, life: number): void {
    this.later(ms, life, () => {
      this.cronIn(1000, life);
      if (!this.stopped) this.receive(() => this.cron());
    });
  }

  private cron(): void {
    this.file.cron();
    if (this.loading) return;
    this.link.cron();
    this.feed.cron();
    if (this.role === 'master' && this.loops++ % PING_EVERY === 0 && this.feed.slots.length > 0) {
      this.offset += PING_BYTES;
      this.feed.stream();
    }
  }

  /** Sends when this round's writes are on the disk, where they must be. */
  override send(to: number, run: () => void, since?: number, channel: Channel = COMMANDS): void {
    if (!this.outbox.add(to, run, since, channel)) this.network.send(this.host, to, run, since, channel);
  }

  /** To another server, which takes it on the connection between master and replica. */
  replicate(to: Server, run: () => void, since: number): void {
    this.send(to.host, () => to.receive(run, undefined, undefined, REPLICATION), since, REPLICATION);
  }

  protected override get readsReplicationFirst(): boolean {
    return this.world.random.chance(0.5);
  }

  protected override turn(run: () => void): void {
    if (this.isInTurn) {
      run();
      return;
    }
    const isForced = this.world.engine.fsync === 'always';
    this.isInTurn = true;
    if (isForced) this.outbox.open();
    run();
    this.feed.flush();
    if (isForced) this.outbox.close();
    this.isInTurn = false;
  }

  /** Data have changed: the file, and those that follow. */
  private changed(entries: number): void {
    this.changes += entries;
    this.outbox.wrote = true;
    const heldUp = this.file.changed();
    if (heldUp > 0) this.occupy(heldUp);
    this.feed.stream();
  }

  // What clients and agents ask.

  /** A client's write, with `WAIT replicas` behind it where that is not 0. */
  write(client: number, write: number, replicas: number, timeout: number, answer: (answer: WriteAnswer) => void): void {
    const error = this.refusal;
    if (error !== undefined) {
      answer({ kind: 'error', error });
      return;
    }
    if (this.isPaused) {
      this.pauses.hold(() => this.write(client, write, replicas, timeout, answer), client);
      return;
    }
    this.offset += WRITE_BYTES;
    const index = this.branch.append(write, this.offset, WRITE_BYTES);
    this.count = index + 1;
    this.world.ledger.accepted(this, write, this.branch, index);
    this.changed(1);
    if (replicas === 0) {
      answer({ kind: 'ok', confirmed: 0 });
      return;
    }
    this.feed.wait(this.offset, replicas, timeout, (confirmed) =>
      answer(confirmed < 0 ? { kind: 'error', error: 'UNBLOCKED' } : { kind: 'ok', confirmed }),
    );
  }

  /** Why it takes no writes. */
  private get refusal(): 'LOADING' | 'READONLY' | 'NOREPLICAS' | 'MISCONF' | undefined {
    if (this.loading) return 'LOADING';
    if (this.role !== 'master') return 'READONLY';
    if (this.file.failing) return 'MISCONF';
    const { minReplicas, maxLag } = this.world.engine;
    return minReplicas > 0 && maxLag > 0 && this.feed.good < minReplicas ? 'NOREPLICAS' : undefined;
  }

  /** A master that cannot append answers PING with that error. */
  override get refusesPing(): boolean {
    return this.role === 'master' && this.file.failing;
  }

  /** PUBLISH, which goes to the replicas too. */
  publish(bytes: number, run: () => void): void {
    if (this.role === 'master' && this.isPaused) {
      this.pauses.hold(run);
      return;
    }
    if (this.role === 'master') {
      this.offset += bytes;
      this.feed.stream();
    }
    run();
  }

  /** The mark of the master's agent; refused as users' writes are. */
  mark(epoch: number, offset: number, answer: (done: boolean) => void): void {
    if (this.refusal !== undefined) {
      answer(false);
      return;
    }
    if (this.isPaused) {
      this.pauses.hold(() => this.mark(epoch, offset, answer));
      return;
    }
    this.offset += MARK_BYTES;
    this.branch.appendMark(epoch, offset, this.offset, MARK_BYTES);
    this.count = this.branch.ends.length;
    this.changed(1);
    answer(true);
  }

  get isPaused(): boolean {
    return this.pauses.isOn;
  }

  pause(ms: number): void {
    this.pauses.begin(ms);
  }

  unpause(): void {
    this.pauses.stop();
  }

  /** REPLICAOF, or NO ONE. */
  follow(master: Server | undefined): boolean {
    if (this.loading) return false;
    if (master === undefined) {
      if (this.role === 'replica') this.promote();
      return true;
    }
    if (this.role === 'replica' && this.link.master === master) return true;
    const wasMaster = this.role === 'master';
    if (wasMaster) this.world.reignEnds(this);
    this.feed.breakWaits();
    this.role = 'replica';
    this.link.follow(master, wasMaster);
    this.world.note(() => [this.name, `follows ${master.name}`]);
    return true;
  }

  private promote(): void {
    this.role = 'master';
    this.link.follow(undefined, false);
    this.previous = { history: this.branch.id, offset: this.offset };
    this.branch = this.world.newBranch(this.place);
    this.count = 0;
    this.file.ensure();
    this.feed.disconnectAll();
    this.rules();
    this.world.note(() => [this.name, `is master from offset ${this.offset}`]);
  }

  /** CLIENT KILL TYPE normal. */
  dropClients(): void {
    this.clients++;
    this.world.clientsDropped(this);
  }

  info(): ServerInfo {
    const { link, feed } = this;
    const seconds = Math.floor(this.now / 1000);
    const isMaster = this.role === 'master';
    return {
      role: this.role,
      loading: this.loading,
      offset: isMaster ? this.offset : this.replicaOffset,
      priority: isMaster ? -1 : this.priority,
      master: link.master?.address ?? '',
      linkUp: link.state === 'up',
      syncing: link.state === 'copying' || link.state === 'loading',
      heardMs: isMaster ? 0 : link.heardMs,
      linkDownMs: link.downMs < 0 ? Number.POSITIVE_INFINITY : link.downMs,
      replicas: feed.slots.map((slot) => ({
        address: slot.replica.address,
        offset: slot.ack,
        lagMs: slot.state === 'online' ? 1000 * (seconds - Math.floor(slot.ackAt / 1000)) : 0,
        online: slot.state === 'online',
      })),
      changes: this.changes,
      rewriting: this.file.rewriting,
    };
  }

  /** `slave_repl_offset`; 1 where it has nothing that it could continue. */
  get replicaOffset(): number {
    return this.link.state === 'loading' || this.link.state === 'copying' || this.offset === 0 ? 1 : this.offset;
  }

  // Replication.

  syncAsked(replica: Server, link: number, history: number, offset: number): void {
    if (this.loading || (this.role === 'replica' && this.link.state !== 'up')) {
      this.replicate(replica, () => replica.link.refused(link), this.now);
    } else {
      this.feed.accept(replica, link, history, offset);
    }
  }

  /** Can a replica with that history go on at that offset? */
  continues(history: number, offset: number): boolean {
    const own = history === this.branch.id || (history === this.previous?.history && offset <= this.previous.offset);
    const from = Math.max(this.backlogFrom, this.offset - this.world.engine.backlogBytes);
    return own && offset >= from && offset <= this.offset;
  }

  /** Takes what its master has sent. */
  take(branch: Branch, count: number, offset: number): void {
    const entries = branch.depth + count - (this.branch.depth + this.count);
    this.branch = branch;
    this.count = count;
    this.offset = offset;
    if (entries > 0) this.changed(entries);
    else this.feed.stream();
  }

  /** Throws away its data for a copy. */
  loadCopy(branch: Branch, count: number, offset: number, done: () => void): void {
    this.loading = true;
    this.file.leave();
    this.branch = this.world.newRoot();
    this.count = 0;
    this.later(this.world.loadMs(), this.life, () =>
      this.receive(() => {
        this.loading = false;
        this.branch = branch;
        this.count = count;
        this.offset = offset;
        this.backlogFrom = offset;
        this.previous = undefined;
        this.file.rewrite();
        this.world.note(() => [this.name, `has a copy of ${this.link.master?.name}: ${depthOf(this.place)} entries`]);
        done();
      }),
    );
  }

  // The end.

  /** SIGTERM: waits for the replicas, and for the first file after a copy. */
  terminate(): void {
    const { pauses } = this;
    if (!this.alive || pauses.forGood) return;
    pauses.forGood = this.role === 'master' && !this.loading;
    if (pauses.forGood) this.receive(() => this.feed.wait(this.offset, this.feed.slots.length, 0, () => {}));
    const until = this.now + this.world.engine.shutdownTimeout;
    const { life } = this;
    const look = () => {
      const waits = pauses.forGood && !this.feed.inStep && this.now < until;
      if (!this.file.rewriting && !waits && !this.stopped) this.end();
      else this.later(20, life, look);
    };
    look();
  }

  protected override goesOn(stoppedAt: number): void {
    this.world.checks.goesOn(this, stoppedAt);
  }

  protected ended(): void {
    if (this.role === 'master') this.world.reignEnds(this);
    this.file.end();
    this.pauses.end();
    this.feed.forget();
    this.link.forget();
    this.position = undefined;
    this.world.note(() => [this.name, 'has ended']);
  }

  /** Another server has ended, in so far as this one is connected to it. */
  closed(process: Process, life: number): void {
    if (!this.alive) return;
    const take = () => {
      const other = process as Server;
      this.feed.ended(other, life);
      if (this.link.master === other) this.link.masterEnded(life);
    };
    this.receive(take, undefined, undefined, REPLICATION);
  }
}

/**
 * From the end of loading to the first turn of what is done once a second, making the connection to the master among it, ms.
 * Redis counts the tenths of a second, begun ones too, that it has loaded: so it is at once where it loads nothing, and after
 * 0.9 s where it loads a few entries (seen in the logs of servers that were started anew, docs/simulated-and-measured.md).
 */
function firstCron(loadMs: number): number {
  const turns = Math.ceil(loadMs / 100) % 10;
  return turns === 0 ? 0 : 1000 - 100 * turns;
}
