import { type Branch, depthOf, type Place } from './history.js';
import type { Server } from './server.js';
import type { Volume } from './volume.js';

/** Beyond that, a second fsync that must wait for one under way holds up the server, ms. */
const WAITS_FOR_FSYNC_MS = 2000;

/**
 * How a server's append-only file follows its data, and gets to the disk.
 *
 * Simpler than Redis: it is written anew only after a full copy.
 */
export class ServerFile {
  /** Until it is done, the file holds what was there before the copy. */
  rewriting = false;
  /** The file follows the data; not while a copy is being loaded, and until it was rewritten after that. */
  private follows = false;
  private unsynced = false;
  private syncEndsAt = 0;
  /** The disk is full: what was last to be appended could not be (`aof_last_write_status`). */
  failing = false;

  constructor(private readonly server: Server) {}

  private get fsync() {
    return this.server.world.engine.fsync;
  }

  /** What a server finds on that volume. */
  placeIn(volume: Volume): Place | undefined {
    return this.fsync === 'none' ? undefined : volume.aof?.written;
  }

  start(): void {
    this.follows = this.fsync !== 'none';
    this.rewriting = false;
    this.unsynced = false;
    this.syncEndsAt = 0;
    this.failing = false;
    const { volume, place } = this.server;
    if (this.follows && volume.aof === undefined) volume.aof = { written: place, synced: place, base: 0 };
  }

  /** Once a second. */
  cron(): void {
    if (!this.server.disk.full) this.failing = false;
    if (this.fsync === 'everysec' && this.unsynced && this.follows && this.syncEndsAt <= this.server.now) this.sync();
  }

  /** fsync in the background. */
  private sync(): void {
    this.unsynced = false;
    const { server } = this;
    const { branch, count, volume, life } = server;
    const took = server.disk.fsync();
    this.syncEndsAt = server.now + took;
    server.later(took, life, () => this.isSynced(volume, branch, count));
  }

  /** @returns for how long the fsync of what was just written holds up the server, ms; undefined: nothing has to be forced */
  force(): number | undefined {
    return this.follows ? this.server.disk.fsync() : undefined;
  }

  isSynced(volume: Volume, branch: Branch, count: number): void {
    if (volume.aof !== undefined && this.follows && !this.failing) volume.aof.synced = { branch, count };
  }

  /** Data have changed. @returns for how long that holds up the server, ms */
  changed(): number {
    this.unsynced = true;
    if (this.server.disk.full && this.follows) this.fails();
    const left = this.syncEndsAt - this.server.now;
    return this.fsync === 'everysec' && this.server.disk.slowness > WAITS_FOR_FSYNC_MS ? left : 0;
  }

  /** With `always` Redis ends when it cannot append; with `everysec` a master refuses writes until it can. */
  private fails(): void {
    const { server } = this;
    if (this.failing) return;
    this.failing = true;
    if (server.volume.aof !== undefined) server.volume.aof.written = server.place;
    if (this.fsync === 'always') server.later(0, server.life, () => server.end());
  }

  /** The data are thrown away for a copy. */
  leave(): void {
    this.follows = false;
  }

  /** The server is promoted: from now on there must be a file that follows. */
  ensure(): void {
    if (!this.follows && !this.rewriting) this.rewrite();
  }

  rewrite(): void {
    if (this.fsync === 'none') return;
    const { server } = this;
    this.rewriting = true;
    const base = depthOf(server.place);
    server.later(server.world.rewriteMs(), server.life, () => {
      this.rewriting = false;
      if (server.loading) return;
      this.follows = true;
      this.unsynced = true;
      server.volume.aof = { written: server.place, synced: server.place, base };
    });
  }

  /** The process has ended: what it handed to the kernel is there. */
  end(): void {
    const { volume, place } = this.server;
    if (this.follows && volume.aof !== undefined && !this.failing) volume.aof.written = place;
  }
}
