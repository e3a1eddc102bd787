import { depthOf } from './history.js';
import type { Sentinel } from './sentinel.js';
import type { Server } from './server.js';
import type { World } from './world.js';

export type Invariant =
  | 'a confirmed write is lost'
  | 'two servers accept writes'
  | 'an empty server became master'
  | 'two masters in one epoch'
  | 'a failover that nobody needed'
  | 'a healthy server was ended'
  | 'no master after the faults'
  | 'not whole after the faults'
  | 'a planned stop lost a write';

export interface Violation {
  readonly invariant: Invariant;
  readonly at: number;
  readonly what: string;
}

interface Reign {
  readonly server: Server;
  readonly number: number;
  readonly since: number;
}

/** A failover begun while a server was disturbed may take so long to end, ms: an election, and a promotion. */
const AFTERMATH_MS = 12_000;
/** What lies in the sockets of a pod that stood still is answered by then, ms. */
const ANSWERED_WITHIN_MS = 3000;
const LATE_ORDER_MS = 500;
/** A Sentinel promotes so soon after its election where nothing is in its way, ms. */
const PROMPT_MS = 2000;
/** A server that took something from its sockets within that time is not hung, ms. */
const ANSWERS_MS = 1000;

/**
 * What must never happen, looked at while it happens. It knows the models, and nothing of the decisions.
 */
export class Checks {
  readonly violations: Violation[] = [];
  /** Promotions after the first master. */
  failovers = 0;
  private newest = 0;
  private readonly masters = new Map<number, Server>();
  private readonly reigning: Reign[] = [];
  /** When a fault last lay on each pod, by host. */
  private readonly disturbedAt: number[];
  private readonly disturbances: number[];
  /** What was confirmed by then may be lost. */
  excusedUntil = Number.NEGATIVE_INFINITY;
  /** The promotion that follows was ordered long before. */
  private lateOrder = false;
  /** A whole pod stood still, agent and all: that two masters accept writes then is not promised. */
  stoodStill = false;

  constructor(private readonly world: World) {
    const pods = world.setting.servers + world.setting.separateSentinels;
    this.disturbedAt = new Array(pods).fill(Number.NEGATIVE_INFINITY);
    this.disturbances = new Array(pods).fill(0);
  }

  private get now(): number {
    return this.world.events.now;
  }

  private violated(invariant: Invariant, what: string): void {
    if (this.violations.some((other) => other.invariant === invariant)) return;
    this.violations.push({ invariant, at: this.now, what });
    this.world.note(() => ['VIOLATION', `${invariant}: ${what}`]);
  }

  /** A fault lies on that pod, until `undisturbed` is called as often. */
  disturbed(host: number): void {
    (this.disturbances[host] as number)++;
  }

  undisturbed(host: number): void {
    (this.disturbances[host] as number)--;
    this.disturbedAt[host] = this.now;
  }

  isDisturbed(host: number): boolean {
    return (this.disturbances[host] as number) > 0;
  }

  private wasDisturbed(host: number, within: number): boolean {
    return (this.disturbances[host] as number) > 0 || this.now - (this.disturbedAt[host] as number) < within;
  }

  reigns(server: Server, reign: number): void {
    this.checkEmpty(server);
    this.checkPresence(server);
    if (reign > 1) this.failovers++;
    // One that has been replaced before, and has yet to hear of it, is not the one that is replaced now.
    const last = Math.max(...this.reigning.map(({ number }) => number));
    for (const other of this.reigning) {
      if (other.server !== server && other.number === last && !this.lateOrder) this.checkNeeded(other.server, server);
    }
    this.lateOrder = false;
    this.reigning.push({ server, number: reign, since: this.now });
  }

  reignEnds(server: Server): void {
    const index = this.reigning.findIndex((reign) => reign.server === server);
    if (index >= 0) this.reigning.splice(index, 1);
  }

  /** Beyond what is promised: whoever is promoted while a majority of the servers is away may lack what only those have. */
  private checkPresence(heir: Server): void {
    const { servers, setting } = this.world;
    if (setting.severity !== 'beyond') return;
    const here = servers.filter(
      (other) => other === heir || (other.filled && other.alive && !other.stopped && this.world.reaches(heir, other)),
    );
    if (here.length <= servers.length / 2) this.excusedUntil = this.now;
  }

  private checkEmpty(server: Server): void {
    // With `everysec` a loss of power may take all that there was: a second's writes.
    if (depthOf(server.place) > 0 || server.volume.aof?.isCut) return;
    const holders = this.world.servers.filter((other) => other !== server && hasData(other, this.world));
    if (holders.length < Math.floor(this.world.servers.length / 2) + 1) return;
    this.violated('an empty server became master', `${server.name}, though ${names(holders)} have data`);
  }

  /**
   * A Sentinel's order reaches the server that it has selected. One that was on its way for long, in a cut say, promotes it
   * though another may have been elected meanwhile: nobody can call it back. And beyond what is promised, a Sentinel promotes
   * the replica that it has selected whenever it can reach it, up to failover-timeout later, though the master may be well
   * again by then.
   */
  promotes(orderedAt: number, electedAt: number): void {
    this.lateOrder = this.now - orderedAt > LATE_ORDER_MS;
    if (this.world.setting.severity !== 'beyond' || this.now - electedAt < PROMPT_MS) return;
    this.excusedUntil = this.now + ANSWERED_WITHIN_MS;
    this.stoodStill = true;
  }

  private checkNeeded(old: Server, heir: Server): void {
    const { pods, events, setting } = this.world;
    if (setting.severity === 'beyond') return;
    const pod = pods[old.host];
    if (!old.alive || old.stopped || pod?.state !== 'running' || this.wasDisturbed(old.host, AFTERMATH_MS)) return;
    const others = pods.filter(({ host }) => host !== old.host && this.wasDisturbed(host, AFTERMATH_MS));
    if (others.length > (pods.length - 1) / 2 && others.length > 1) return;
    this.violated(
      'a failover that nobody needed',
      `${heir.name} was promoted at ${Math.round(events.now)} ms, though ${old.name} was well`,
    );
  }

  /** A client's write was carried out there. */
  accepted(server: Server): void {
    if (server.reign >= this.newest) {
      this.newest = server.reign;
      return;
    }
    if (this.world.setting.profile !== 'strict' || this.stoodStill) return;
    this.violated('two servers accept writes', `${server.name} accepted one, after its successor had`);
  }

  /** So many Sentinels have lost their files that epochs begin anew. */
  forgotten(): void {
    const { pods } = this.world;
    const remembering = pods.filter(({ sentinel, volume }) => sentinel !== undefined && volume.sentinel !== undefined);
    if (remembering.length < this.world.engine.quorum) this.masters.clear();
  }

  /** A Sentinel takes on a configuration. */
  configured(sentinel: Sentinel): void {
    const { configEpoch, master } = sentinel.helloMessage();
    const known = this.masters.get(configEpoch);
    if (known === undefined) this.masters.set(configEpoch, master);
    else if (known !== master) {
      this.violated(
        'two masters in one epoch',
        `${sentinel.name} names ${master.name} in epoch ${configEpoch}, others ${known.name}`,
      );
    }
  }

  /** A server goes on that has stood still; its agent, which would have ended it, was away at that time too. */
  goesOn(server: Server, stoppedAt: number): void {
    const pod = this.world.pods[server.host];
    if (!pod?.agent || pod.agent.stopped || pod.agentBackAt >= stoppedAt) this.notPromised();
  }

  /** A whole pod stands still: for a while a confirmed write may be lost, too. */
  notPromised(): void {
    this.stoodStill = true;
    this.excusedUntil = this.now + ANSWERED_WITHIN_MS;
  }

  /** An agent ends its server. */
  ends(server: Server): void {
    if (!server.alive || server.loading) return;
    const silent = this.silence(server);
    if (silent >= ANSWERS_MS) return;
    this.violated('a healthy server was ended', `${server.name}, which answered ${Math.round(silent)} ms ago`);
  }

  /** How long it has not answered, as it stood still and then had two rounds of a slow disk before it; 0 where it answers. */
  private silence({ stoppedAt, stood, disk }: Server): number {
    const rounds = 2 * disk.slowness;
    const isJustBack = stood !== undefined && this.now - stood.until <= rounds;
    const since = stoppedAt ?? (isJustBack ? stood.since : undefined);
    return since === undefined ? 0 : this.now - since + rounds;
  }

  lost(writes: readonly number[]): void {
    if (writes.length > 0)
      this.violated('a confirmed write is lost', `${writes.length} of them, the first is number ${writes[0]}`);
  }

  lostByPlan(writes: readonly number[]): void {
    if (writes.length > 0)
      this.violated('a planned stop lost a write', `${writes.length} of them, the first is number ${writes[0]}`);
  }

  notAlive(what: string): void {
    this.violated('no master after the faults', what);
  }

  notWhole(what: string): void {
    this.violated('not whole after the faults', what);
  }
}

/** In memory, where it was once in step with a master or is one; or on its volume. */
function hasData(server: Server, world: World): boolean {
  if (server.alive && server.filled && depthOf(server.place) > 0) return true;
  const file = world.pods[server.host]?.volume.aof;
  return !server.alive && file !== undefined && depthOf(file.written) > 0;
}

function names(servers: readonly Server[]): string {
  return servers.map(({ name }) => name).join(' and ');
}
