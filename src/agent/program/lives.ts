import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Data, Known, SentinelState } from './decide/known.js';
import type { Durable } from './decide/memory.js';
import { remove } from './files.js';
import { NO_DATA } from './know/append-only.js';
import { Container, type Life } from './know/container.js';
import { readSentinelState, removeDrafts } from './know/sentinel-state.js';
import { assertRoom, Volume } from './know/volume.js';
import type { Waiting } from './log.js';
import { pidFilePath } from './paths.js';
import { Notebook, type Remembered } from './remembered.js';
import type { Surroundings } from './surroundings.js';

/** A volume that cannot be written is tried again, ms. */
const VOLUME_AGAIN_MS = 5000;
/** From this status on it is a signal that ended a server, and not itself. */
const SIGNAL_STATUS = 128;

/**
 * The lives of this pod's server and Sentinel, from their container's wait for an order to their end: what lies on their
 * volume when they begin, whether the server could read it, and what an agent that is started anew must know of them.
 */
export class Lives {
  readonly redis: Container;
  readonly sentinel: Container;
  readonly volume: Volume;
  data: Data = { there: false, firstStart: false, position: NO_DATA };
  sentinelState: SentinelState;
  private readonly notebook: Notebook;
  private remembered: Remembered;
  /** The life of the server that this agent has started. */
  private startedHere?: string;

  /** @param somebodyAnswers whether somebody answers at the own server's port */
  constructor(
    private readonly around: Surroundings,
    private readonly waiting: Waiting,
    private readonly somebodyAnswers: () => boolean,
  ) {
    const { settings, clock } = around;
    const { runDir } = settings;
    const changed = () => around.changed();
    this.volume = new Volume(settings.dataDir, settings.persistent, settings.snapshots);
    this.redis = new Container(runDir, 'redis', clock.now(), (life) => this.prepareServer(life), changed);
    this.sentinel = new Container(runDir, 'sentinel', clock.now(), () => this.prepareSentinel(), changed);
    this.sentinelState = this.readSentinelState();
    this.notebook = new Notebook(runDir);
    this.remembered = this.notebook.read();
  }

  look(now: number): void {
    this.redis.look(now);
    this.sentinel.look(now);
  }

  /** The server is about to be started. */
  started(token: string): void {
    this.startedHere = token;
    this.write({ ...this.remembered, server: { token, data: this.data, loaded: false } });
  }

  /** The server that runs was started by this agent, and not by one before it. */
  get hasStarted(): boolean {
    return this.startedHere !== undefined && this.startedHere === this.redis.runs;
  }

  /** What an agent before this one knew of what runs now; `look` comes first. */
  recall(): Partial<Durable> {
    const { durable = {}, server, sentinelToken } = this.remembered;
    const sameServer = server !== undefined && server.token === this.redis.runs;
    const sameSentinel = sentinelToken !== undefined && sentinelToken === this.sentinel.runs;
    if (sameServer) this.data = server.data;
    const { patient, ...ofServer } = durable;
    return { ...(sameServer && ofServer), ...(sameSentinel && patient !== undefined && { patient }) };
  }

  remember(durable: Durable, known: Known): void {
    const { remembered } = this;
    let { server } = remembered;
    const runs = this.redis.runs;
    const sentinelToken = this.sentinel.runs ?? remembered.sentinelToken;
    if (server && server.token === runs && !server.loaded) {
      const seen = known.servers.get(known.plan.me);
      if (seen?.info?.loading === false && seen.infoAt >= known.server.since) server = { ...server, loaded: true };
    } else if (runs !== undefined && server?.token !== runs) {
      // Started by an agent whose notes are gone.
      server = { token: runs, data: this.data, loaded: true };
    }
    const same = server === remembered.server && sentinelToken === remembered.sentinelToken;
    if (!same || durable !== remembered.durable) this.write({ ...remembered, durable, server, sentinelToken });
  }

  private write(remembered: Remembered): void {
    this.remembered = remembered;
    try {
      this.notebook.write(remembered);
      this.waiting.over('notes');
    } catch (error) {
      // It goes on without; an agent after it would find out less.
      this.waiting.because('notes', `volume: ${(error as Error).message}`, 'error');
    }
  }

  private async prepareServer(life: Life): Promise<void> {
    const { settings, say } = this.around;
    // Of a hook that was killed.
    remove(join(settings.runDir, 'hand-over.asked'));
    const status = this.failedToLoad();
    await this.untilItWorks('server', async () => {
      await this.volume.makeRoom();
      const failure = status === undefined ? this.remembered.failure : { status };
      const { data, fingerprint, removed } = await this.volume.look(life.version, failure);
      if (status !== undefined) this.write({ ...this.remembered, failure: { status, fingerprint } });
      if (removed.length > 0) say(`leftovers-removed files=${removed.join(',')}`);
      if (data.fault !== undefined) say(`data-unreadable ${data.fault}`);
      this.data = data;
    });
  }

  /** The status with which the last server ended, if it ended by itself before it had read its file to the end. */
  private failedToLoad(): number | undefined {
    const ended = this.redis.ended();
    const { server } = this.remembered;
    if (!server || ended?.token !== server.token || server.loaded) return undefined;
    // One that ends before that has other faults: a setting that it does not know.
    if (!existsSync(pidFilePath(this.around.settings.runDir))) return undefined;
    // Since Redis 7.2 it takes its port only then: where somebody still answers there, that was the fault.
    if (this.somebodyAnswers()) return undefined;
    return ended.status > 0 && ended.status < SIGNAL_STATUS ? ended.status : undefined;
  }

  private async prepareSentinel(): Promise<void> {
    const { dataDir } = this.around.settings;
    await this.untilItWorks('sentinel', async () => {
      await assertRoom(join(dataDir, 'sentinel'));
      await removeDrafts(dataDir);
      this.sentinelState = this.readSentinelState();
    });
  }

  private async untilItWorks(part: string, job: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await job();
        this.waiting.over(part);
        return;
      } catch (error) {
        this.waiting.because(part, (error as Error).message, 'error');
        await new Promise((resolve) => setTimeout(resolve, VOLUME_AGAIN_MS));
      }
    }
  }

  private readSentinelState(): SentinelState {
    const { settings, plan, forms } = this.around;
    return readSentinelState(settings.dataDir, settings.masterName, plan.servers, forms);
  }
}
