import type { Invariant } from '../../../src/simulation/checks.js';
import type { Sentinel } from '../../../src/simulation/sentinel.js';
import type { Server } from '../../../src/simulation/server.js';
import { type Choice, drawSetting, type Setting } from '../../../src/simulation/settings.js';
import { line } from '../../../src/simulation/timeline.js';
import { type Differences, World } from '../../../src/simulation/world.js';

const STEP_MS = 50;
const WHOLE_MS = 60_000;

/**
 * A topology in virtual time, in which a test does one thing after the other. It begins whole, with a master and its
 * replicas in step. `lines` is the timeline; it belongs into the message of an expectation that fails.
 */
export class SimulatedTopology {
  readonly world: World;
  readonly lines: string[] = [];

  constructor(seed: number, choice: Choice, setting: Partial<Setting> = {}, differences: Differences = {}) {
    const drawn: Setting = { ...drawSetting(seed, { servers: 3, ...choice }), questionMs: 0, ...setting };
    this.world = new World(drawn, differences, (at, note) => this.lines.push(line(at, note)));
    this.world.begin();
    this.world.isQuiet = false;
  }

  /** Begins, and waits until all is whole. */
  static whole(...args: ConstructorParameters<typeof SimulatedTopology>): SimulatedTopology {
    const topology = new SimulatedTopology(...args);
    topology.becomesWhole();
    return topology;
  }

  get now(): number {
    return this.world.events.now;
  }

  run(ms: number): void {
    this.world.events.runUntil(this.now + ms);
  }

  /** Runs until it is so; tells how long that took, ms. */
  until(what: string, condition: () => boolean, withinMs = WHOLE_MS): number {
    const began = this.now;
    while (!condition()) {
      if (this.now - began >= withinMs) throw new Error(`not within ${withinMs} ms: ${what}\n${this.lines.join('\n')}`);
      this.run(STEP_MS);
    }
    return this.now - began;
  }

  /** One master, all others in step with it, all Sentinels of one mind. */
  becomesWhole(withinMs = WHOLE_MS, except: readonly number[] = []): number {
    return this.until('whole', () => this.isWhole(except), withinMs);
  }

  private isWhole(except: readonly number[]): boolean {
    const { master } = this;
    if (!master) return false;
    return this.world.pods.every((pod) => {
      if (except.includes(pod.host)) return true;
      const { server, sentinel, state } = pod;
      if (state !== 'running' || !pod.agent) return false;
      if (server && server !== master) {
        const { link, priority } = server;
        if (link.master !== master || link.state !== 'up' || priority === 0) return false;
      }
      return !sentinel || (sentinel.alive && isCalm(sentinel, master));
    });
  }

  /** The only master there is; undefined where there is none, or more than one. */
  get master(): Server | undefined {
    const masters = this.world.servers.filter((server) => server.alive && server.role === 'master' && !server.loading);
    return masters.length === 1 ? masters[0] : undefined;
  }

  get failovers(): number {
    return this.world.checks.failovers;
  }

  pod(ordinal: number) {
    const pod = this.world.pods[ordinal];
    if (!pod) throw new Error(`there is no pod ${ordinal}`);
    return pod;
  }

  server(ordinal: number): Server {
    const server = this.world.servers[ordinal];
    if (!server) throw new Error(`there is no server ${ordinal}`);
    return server;
  }

  /** What never must happen and did. */
  get violations(): Invariant[] {
    return this.world.checks.violations.map(({ invariant }) => invariant);
  }

  /** Writes that were acknowledged, and those that WAIT confirmed, which the master has not. */
  get lost(): { acknowledged: number; confirmed: number } {
    const { master } = this;
    if (!master) throw new Error(`there is no master\n${this.lines.join('\n')}`);
    const { acknowledged, confirmed } = this.world.ledger.missing(master.place);
    return { acknowledged: acknowledged.length, confirmed: confirmed.length };
  }

  /** How often an agent, or all of them, said that. */
  said(words: string, agent = 'agent'): number {
    return this.lines.filter((text) => text.includes(` ${agent}`) && text.includes(words)).length;
  }

  /** Until a client's next write is acknowledged, ms. */
  writesAgain(withinMs = WHOLE_MS): number {
    const before = this.world.ledger.lastAcknowledgedAt;
    const began = this.now;
    this.until('a write', () => this.world.ledger.lastAcknowledgedAt > Math.max(before, began), withinMs);
    return this.world.ledger.lastAcknowledgedAt - began;
  }

  // What is done to it.

  /** That somebody takes over from it is needed, from now on. */
  private strikes(ordinal: number, what: string): void {
    this.world.checks.disturbed(ordinal);
    this.lines.push(line(this.now, ['TEST', what]));
  }

  kill(server: number): void {
    this.strikes(server, `kills redis-${server}`);
    this.pod(server).killServer();
  }

  hang(server: number, ms: number): void {
    this.strikes(server, `stops redis-${server} for ${ms} ms`);
    this.world.events.after(ms, this.server(server).stop());
  }

  starveAgent(ordinal: number, ms: number): void {
    const { agent } = this.pod(ordinal);
    if (agent) this.world.events.after(ms, agent.stop());
  }

  /** kubectl delete pod; the next one comes after `awayMs`, unless it never does. */
  delete(ordinal: number, awayMs = 1000, volume: 'kept' | 'lost' = 'kept'): void {
    this.strikes(ordinal, `deletes pod ${ordinal}`);
    const pod = this.pod(ordinal);
    pod.delete(() => {
      if (volume === 'lost') pod.loseVolume();
      if (awayMs !== Number.POSITIVE_INFINITY) this.world.events.after(awayMs, () => pod.create());
    });
  }

  /** All of it is killed, its node stays; the next one comes after `awayMs`, unless it never does. */
  killPod(ordinal: number, awayMs = Number.POSITIVE_INFINITY): void {
    this.strikes(ordinal, `kills pod ${ordinal}`);
    const pod = this.pod(ordinal);
    pod.endAtOnce();
    if (awayMs !== Number.POSITIVE_INFINITY) this.world.events.after(awayMs, () => pod.create());
  }

  /** Its node loses its power, and comes back after `awayMs`, unless it never does. */
  crash(ordinal: number, awayMs = Number.POSITIVE_INFINITY): void {
    this.strikes(ordinal, `crashes the node of pod ${ordinal}`);
    const pod = this.pod(ordinal);
    this.world.network.isolate(ordinal);
    pod.vanish(true);
    pod.volume.losePower();
    if (awayMs === Number.POSITIVE_INFINITY) return;
    this.world.events.after(awayMs, () => {
      this.world.network.join(ordinal);
      pod.create();
    });
  }

  isolate(ordinal: number, ms: number): void {
    this.strikes(ordinal, `isolates pod ${ordinal} for ${ms} ms`);
    this.world.network.isolate(ordinal);
    this.world.events.after(ms, () => this.world.network.join(ordinal));
  }

  slowDisks(ms: number): void {
    for (const disk of this.world.disks) disk.slowness = ms;
  }
}

/** It has met the master, names it, and waits for down-after and no longer. */
function isCalm({ master, failoverInProgress, downAfter, world }: Sentinel, server: Server): boolean {
  return master.target === server && master.runId !== 0 && !failoverInProgress && downAfter === world.engine.downAfter;
}
