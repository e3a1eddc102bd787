import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { VolumeFacts } from './act/volume-facts.js';
import type { Data, Known, SentinelState } from './decide/known.js';
import type { Durable } from './decide/memory.js';
import { NO_DATA } from './decide/position.js';
import { remove } from './files.js';
import { Container, type Life } from './know/container.js';
import { readSentinelState, removeDrafts } from './know/sentinel-state.js';
import { assertRoom, Volume } from './know/volume.js';
import type { Waiting } from './log.js';
import { pidFilePath } from './paths.js';
import { Notebook, type Remembered } from './remembered.js';
import type { Surroundings } from './surroundings.js';

/** A volume that cannot be written is tried again, ms. */
const VOLUME_AGAIN_MS = 5000;
/** What waits while servers end before they are ready. */
const START = 'start';
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
    private readonly facts: VolumeFacts,
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
  started({ token, aside }: { readonly token: string; readonly aside: boolean }): void {
    this.startedHere = token;
    this.write({ ...this.remembered, server: { token, data: this.data, loaded: false, aside } });
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
    // Whoever started a Sentinel of which nothing was noted has told it to be patient, or was about to.
    const isPatient = sameSentinel ? patient : true;
    const isKnown = this.sentinel.runs !== undefined && isPatient !== undefined;
    return { ...(sameServer && ofServer), ...(isKnown && { patient: isPatient }) };
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
    const starts = server?.loaded === true && server.token === runs;
    if (starts) this.waiting.over(START);
    const blameless = starts ? undefined : remembered.blameless;
    const same = server === remembered.server && sentinelToken === remembered.sentinelToken;
    if (!same || durable !== remembered.durable || blameless !== remembered.blameless) {
      this.write({ ...remembered, durable, server, sentinelToken, blameless });
    }
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
    const status = this.endedEarly();
    if (status !== undefined) {
      const why = `the server ended with status ${status} before it was ready; the log of the redis container says why`;
      this.waiting.because(START, why, 'error');
    }
    await this.untilItWorks('server', async () => {
      await this.volume.makeRoom();
      const suspect = this.failedToLoad(status);
      if (suspect !== undefined && this.remembered.server?.aside) await this.putBack();
      const blamed = this.remembered.blameless ? undefined : suspect;
      const failure = blamed === undefined ? this.remembered.failure : { status: blamed };
      const { data, fingerprint, removed } = await this.volume.look(life.version, failure);
      if (blamed !== undefined) this.write({ ...this.remembered, failure: { status: blamed, fingerprint } });
      if (removed.length > 0) say(`leftovers-removed files=${removed.join(',')}`);
      if (data.fault !== undefined) say(`data-unreadable ${data.fault}`);
      this.data = data;
    });
  }

  /** The status with which the last server ended, if it ended by itself before it had read its file to the end. */
  private endedEarly(): number | undefined {
    const ended = this.redis.ended();
    const { server } = this.remembered;
    if (!server || ended?.token !== server.token || server.loaded) return undefined;
    return ended.status > 0 && ended.status < SIGNAL_STATUS ? ended.status : undefined;
  }

  /** The same, if its files may be why. */
  private failedToLoad(status: number | undefined): number | undefined {
    // One that ends before that has other faults: a setting that it does not know.
    if (!existsSync(pidFilePath(this.around.settings.runDir))) return undefined;
    // Since Redis 7.2 it takes its port only then: where somebody still answers there, that was the fault.
    return this.somebodyAnswers() ? undefined : status;
  }

  /**
   * It ended without its files too, so they were not why: a module that its image does not have, or a command of a user that it
   * does not know. The server looks for both after it has taken its configuration, and ends as it does for a file.
   */
  private async putBack(): Promise<void> {
    const { server } = this.remembered;
    const files = await this.volume.putBack();
    if (server && files !== undefined) {
      if (server.data.there) await this.facts.write('incomplete', false);
      this.around.say(`put-back files=${files} reason=ends-without-them-too`);
    }
    const blameless = { blameless: true, failure: undefined };
    this.write({ ...this.remembered, ...blameless, server: server && { ...server, aside: false } });
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
