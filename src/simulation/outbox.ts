import type { Channel } from './network.js';
import type { Server } from './server.js';

interface Sending {
  readonly to: number;
  readonly run: () => void;
  readonly since: number;
  readonly channel: Channel;
}

/** What a server sends in one turn: where each write must be on the disk first (`appendfsync always`), it waits for that. */
export class Outbox {
  /** In this turn data have changed. */
  wrote = false;
  private sendings?: Sending[];

  constructor(private readonly server: Server) {}

  get isOpen(): boolean {
    return this.sendings !== undefined;
  }

  /** @returns whether it waits; otherwise it may be sent */
  add(to: number, run: () => void, since = -1, channel: Channel): boolean {
    if (this.sendings === undefined) return false;
    this.sendings.push({ to, run, since, channel });
    return true;
  }

  /** One turn, and then what it was to send. */
  collect(turn: () => void): void {
    const sendings: Sending[] = [];
    this.sendings = sendings;
    this.wrote = false;
    turn();
    this.sendings = undefined;
    const { server } = this;
    const took = this.wrote ? server.file.force() : undefined;
    if (took === undefined) {
      this.flush(sendings);
      return;
    }
    const { branch, count, volume, life } = server;
    server.world.events.after(took, () => {
      if (!server.alive || server.life !== life) return;
      server.file.isSynced(volume, branch, count);
      if (server.stopped) server.receive(() => this.flush(sendings));
      else this.flush(sendings);
    });
    server.occupy(took);
  }

  private flush(sendings: readonly Sending[]): void {
    const { network, host } = this.server;
    for (const { to, run, since, channel } of sendings) network.send(host, to, run, since, channel);
  }
}
