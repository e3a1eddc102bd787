import type { Address, MasterView, Vote } from '../agent/program/decide/known.js';
import { Process } from './process.js';
import { type FailoverState, selectReplica, stepFailover } from './sentinel-failover.js';
import { takeInfo } from './sentinel-info.js';
import { Instance } from './sentinel-instance.js';
import type { Server } from './server.js';
import type { SentinelFile, Volume } from './volume.js';
import type { World } from './world.js';

const TILT_TRIGGER = 2000;
const MAX_DESYNC = 1000;
export const PUBLISH_PERIOD = 2000;
const MIN_LINK_RECONNECT = 15_000;
const HELLO_BYTES = 200;

/**
 * A Sentinel, after Redis' sentinel.c: its timer, what it considers down, votes, failovers, hello messages and its file.
 *
 * Simpler than Sentinel: a PING, INFO or PUBLISH that can be answered is answered at the timer's turn that sends it, without
 * the way there and back; there is one master; the subscriptions (`pc`) are not modelled, a hello message reaches all
 * Sentinels whose connection to that server stands; a hello that tells nothing new is not sent at all; no scripts.
 */
export class Sentinel extends Process {
  currentEpoch = 0;
  configEpoch = 0;
  /** Its own vote, and in which epoch. */
  leader?: string;
  leaderEpoch = 0;
  master!: Instance;
  replicas: Instance[] = [];
  others: Instance[] = [];
  objectivelyDown = false;
  failover: FailoverState = 'none';
  failoverEpoch = 0;
  failoverStartAt = 0;
  failoverChangedAt = 0;
  forced = false;
  promoted?: Instance;
  downAfter = 0;
  volume!: Volume;
  tiltSince?: number;
  private timerAt = 0;

  constructor(
    readonly world: World,
    readonly ordinal: number,
    readonly address: Address,
    /** myid */
    readonly id: string,
    host: number,
  ) {
    super(world.events, world.network, host);
  }

  get now(): number {
    return this.events.now;
  }

  get name(): string {
    return `sentinel-${this.ordinal}`;
  }

  get pingPeriod(): number {
    return this.world.engine.pingPeriod;
  }

  get failoverInProgress(): boolean {
    return this.failover !== 'none';
  }

  start(volume: Volume, state: SentinelFile): void {
    this.begin();
    this.volume = volume;
    const { world } = this;
    this.downAfter = world.engine.downAfter;
    this.configEpoch = state.configEpoch;
    this.leaderEpoch = state.leaderEpoch;
    this.leader = undefined;
    this.currentEpoch = Math.max(state.currentEpoch, state.configEpoch, state.leaderEpoch);
    this.tiltSince = undefined;
    this.failoverStartAt = Number.NEGATIVE_INFINITY;
    this.objectivelyDown = false;
    this.clearFailover();
    this.master = new Instance(this, world.servers[state.master] as Server, 'master');
    this.replicas = world.servers
      .filter((server) => server.ordinal !== state.master)
      .map((server) => new Instance(this, server, 'replica'));
    this.others = world.sentinels
      .filter((sentinel) => sentinel !== this)
      .map((sentinel) => new Instance(this, sentinel, 'sentinel'));
    this.flush();
    this.timerAt = this.now;
    this.tick(this.life);
    world.configured(this);
    world.note(() => [this.name, `starts, master ${this.master.address} in epoch ${this.configEpoch}`]);
  }

  /** Redis changes its `hz` at each turn, from 10 up to 19. */
  private tick(life: number): void {
    this.events.after(1000 / (10 + this.world.random.below(10)), () => {
      if (!this.alive || this.life !== life) return;
      if (!this.stopped) this.timer();
      this.tick(life);
    });
  }

  protected override resumed(): void {
    this.timer();
  }

  private timer(): void {
    const { now } = this;
    if (now - this.timerAt > TILT_TRIGGER) {
      this.tiltSince = now;
      this.world.note(() => [this.name, '+tilt']);
    }
    this.timerAt = now;
    this.handle(this.master);
    for (const replica of this.replicas) this.handle(replica);
    for (const other of this.others) this.handle(other);
    if (this.failover === 'update-config') {
      const to = this.promoted ?? this.master;
      this.switchTo(to.target as Server);
    }
  }

  private handle(its: Instance): void {
    its.tend();
    if (!its.disconnected) this.sendPeriodically(its);
    if (this.tiltSince !== undefined) {
      if (this.now - this.tiltSince < this.world.engine.tiltPeriod) return;
      this.tiltSince = undefined;
      this.world.note(() => [this.name, '-tilt']);
    }
    this.checkSubjectivelyDown(its);
    if (its.kind !== 'master') return;
    this.checkObjectivelyDown();
    if (this.startFailoverIfNeeded()) this.askOthers(true);
    if (this.failoverInProgress) stepFailover(this);
    this.askOthers(false);
  }

  private sendPeriodically(its: Instance): void {
    const { now } = this;
    const { infoPeriod } = this.world.engine;
    if (its.kind !== 'sentinel') {
      const often = its.kind === 'replica' && (this.objectivelyDown || this.failoverInProgress || its.linkDownMs !== 0);
      if (its.infoAt === 0 || now - its.infoAt > (often ? 1000 : infoPeriod)) its.askInfo();
    }
    const period = Math.min(this.downAfter, this.pingPeriod);
    if (now - its.pongAt > period && now - its.pingedAt > period / 2) its.ping();
    if (now - its.publishedAt > PUBLISH_PERIOD) this.hello(its);
  }

  private checkSubjectivelyDown(its: Instance): void {
    const { now } = this;
    let elapsed = 0;
    if (its.pingPendingAt !== 0) elapsed = now - its.pingPendingAt;
    else if (its.disconnected) elapsed = now - its.availableAt;
    if (
      !its.disconnected &&
      now - its.connectedAt > MIN_LINK_RECONNECT &&
      its.pingPendingAt !== 0 &&
      now - its.pingPendingAt > this.downAfter / 2 &&
      now - its.pongAt > this.downAfter / 2
    ) {
      its.disconnect();
    }
    const down =
      elapsed > this.downAfter ||
      (its.kind === 'master' &&
        its.roleReported === 'replica' &&
        now - its.roleReportedAt > this.downAfter + 2 * this.world.engine.infoPeriod);
    if (down && !its.subjectivelyDown) {
      its.subjectivelyDownSince = now;
    }
    if (down !== its.subjectivelyDown && its.kind === 'master') this.tell(`${down ? '+' : '-'}sdown ${its.address}`);
    its.subjectivelyDown = down;
  }

  /** An event, to the log and to those who subscribe. */
  tell(event: string): void {
    this.world.note(() => [this.name, event]);
    this.world.tellAgents(this);
  }

  private checkObjectivelyDown(): void {
    let agree = 0;
    if (this.master.subjectivelyDown) {
      agree = 1;
      for (const other of this.others) if (other.saysDown) agree++;
    }
    const down = agree >= this.world.engine.quorum;
    if (down !== this.objectivelyDown) this.tell(`${down ? '+' : '-'}odown ${this.master.address}`);
    this.objectivelyDown = down;
  }

  private startFailoverIfNeeded(): boolean {
    if (!this.objectivelyDown || this.failoverInProgress) return false;
    if (this.now - this.failoverStartAt < 2 * this.world.engine.failoverTimeout) return false;
    this.startFailover();
    return true;
  }

  private startFailover(): void {
    this.failover = 'wait-start';
    this.failoverEpoch = ++this.currentEpoch;
    this.failoverStartAt = this.now + this.world.random.below(MAX_DESYNC);
    this.failoverChangedAt = this.now;
    this.tell(`+try-failover in epoch ${this.failoverEpoch}`);
  }

  /** Asks the others whether the master is down, and for their votes. */
  private askOthers(forced: boolean): void {
    const { now } = this;
    const { askPeriod } = this.world.engine;
    // What it asks is in a method of its own: here it would cost something each time, also where nobody is asked.
    for (const other of this.others) {
      if (now - other.saidDownAt > 5 * askPeriod) {
        other.saysDown = false;
        other.leader = undefined;
      }
      if (!this.master.subjectivelyDown || !other.connected) continue;
      if (!forced && now - other.saidDownAt < askPeriod) continue;
      this.askWhetherDown(other);
    }
  }

  private askWhetherDown(other: Instance): void {
    const candidate = this.failover === 'none' ? undefined : this.id;
    const { currentEpoch, life } = this;
    const { address } = this.master;
    const sentinel = other.target as Sentinel;
    other.command(() => {
      const answer = sentinel.isMasterDown(address, currentEpoch, candidate);
      this.network.send(sentinel.host, this.host, () =>
        this.receive(() => {
          if (this.life !== life) return;
          other.saidDownAt = this.now;
          other.saysDown = answer.down;
          if (answer.leader === undefined) return;
          other.leader = answer.leader;
          other.leaderEpoch = answer.epoch;
        }),
      );
    });
  }

  /** SENTINEL IS-MASTER-DOWN-BY-ADDR */
  isMasterDown(address: Address, epoch: number, candidate?: string): { down: boolean; leader?: string; epoch: number } {
    const known = this.master.address === address;
    const down = known && this.tiltSince === undefined && this.master.subjectivelyDown;
    if (!known || candidate === undefined) return { down, epoch: 0 };
    return { down, ...this.vote(epoch, candidate) };
  }

  /** Votes for the candidate, where it has not voted in that epoch or in a later one; tells the vote that counts. */
  vote(epoch: number, candidate: string): { leader?: string; epoch: number } {
    if (epoch > this.currentEpoch) {
      this.currentEpoch = epoch;
      this.flush();
    }
    if (this.leaderEpoch < epoch && this.currentEpoch <= epoch) {
      this.leader = candidate;
      this.leaderEpoch = this.currentEpoch;
      this.flush();
      this.world.note(() => [this.name, `votes for ${candidate} in epoch ${epoch}`]);
      if (candidate !== this.id) this.failoverStartAt = this.now + this.world.random.below(MAX_DESYNC);
    }
    return { leader: this.leader, epoch: this.leaderEpoch };
  }

  /** The hello message by which Sentinels tell one another of a new master. */
  private hello(its: Instance): void {
    const news = this.helloMessage();
    if (its.kind === 'sentinel') {
      its.publishedAt = this.now;
      const other = its.target as Sentinel;
      if (other.knows(news)) return;
      its.command(() => other.takeHello(news));
      return;
    }
    const server = its.target as Server;
    its.publish(() => {
      its.publishedAt = this.now;
      const hello = () => server.publish(HELLO_BYTES, () => server.world.spreadHello(server, this, news));
      server.receive(hello);
    });
  }

  helloMessage(): Hello {
    const named = this.failover === 'reconf-replicas' || this.failover === 'update-config' ? this.promoted : undefined;
    return {
      currentEpoch: this.currentEpoch,
      master: (named ?? this.master).target as Server,
      configEpoch: this.configEpoch,
    };
  }

  /** Would the message tell it anything? */
  knows(hello: Hello): boolean {
    return this.currentEpoch >= hello.currentEpoch && this.configEpoch >= hello.configEpoch;
  }

  takeHello(hello: Hello): void {
    if (hello.currentEpoch > this.currentEpoch) {
      this.currentEpoch = hello.currentEpoch;
      this.flush();
    }
    if (this.configEpoch >= hello.configEpoch) return;
    this.configEpoch = hello.configEpoch;
    if (hello.master !== this.master.target) this.switchTo(hello.master);
    else this.world.configured(this);
  }

  /** The next hello goes out at once. */
  helloSoon(): void {
    this.master.publishedAt -= PUBLISH_PERIOD + 1;
    for (const its of this.replicas) its.publishedAt -= PUBLISH_PERIOD + 1;
    for (const its of this.others) its.publishedAt -= PUBLISH_PERIOD + 1;
  }

  /** +switch-master */
  switchTo(server: Server): void {
    const { infoAt } = this.master;
    const old = this.master.target as Server;
    this.clearFailover();
    this.objectivelyDown = false;
    this.failoverStartAt = Number.NEGATIVE_INFINITY;
    this.leader = undefined;
    this.master = new Instance(this, server, 'master');
    // It is not asked sooner for that, as in sentinel.c.
    this.master.infoAt = infoAt;
    this.replicas = this.world.servers
      .filter((other) => other !== server)
      .map((other) => new Instance(this, other, 'replica'));
    this.flush();
    this.world.note(() => [
      this.name,
      `+switch-master ${old.address} to ${server.address} in epoch ${this.configEpoch}`,
    ]);
    this.world.configured(this);
  }

  clearFailover(): void {
    this.failover = 'none';
    this.forced = false;
    this.promoted = undefined;
  }

  /** An INFO has come. */
  refresh(its: Instance, server: Server): void {
    takeInfo(this, its, server);
  }

  flush(): void {
    this.volume.sentinel = {
      master: this.helloMessage().master.ordinal,
      configEpoch: this.configEpoch,
      leaderEpoch: this.leaderEpoch,
      currentEpoch: this.currentEpoch,
    };
  }

  // What agents ask.

  view(): MasterView {
    return {
      master: this.helloMessage().master.address,
      epoch: this.configEpoch,
      subjectivelyDown: this.master.subjectivelyDown,
      objectivelyDown: this.objectivelyDown,
      failoverInProgress: this.failoverInProgress,
      elected: this.failoverInProgress && this.failover !== 'wait-start',
      met: this.master.runId !== 0,
      heardMs: this.world.events.now - this.master.pongAt,
    };
  }

  get hasLinkedReplica(): boolean {
    return this.replicas.some((its) => its.linkUp);
  }

  flags(): Map<Address, string> {
    const result = new Map<Address, string>();
    for (const its of this.replicas) {
      let flags = 'slave';
      if (its.subjectivelyDown) flags += ',s_down';
      if (its.disconnected) flags += ',disconnected';
      if (its.promoted) flags += ',promoted';
      if (its.reconf === 'sent') flags += ',reconf_sent';
      if (its.reconf === 'inprog') flags += ',reconf_inprog';
      if (its.reconf === 'done') flags += ',reconf_done';
      result.set(its.address, flags);
    }
    return result;
  }

  voteFor(order: number, old: Address, epoch: number, candidate: string): Vote {
    const { leader, epoch: inEpoch } = this.isMasterDown(old, epoch, candidate);
    return { order, leader: leader ?? '*', epoch: inEpoch };
  }

  /** SENTINEL FAILOVER */
  failoverAsked(): boolean {
    if (this.failoverInProgress || selectReplica(this) === undefined) return false;
    this.startFailover();
    this.forced = true;
    return true;
  }

  isConnectedTo(server: Server): boolean {
    const its = this.master.target === server ? this.master : this.replicas.find(({ target }) => target === server);
    return its?.connected === true && its.life === server.life;
  }

  setDownAfter(ms: number): void {
    this.downAfter = ms;
  }

  /** Its links are made anew, as when a password is set. */
  reconnect(): void {
    for (const its of [this.master, ...this.replicas, ...this.others]) its.disconnect();
  }

  /** The server closes the connection on which a PUBLISH is held. */
  freedFrom(server: Server): void {
    for (const its of [this.master, ...this.replicas]) its.freedFrom(server);
  }

  protected ended(): void {
    this.world.note(() => [this.name, 'has ended']);
  }
}

/** What a hello message tells of the master. */
export interface Hello {
  readonly currentEpoch: number;
  readonly master: Server;
  readonly configEpoch: number;
}

/** SLAVEOF, as a Sentinel sends it: it ends the clients too. */
export function slaveof(server: Server, master: Server | undefined): void {
  if (server.follow(master)) server.dropClients();
}
