import type { Branch } from './history.js';
import type { Server } from './server.js';

/**
 * A replica's connection to the server that it follows.
 *
 * Simpler than Redis: the handshake is one question; a copy is put on disk before it is loaded, whatever the engine's
 * version (`repl-diskless-load disabled`), without the second channel of Redis 8.
 */
export class MasterLink {
  state: 'none' | 'idle' | 'connecting' | 'copying' | 'loading' | 'up' = 'none';
  master?: Server;
  /** When it last heard of its master. */
  heardAt = 0;
  /** Since when it is down; nothing where it was never up. */
  downSince?: number;
  /** It can ask to go on where it was, rather than for a copy. */
  private resumable = false;
  /** Counts the connections. */
  private number = 0;
  private since = 0;
  private masterLife = 0;
  /** The master has gone while its copy was being loaded. */
  private lost = false;

  constructor(private readonly server: Server) {}

  /** REPLICAOF. */
  follow(master: Server | undefined, wasMaster: boolean): void {
    const { server } = this;
    const old = this.master;
    if (this.state === 'up') this.downSince = server.now;
    if (old !== undefined && this.state !== 'idle' && this.state !== 'none') {
      const { number } = this;
      server.replicate(old, () => old.feed.remove(server, number), this.since);
    }
    this.number++;
    this.master = master;
    if (master === undefined) {
      this.state = 'none';
      this.downSince = undefined;
      this.resumable = false;
      return;
    }
    if (wasMaster) this.resumable = true;
    this.state = 'idle';
    this.connect();
  }

  /** As a server that starts with `replicaof` does: it connects with the next turn of its cron. */
  startFollowing(master: Server): void {
    this.master = master;
    this.state = 'idle';
  }

  private connect(): void {
    const { server } = this;
    const master = this.master as Server;
    const number = ++this.number;
    this.state = 'connecting';
    this.heardAt = server.now;
    this.since = server.now;
    const history = this.resumable ? server.branch.id : -1;
    const { offset } = server;
    this.masterLife = master.life;
    const refused = () => server.network.send(master.host, server.host, () => this.refused(number));
    server.network.connect(server.host, master.host, () => {
      // A connection that was given up, or whose process has ended, is not made any more.
      if (number !== this.number) return;
      master.receive(() => master.syncAsked(server, number, history, offset), refused);
    });
  }

  /** Nobody listens there, or it cannot feed a replica just now; tried again once a second. */
  refused(number: number): void {
    if (number === this.number && this.state === 'connecting') this.state = 'idle';
  }

  /** It may go on where it was. */
  continued(number: number, branch: Branch, count: number, offset: number): void {
    if (number !== this.number) return;
    const { server } = this;
    this.state = 'up';
    this.downSince = undefined;
    this.heardAt = server.now;
    if (branch !== server.branch) {
      server.previous = { history: server.branch.id, offset: server.offset };
      server.feed.disconnectAll();
    }
    server.take(branch, count, offset);
    this.acknowledge();
    server.world.linkUp(server);
  }

  copyBegins(number: number): void {
    if (number !== this.number) return;
    this.state = 'copying';
    this.heardAt = this.server.now;
    this.resumable = false;
  }

  copied(number: number, branch: Branch, count: number, offset: number): void {
    if (number !== this.number) return;
    const { server } = this;
    this.state = 'loading';
    this.lost = false;
    server.feed.disconnectAll();
    server.loadCopy(branch, count, offset, () => {
      if (number !== this.number) return;
      if (this.lost) {
        // What came while it was loading is read now: nothing but the end of the connection.
        this.resumable = true;
        this.downSince = server.now;
        this.state = 'idle';
        this.connect();
        return;
      }
      this.state = 'up';
      this.downSince = undefined;
      this.resumable = true;
      this.heardAt = server.now;
      this.acknowledge();
      server.world.linkUp(server);
    });
  }

  streamed(number: number, branch: Branch, count: number, offset: number, ackAsked: boolean): void {
    if (number !== this.number || this.state !== 'up') return;
    const { server } = this;
    if (offset < server.offset) throw new Error(`${server.name} was sent ${offset} after ${server.offset}`);
    this.heardAt = server.now;
    server.take(branch, count, offset);
    if (ackAsked) this.acknowledge();
  }

  private acknowledge(): void {
    const { server, number } = this;
    const master = this.master as Server;
    const { offset } = server;
    server.replicate(master, () => master.feed.acknowledged(server, number, offset), this.since);
  }

  /** The connection of that number was closed by the other side. */
  closed(number: number): void {
    if (number === this.number) this.end();
  }

  /** The master's process has ended. */
  masterEnded(life: number): void {
    if (life === this.masterLife) this.end();
  }

  private end(): void {
    if (this.state === 'loading') this.lost = true;
    else if (this.state !== 'idle' && this.state !== 'none') this.reconnect();
  }

  private reconnect(): void {
    if (this.state === 'up') {
      this.downSince = this.server.now;
      this.resumable = true;
    }
    this.state = 'idle';
    this.connect();
  }

  /** Once a second. */
  cron(): void {
    const { server, master } = this;
    if (master === undefined || this.state === 'none') return;
    // Of a master that was started anew meanwhile, and whose end was not told here, nothing more comes.
    const feeds = master.life === this.masterLife && master.responsive;
    if (this.state === 'copying' && feeds && server.network.connects(server.host, master.host))
      this.heardAt = server.now;
    const late = server.now - this.heardAt > server.world.engine.replTimeout;
    if (late && (this.state === 'up' || this.state === 'connecting' || this.state === 'copying')) this.reconnect();
    else if (this.state === 'idle') this.connect();
    else if (this.state === 'up') this.acknowledge();
  }

  /** `master_last_io_seconds_ago`, ms. */
  get heardMs(): number {
    if (this.state !== 'up') return Number.POSITIVE_INFINITY;
    return 1000 * (Math.floor(this.server.now / 1000) - Math.floor(this.heardAt / 1000));
  }

  /** `master_link_down_since_seconds`, ms; -1000 where it was never up. */
  get downMs(): number {
    if (this.state === 'up' || this.master === undefined) return 0;
    if (this.downSince === undefined) return -1000;
    return 1000 * (Math.floor(this.server.now / 1000) - Math.floor(this.downSince / 1000));
  }

  forget(): void {
    this.number++;
    this.state = 'none';
    this.master = undefined;
    this.downSince = undefined;
    this.resumable = false;
  }
}
