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
  ended: boolean;
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
  private copying = false;

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

  /** What was written goes out to all that are in step. */
  stream(): void {
    const { server } = this;
    const { branch, count, offset } = server;
    for (const { replica, link, state, since } of this.slots) {
      if (state !== 'online') continue;
      server.replicate(replica, () => replica.link.streamed(link, branch, count, offset, false), since);
    }
  }

  private askForAcks(): void {
    const { server } = this;
    server.offset += GETACK_BYTES;
    const { branch, count, offset } = server;
    for (const { replica, link, state, since } of this.slots) {
      if (state !== 'online') continue;
      server.replicate(replica, () => replica.link.streamed(link, branch, count, offset, true), since);
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
      this.server.replicate(replica, () => replica.link.streamed(link, branch, count, at, false), slot.since);
    }
    if (this.waits.length > 0) this.endWaits();
  }

  /** WAIT: `done` learns how many have confirmed, at the latest in `timeout` ms. */
  wait(offset: number, replicas: number, timeout: number, done: (confirmed: number) => void): void {
    if (this.confirmedBy(offset) >= replicas) {
      done(this.confirmedBy(offset));
      return;
    }
    const wait: Wait = { offset, replicas, done, ended: false };
    this.waits.push(wait);
    const { server } = this;
    server.later(timeout, server.life, () =>
      server.receive(() => {
        if (wait.ended) return;
        wait.ended = true;
        this.waits = this.waits.filter((other) => other !== wait);
        done(this.confirmedBy(offset));
      }),
    );
    this.askForAcks();
  }

  private endWaits(): void {
    let some = false;
    for (const wait of this.waits) {
      const confirmed = this.confirmedBy(wait.offset);
      if (confirmed < wait.replicas) continue;
      wait.ended = true;
      some = true;
      wait.done(confirmed);
    }
    if (some) this.waits = this.waits.filter((wait) => !wait.ended);
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
    for (const slot of [...this.slots]) this.disconnect(slot);
    this.refresh();
  }

  /** The server follows another, so WAIT ends with an error: as if nobody had confirmed. */
  breakWaits(): void {
    const { waits } = this;
    this.waits = [];
    for (const wait of waits) {
      wait.ended = true;
      wait.done(-1);
    }
  }

  forget(): void {
    this.slots = [];
    this.waits = [];
    this.copying = false;
    this.good = 0;
  }
}
