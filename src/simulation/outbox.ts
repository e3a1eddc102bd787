import type { Channel } from './network.js';
import type { Server } from './server.js';

interface Sending {
  readonly to: number;
  readonly run: () => void;
  readonly since: number;
  readonly channel: Channel;
  /** The one that is sent after it. */
  next?: Sending;
}

/**
 * What a server sends in one turn: where each write must be on the disk first (`appendfsync always`), it waits for that. Mostly
 * it is one message or two, so they hang together: an array would take room for many more each time.
 */
export class Outbox {
  /** In this turn data have changed. */
  wrote = false;
  private isOpen = false;
  private first?: Sending = undefined;
  private last?: Sending = undefined;

  constructor(private readonly server: Server) {}

  /** @returns whether it waits; otherwise it may be sent */
  add(to: number, run: () => void, since = -1, channel: Channel): boolean {
    if (!this.isOpen) return false;
    const sending: Sending = { to, run, since, channel, next: undefined };
    if (this.last === undefined) this.first = sending;
    else this.last.next = sending;
    this.last = sending;
    return true;
  }

  /** A turn begins. */
  open(): void {
    this.isOpen = true;
    this.wrote = false;
  }

  /** It is over: what was to be sent goes out, once what was written is on the disk. */
  close(): void {
    this.isOpen = false;
    const { server, first } = this;
    this.first = undefined;
    this.last = undefined;
    const took = this.wrote ? server.file.force() : undefined;
    if (took === undefined) {
      this.flush(first);
      return;
    }
    const { branch, count, volume, life } = server;
    server.world.events.after(took, () => {
      if (!server.alive || server.life !== life) return;
      server.file.isSynced(volume, branch, count);
      if (server.stopped) server.receive(() => this.flush(first));
      else this.flush(first);
    });
    server.occupy(took);
  }

  private flush(first: Sending | undefined): void {
    const { network, host } = this.server;
    for (let its = first; its !== undefined; its = its.next) {
      network.send(host, its.to, its.run, its.since, its.channel);
    }
  }
}
