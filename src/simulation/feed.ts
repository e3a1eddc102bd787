import type { Server } from './server.js';

/** A replica, as the server that it follows sees it. */
interface Slot {
  readonly replica: Server;
  /** Which life of the replica. */
  readonly life: number;
  /** Which connection of the replica's. */
  readonly link: number;
  readonly since: number;
  state: 'waiting' | 'copying' | 'online';
  ack: number;
  ackAt: number;
}

interface Wait {
  readonly offset: number;
  readonly replicas: number;
  readonly done: (confirmed: number) => void;
  readonly endsAt: number;
}

/** REPLCONF GETACK in the stream. */
const GETACK_BYTES = 37;

/**
 * A server's replicas: full copies, the stream, what they confirmed, WAIT and min-replicas-to-write.
 *
 * Simpler than Redis: one fork makes copies for all who wait when it begins, and takes as long for each; the replication
 * buffer has no limit, so a copy is never broken off for it.
 */
export class Feed {
  slots: Slot[] = [];
  /** min-replicas-to-write looks at this; it is counted once a second, and when a replica comes or goes. */
  good = 0;
  /** `sync_full` and `sync_partial_ok` */
  copies = 0;
  continued = 0;
  private waits: Wait[] = [];
  /** When somebody looks for waits that are over; Infinity: nobody will. */
  private looksAt = Number.POSITIVE_INFINITY;
  private copying = false;
  /** In this turn of the server: something is to go out, or the replicas are to say how far they are. */
  private isDue = false;
  private ackIsDue = false;

  constructor(private readonly server: Server) {}

  /** PSYNC, as it arrives at the master. */
  accept(replica: Server, link: number, history: number, offset: number): void {
    const { server } = this;
    this.remove(replica);
    const now = server.now;
    const slot: Slot = { replica, life: replica.life, link, since: now, state: 'waiting', ack: 0, ackAt: now };
    if (server.continues(history, offset)) {
      this.continued++;
      slot.state = 'online';
      this.slots.push(slot);
      this.refresh();
      const { branch, count, offset: at } = server;
      server.replicate(replica, () => replica.link.continued(link, branch, count, at), now);
    } else {
      this.slots.push(slot);
      if (!this.copying) this.copy();
    }
  }

  private copy(): void {
    const { server } = this;
    const waiting = this.slots.filter((slot) => slot.state === 'waiting');
    if (waiting.length === 0) return;
    this.copying = true;
    const { branch, count, offset, life } = server;
    for (const slot of waiting) {
      this.copies++;
      slot.state = 'copying';
      server.replicate(slot.replica, () => slot.replica.link.copyBegins(slot.link), slot.since);
    }
    server.later(server.copyMs ?? server.world.copyMs(), life, () => {
      server.receive(() => {
        this.copying = false;
        for (const slot of waiting) {
          if (!this.slots.includes(slot)) continue;
          const { replica, link } = slot;
          server.replicate(replica, () => replica.link.copied(link, branch, count, offset), slot.since);
        }
        this.copy();
      });
    });
  }

  /** What was written goes out to all that are in step: once a turn, and not before its end. */
  stream(): void {
    this.isDue = true;
    if (!this.server.isInTurn) this.flush();
  }

  private askForAcks(): void {
    this.ackIsDue = true;
    this.stream();
  }

  flush(): void {
    if (!this.isDue) return;
    const { server, ackIsDue } = this;
    this.isDue = false;
    this.ackIsDue = false;
    if (ackIsDue) server.offset += GETACK_BYTES;
    const { branch, count, offset } = server;
    for (const { replica, link, state, since } of this.slots) {
      if (state !== 'online') continue;
      server.replicate(replica, () => replica.link.streamed(link, branch, count, offset, ackIsDue), since);
    }
  }

  /** REPLCONF ACK; the first one after a copy takes a replica in. */
  acknowledged(replica: Server, link: number, offset: number): void {
    const slot = this.slots.find((its) => its.replica === replica && its.link === link);
    if (slot === undefined) return;
    if (offset > slot.ack) slot.ack = offset;
    slot.ackAt = this.server.now;
    if (slot.state === 'copying') {
      slot.state = 'online';
      this.refresh();
      const { branch, count, offset: at } = this.server;
      // What was written since the copy began was kept for it, the question of a WAIT among it.
      const ackAsked = this.waits.length > 0;
      this.server.replicate(replica, () => replica.link.streamed(link, branch, count, at, ackAsked), slot.since);
    }
    if (this.waits.length > 0) this.endWaits();
  }

  /** WAIT: `done` learns how many have confirmed, at the latest in `timeout` ms. */
  wait(offset: number, replicas: number, timeout: number, done: (confirmed: number) => void): void {
    if (this.confirmedBy(offset) >= replicas) {
      done(this.confirmedBy(offset));
      return;
    }
    const endsAt = this.server.now + timeout;
    this.waits.push({ offset, replicas, done, endsAt });
    this.look(endsAt);
    this.askForAcks();
  }

  private endWaits(): void {
    this.end(({ offset, replicas }) => this.confirmedBy(offset) >= replicas);
  }

  /** One look at a time: almost all are confirmed long before. */
  private look(at: number): void {
    if (at >= this.looksAt) return;
    this.looksAt = at;
    const { server } = this;
    server.later(at - server.now, server.life, () => {
      if (this.looksAt !== at) return;
      this.looksAt = Number.POSITIVE_INFINITY;
      server.receive(() => {
        const { now } = server;
        this.end(({ endsAt }) => endsAt <= now);
        this.look(this.waits.reduce((least, { endsAt }) => Math.min(least, endsAt), Number.POSITIVE_INFINITY));
      });
    });
  }

  private end(isOver: (wait: Wait) => boolean): void {
    if (!this.waits.some(isOver)) return;
    const over = this.waits.filter(isOver);
    this.waits = this.waits.filter((wait) => !isOver(wait));
    for (const { offset, done } of over) done(this.confirmedBy(offset));
  }

  private confirmedBy(offset: number): number {
    let count = 0;
    for (const slot of this.slots) if (slot.state === 'online' && slot.ack >= offset) count++;
    return count;
  }

  /** Whole seconds, as Redis counts them. */
  refresh(): void {
    const { maxLag } = this.server.world.engine;
    const seconds = Math.floor(this.server.now / 1000);
    this.good = 0;
    for (const slot of this.slots) {
      if (slot.state === 'online' && seconds - Math.floor(slot.ackAt / 1000) <= maxLag / 1000) this.good++;
    }
  }

  /** Once a second. */
  cron(): void {
    const { server } = this;
    const { replTimeout } = server.world.engine;
    for (const slot of this.slots) {
      if (slot.state === 'online' && server.now - slot.ackAt > replTimeout + 1000) this.disconnect(slot);
    }
    this.refresh();
  }

  /** All have everything; SIGTERM waits for that. */
  get inStep(): boolean {
    return this.slots.every((slot) => slot.state !== 'online' || slot.ack >= this.server.offset);
  }

  /** The replica has closed that connection; without a number, any. */
  remove(replica: Server, link?: number): void {
    this.drop((slot) => slot.replica === replica && (link === undefined || slot.link === link));
  }

  /** A replica's process has ended. */
  ended(replica: Server, life: number): void {
    this.drop((slot) => slot.replica === replica && slot.life === life);
  }

  private drop(of: (slot: Slot) => boolean): void {
    if (!this.slots.some(of)) return;
    this.slots = this.slots.filter((slot) => !of(slot));
    this.refresh();
  }

  private disconnect(slot: Slot): void {
    this.slots = this.slots.filter((other) => other !== slot);
    const { replica, link } = slot;
    this.server.replicate(replica, () => replica.link.closed(link), slot.since);
  }

  /** Its history has another name now, or its data is another: all must come anew. */
  disconnectAll(): void {
    this.flush();
    for (const slot of [...this.slots]) this.disconnect(slot);
    this.refresh();
  }

  /** The server follows another, so WAIT ends with an error: as if nobody had confirmed. */
  breakWaits(): void {
    const { waits } = this;
    this.waits = [];
    for (const { done } of waits) done(-1);
  }

  forget(): void {
    this.slots = [];
    this.waits = [];
    this.looksAt = Number.POSITIVE_INFINITY;
    this.isDue = false;
    this.ackIsDue = false;
    this.copying = false;
    this.good = 0;
  }
}
