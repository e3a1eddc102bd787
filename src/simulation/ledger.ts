import { type Branch, holds, type Place } from './history.js';
import type { Pod } from './pod.js';
import type { Server, WriteAnswer } from './server.js';
import type { World } from './world.js';

/** A write. There are many of them: all of its parts are there from the beginning, so that it never has to grow. */
class Entry {
  /** Where it was accepted. */
  branch?: Branch = undefined;
  index = -1;
  acceptedAt = -1;
  by?: Server = undefined;
  acknowledgedAt?: number = undefined;
  /** Its last copy was on a volume that was lost. */
  gone = false;
  confirmedAt?: number = undefined;

  constructor(readonly host: number) {}
}

/** Every write, and what its client was told. */
export class Ledger {
  readonly entries: Entry[] = [new Entry(-1)];
  acknowledged = 0;
  confirmed = 0;
  refused = 0;
  /** When a client outside the pods was last told that a write was done. */
  lastAcknowledgedAt = 0;

  constructor(private readonly world: World) {}

  next(host: number): number {
    this.entries.push(new Entry(host));
    return this.entries.length - 1;
  }

  accepted(server: Server, write: number, branch: Branch, index: number): void {
    const entry = this.entries[write] as Entry;
    entry.branch = branch;
    entry.index = index;
    entry.acceptedAt = this.world.events.now;
    entry.by = server;
    this.world.checks.accepted(server);
  }

  answered(write: number, answer: WriteAnswer, replicas: number): void {
    const entry = this.entries[write] as Entry;
    if (answer.kind === 'error') {
      this.refused++;
      return;
    }
    const { now } = this.world.events;
    entry.acknowledgedAt = now;
    this.acknowledged++;
    if (entry.host === this.world.clientHost) this.lastAcknowledgedAt = now;
    if (replicas > 0 && answer.confirmed >= replicas) {
      entry.confirmedAt = now;
      this.confirmed++;
    }
  }

  /** Beyond what is promised: what was only on a volume that is about to be lost is gone, whatever the agents do. */
  volumeLost(pod: Pod): void {
    const { servers, pods, setting } = this.world;
    if (setting.severity !== 'beyond') return;
    const places: Place[] = [];
    for (const server of servers) {
      if (server === pod.server) continue;
      if (server.alive) places.push(server.place);
      const file = pods[server.host]?.volume.aof;
      if (file) places.push(file.written);
    }
    for (const entry of this.entries) {
      const { branch, index } = entry;
      if (branch !== undefined && !places.some((place) => holds(place, branch, index))) entry.gone = true;
    }
  }

  /** What a server with that place lacks. */
  missing(place: Place): { acknowledged: number[]; confirmed: number[] } {
    const acknowledged: number[] = [];
    const confirmed: number[] = [];
    for (const [write, entry] of this.entries.entries()) {
      if (entry.acknowledgedAt === undefined || entry.branch === undefined) continue;
      if (holds(place, entry.branch, entry.index)) continue;
      acknowledged.push(write);
      if (entry.confirmedAt !== undefined && !entry.gone && entry.acceptedAt > this.world.checks.excusedUntil)
        confirmed.push(write);
    }
    return { acknowledged, confirmed };
  }
}
