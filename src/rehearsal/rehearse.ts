import { setTimeout as sleep } from 'node:timers/promises';
import { type KubernetesObject, Rehearsal, type RehearsalOptions } from './rehearsal.js';
import type { Writer } from './writer.js';

export interface RehearseOptions extends RehearsalOptions {
  /**
   * Leave the folder with the logs also when all went well.
   * @default false
   */
  readonly keep?: boolean;
  /** @default console.log */
  readonly print?: (line: string) => void;
  /** Told of each event too, as data. @default - nobody is */
  readonly event?: (event: RehearsalEvent) => void;
}

export interface RehearsalEvent {
  /** Seconds since the rehearsal began. */
  readonly at: number;
  readonly what: string;
  readonly detail: string;
}

/** How long the writers run before each fault, so that there is something to be lost. */
const WRITING_MS = 1000;

/**
 * The command: runs the topology of a manifest on this machine, verifies it, kills its master and hands it over as a
 * rolling update does, while clients write through Sentinel; and tells what happened, with times.
 *
 * @returns the exit code: 0 when all was as it should be; 1 when the topology did not become whole again, its
 * verification failed, or the planned hand-over lost a write. Writes lost in the crash are told, and are no failure:
 * replication is asynchronous.
 */
export async function rehearse(objects: readonly KubernetesObject[], options: RehearseOptions = {}): Promise<number> {
  const { print = console.log, event = () => {}, keep = false } = options;
  const rehearsal = await Rehearsal.create(objects, options);
  let failed = false;
  try {
    await new Story(rehearsal, print, event).tell();
  } catch (error) {
    failed = true;
    print(`FAILED: ${(error as Error).message}`);
  } finally {
    await rehearsal.close({ keep: keep || failed });
  }
  if (keep || failed) print(`The logs and files of all pods are in ${rehearsal.folder}`);
  return failed ? 1 : 0;
}

class Story {
  private readonly begin = performance.now();

  constructor(
    private readonly rehearsal: Rehearsal,
    private readonly print: (line: string) => void,
    private readonly event: (event: RehearsalEvent) => void,
  ) {}

  async tell(): Promise<void> {
    this.introduce();
    this.rehearsal.start();
    this.say('started', `${this.rehearsal.pods.length} pods, all at once`);
    const master = await this.whole();
    await this.verify();
    const heir = await this.crash(master);
    await this.verify();
    await this.handOver(heir);
    await this.verify();
  }

  private introduce(): void {
    const { topology, servers, sentinels, engine, version, sites, notes } = this.rehearsal;
    const own = sentinels[0] === servers[0] ? 'each with a Sentinel' : `${sentinels.length} Sentinels of their own`;
    this.print(`${topology}: ${servers.length} servers, ${own}, on ${engine} ${version}; no Kubernetes`);
    this.print(`  addresses ${[...new Set([...servers, ...sentinels])].map((pod) => sites.addressOf(pod)).join(' ')}`);
    for (const note of notes) this.print(`  note: ${note}`);
  }

  private async crash(master: string): Promise<string> {
    const { rehearsal } = this;
    const writer = await this.write();
    const moment = rehearsal.killServer(master);
    this.say('killed', `the server of ${master}, by SIGKILL`);
    const heir = await rehearsal.masterOtherThan(master);
    this.say('promoted', `${heir}, ${seconds(performance.now() - moment)} after the kill`);
    await this.resumed(writer, moment, heir);
    await this.whole();
    await this.account(writer);
    return heir;
  }

  private async handOver(master: string): Promise<void> {
    const { rehearsal } = this;
    const writer = await this.write();
    const moment = performance.now();
    this.say('deleting', `pod ${master}, as a rolling update does`);
    const replaced = rehearsal.replacePod(master);
    const heir = await rehearsal.masterOtherThan(master);
    this.say('promoted', `${heir}, ${seconds(performance.now() - moment)} after the delete began`);
    await this.resumed(writer, moment, heir);
    await replaced;
    this.say('replaced', `pod ${master} ended, and its successor started`);
    await this.whole();
    const lost = await this.account(writer);
    if (lost > 0) throw new Error(`the planned hand-over lost ${lost} acknowledged writes; it must lose none`);
  }

  private async write(): Promise<Writer> {
    const writer = this.rehearsal.writer();
    await this.rehearsal.until(
      () => writer.acks.length > 0,
      () => `no write was acknowledged (${writer.lastError})`,
      { timeoutMs: 10_000 },
    );
    await sleep(WRITING_MS);
    return writer;
  }

  private async resumed(writer: Writer, moment: number, heir: string): Promise<void> {
    const first = () => writer.acks.find(({ at, server }) => at > moment && server === heir);
    await this.rehearsal.until(
      () => first() !== undefined,
      () => `${heir} acknowledged no write (${writer.lastError})`,
      { timeoutMs: 30_000 },
    );
    const gap = writer.gapMs(moment - WRITING_MS / 2, first()?.at);
    this.say('writing again', `no client could write for ${seconds(gap)}`);
  }

  private async account(writer: Writer): Promise<number> {
    const { acknowledged, lost } = await writer.report();
    this.say('writes', `${acknowledged} acknowledged, ${lost} lost`);
    return lost;
  }

  private async whole(): Promise<string> {
    const { rehearsal } = this;
    const master = await rehearsal.whole();
    const count = rehearsal.servers.length - 1;
    const replicas = count === 1 ? '1 replica linked' : `${count} replicas linked`;
    this.say(
      'whole',
      `${master} is master; ${replicas}, ${rehearsal.sentinels.length} Sentinels agree, all pods ready`,
    );
    return master;
  }

  private async verify(): Promise<void> {
    const result = await this.rehearsal.verify();
    if (!result) {
      this.say('not verified', 'the manifest has no verification Job');
      return;
    }
    const lines = result.output.trimEnd().split('\n');
    if (result.code !== 0)
      throw new Error(`the verification ended with code ${result.code}:\n${lines.slice(0, -1).join('\n')}`);
    this.say('verified', `${lines.filter((line) => line.startsWith('ok')).length} checks, all sound`);
  }

  private say(what: string, detail: string): void {
    const at = (performance.now() - this.begin) / 1000;
    this.event({ at: Math.round(at * 1000) / 1000, what, detail });
    this.print(`  +${at.toFixed(2).padStart(5)} s  ${what.padEnd(13)}  ${detail}`);
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
