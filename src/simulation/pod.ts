import type { Data, Plan, SentinelState } from '../agent/program/decide/known.js';
import type { Durable } from '../agent/program/decide/memory.js';
import type { Order } from '../agent/program/decide/orders.js';
import { NO_DATA, UNTOLD } from '../agent/program/decide/position.js';
import type { Agent } from './agent.js';
import type { Timer } from './events.js';
import { depthOf, lastMark } from './history.js';
import type { Sentinel } from './sentinel.js';
import type { Server } from './server.js';
import { Volume } from './volume.js';
import type { World } from './world.js';

/** An engine's container, as its launcher shows it. */
export interface Container {
  state: 'absent' | 'waiting' | 'running';
  /** Counts the changes of state; while it runs, which life it is. */
  changes: number;
  restarts: number;
  timer?: Timer;
}

/** The pod's memory volume: outlives its containers, not the pod. */
export interface RunDir {
  /** What an agent remembers, and of which life of the engines' containers. */
  remembered?: { readonly durable: Durable; readonly server: number; readonly sentinel: number };
  handOverAsked: boolean;
  promoteOrdered: boolean;
}

/**
 * The kubelet looks once a second whether a container has ended, and takes so long to start it anew (1.2 to 2.2 s in all, on the
 * cluster of docs/simulated-and-measured.md); the first time without a pause, then it backs off.
 */
const NOTICED_MS = 1000;
const RESTARTED_MS = [700, 1200] as const;
const BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 300_000;
/** From the pod's creation to its first container, and from each container to the next, which waits for it (likewise seen). */
const AGENT_MS = [500, 1200] as const;
const SENTINEL_MS = [800, 1400] as const;
const SERVER_MS = [100, 1100] as const;
/** The address of a pod that has ended outlives it so long (seen on the cluster); then its Service refuses. */
const ADDRESS_MS = [2000, 3000] as const;
/** From a pod's creation until others reach it: its address is in its status a moment after its first container runs. */
const REACHED_MS = [1000, 2000] as const;
/** Of the grace period, what the preStop hook leaves to the shutdown. */
const LEFT_FOR_SHUTDOWN_MS = 35_000;

const NOTHING: Data = { there: false, firstStart: false, position: NO_DATA };
const NO_STATE: SentinelState = { configEpoch: 0, leaderEpoch: 0, currentEpoch: 0, hadData: false };

/**
 * A pod: kubelet, launchers and hook. Its server, Sentinel and addresses stay the same over all of its lives.
 *
 * Simpler than Kubernetes: images are there; a container takes some hundred ms to start; probes do nothing; the back-off of a
 * container begins anew only with a new pod, whose endpoint is there at once.
 */
export class Pod {
  run: RunDir = { handOverAsked: false, promoteOrdered: false };
  volume = new Volume();
  /** What lay on the volume when the server's container last waited, and when the Sentinel's did. */
  data: Data = NOTHING;
  sentinelState: SentinelState = NO_STATE;
  agent?: Agent;
  readonly serverContainer: Container = { state: 'absent', changes: 0, restarts: 0 };
  readonly sentinelContainer: Container = { state: 'absent', changes: 0, restarts: 0 };
  /** `deleting`: it ends in an orderly way; `gone`: it is not there. */
  state: 'gone' | 'running' | 'deleting' = 'gone';
  /** The agent's container restarts; not while a fault keeps it down. */
  private agentRestarts = 0;
  /** Counts its lives, so that what was on its way for an earlier one comes to nothing. */
  private life = 0;
  private hookReleased?: () => void;

  constructor(
    private readonly world: World,
    readonly plan: Plan,
    readonly host: number,
    readonly server: Server | undefined,
    readonly sentinel: Sentinel | undefined,
  ) {}

  get name(): string {
    return this.server === undefined ? `sentinel-${this.plan.ordinal}` : `${this.plan.ordinal}`;
  }

  private later(ms: number, run: () => void): Timer {
    const { life } = this;
    return this.world.events.after(ms, () => {
      if (this.life === life) run();
    });
  }

  /** A new pod, with the volume of the one before where there was one. */
  create(): void {
    const { random } = this.world;
    this.life++;
    this.state = 'running';
    this.later(random.between(...REACHED_MS), () => this.world.network.settle(this.host));
    this.run = { handOverAsked: false, promoteOrdered: false };
    this.serverContainer.restarts = 0;
    this.sentinelContainer.restarts = 0;
    this.agentRestarts = 0;
    this.world.note(() => [`pod-${this.name}`, 'is created']);
    const agentAt = random.between(...AGENT_MS);
    const sentinelAt = agentAt + random.between(...SENTINEL_MS);
    this.later(agentAt, () => this.startAgent());
    if (this.sentinel) this.later(sentinelAt, () => this.set(this.sentinelContainer, 'waiting'));
    if (this.server)
      this.later(sentinelAt + random.between(...SERVER_MS), () => this.set(this.serverContainer, 'waiting'));
  }

  /** Another volume, with nothing on it. */
  loseVolume(): void {
    const empty = this.volume.aof === undefined && this.volume.sentinel === undefined;
    if (this.plan.persistent) this.world.ledger.volumeLost(this);
    this.volume = new Volume();
    if (empty) return;
    this.world.checks.forgotten();
    this.world.note(() => [`pod-${this.name}`, 'has lost its volume']);
  }

  private set(container: Container, state: Container['state']): void {
    if (container.state === state) return;
    container.state = state;
    if (state === 'waiting') {
      this.world.lastContainerAt = this.world.events.now;
      if (container === this.serverContainer) this.data = dataOn(this.volume, this.plan);
      else this.sentinelState = stateOn(this.volume, this.world);
    }
    container.changes++;
    this.agent?.changed();
  }

  /** When its agent was last started, or got a processor again. */
  agentBackAt = 0;

  private startAgent(): void {
    this.agentBackAt = this.world.events.now;
    this.agent = this.world.newAgent(this);
    this.world.note(() => [this.agent?.name ?? '', 'starts']);
  }

  remember(durable: Durable): void {
    const { serverContainer: server, sentinelContainer: sentinel } = this;
    this.run.remembered = { durable, server: server.changes, sentinel: sentinel.changes };
  }

  /** What an agent before this one knew of what runs now. */
  recall(): Partial<Durable> {
    const { serverContainer: server, sentinelContainer: sentinel } = this;
    const { remembered } = this.run;
    if (remembered === undefined) return {};
    const { patient, ...ofServer } = remembered.durable;
    return {
      ...(server.state === 'running' && remembered.server === server.changes && ofServer),
      ...(sentinel.state === 'running' && { patient: remembered.sentinel === sentinel.changes ? patient : true }),
    };
  }

  /** SIGKILL to the agent; its container restarts. */
  killAgent(): void {
    if (!this.agent) return;
    this.endAgent();
    this.later(this.backOff(this.agentRestarts++), () => this.startAgent());
  }

  private endAgent(): void {
    this.agent?.end();
    this.agent = undefined;
  }

  private backOff(restarts: number): number {
    const { random } = this.world;
    const least = random.between(0, NOTICED_MS) + random.between(...RESTARTED_MS);
    return restarts === 0 ? least : least + Math.min(BACK_OFF_MS * 2 ** (restarts - 1), LONGEST_BACK_OFF_MS);
  }

  // Orders of the agent, through the memory volume.

  startServer(order: Extract<Order, { do: 'start-server' }>): void {
    const { server, serverContainer, world } = this;
    if (!server || serverContainer.state !== 'waiting') return;
    if (order.setAside) {
      this.volume.aof = undefined;
      this.volume.damaged = false;
      this.volume.note('outdated', false);
    }
    this.set(serverContainer, 'running');
    serverContainer.timer = this.later(world.setting.launchMs * world.random.between(0.5, 2), () => {
      if (this.volume.damaged && this.volume.aof !== undefined) return this.serverEnded();
      const master = order.master === undefined ? undefined : world.serverAt(order.master);
      server.start(this.volume, { master, priority: world.startPriority, position: order.position });
    });
  }

  killServer(): void {
    const { server, serverContainer } = this;
    if (!server || serverContainer.state !== 'running') return;
    if (server.alive) server.end();
    else {
      serverContainer.timer?.cancel();
      this.serverEnded();
    }
  }

  startSentinel(order: Extract<Order, { do: 'start-sentinel' }>): void {
    const { sentinel, sentinelContainer, world } = this;
    if (!sentinel || sentinelContainer.state !== 'waiting') return;
    const master = world.serverAt(order.master)?.ordinal ?? 0;
    const { configEpoch, leaderEpoch, currentEpoch } = order;
    this.set(sentinelContainer, 'running');
    this.volume.sentinel = { master, configEpoch, leaderEpoch, currentEpoch };
    this.later(world.random.between(10, 50), () =>
      sentinel.start(this.volume, { master, configEpoch, leaderEpoch, currentEpoch }),
    );
  }

  /** The server's process has ended: so its container has. */
  serverEnded(): void {
    this.set(this.serverContainer, 'absent');
    if (this.state === 'deleting') {
      this.hookReleased = undefined;
      this.endSidecars();
    } else if (this.state === 'running') {
      this.later(this.backOff(this.serverContainer.restarts++), () => this.set(this.serverContainer, 'waiting'));
    }
  }

  sentinelEnded(): void {
    this.set(this.sentinelContainer, 'absent');
    if (this.state !== 'running') return;
    this.later(this.backOff(this.sentinelContainer.restarts++), () => this.set(this.sentinelContainer, 'waiting'));
  }

  // The end of the pod.

  /** Deleted as kubectl does it: preStop hook, SIGTERM, sidecars; `gone` when nothing of it is left. */
  delete(gone: () => void): void {
    if (this.state !== 'running') return;
    this.state = 'deleting';
    this.whenGone = gone;
    this.world.note(() => [`pod-${this.name}`, 'is deleted']);
    const { server } = this;
    if (!server || this.serverContainer.state !== 'running') {
      this.serverContainer.timer?.cancel();
      this.set(this.serverContainer, 'absent');
      this.endSidecars();
      return;
    }
    this.later(this.world.setting.grace, () => this.endAtOnce());
    this.run.handOverAsked = true;
    this.agent?.changed();
    const terminate = () => {
      this.hookReleased = undefined;
      this.run.handOverAsked = false;
      this.agent?.changed();
      if (server.alive) server.terminate();
      else this.killServer();
    };
    this.hookReleased = () => this.later(this.world.random.between(0, 100), terminate);
    this.later(this.world.setting.grace - LEFT_FOR_SHUTDOWN_MS, () => this.releaseHook());
  }

  private whenGone?: () => void;

  releaseHook(): void {
    const { hookReleased } = this;
    this.hookReleased = undefined;
    hookReleased?.();
  }

  private endSidecars(): void {
    this.later(this.world.random.between(20, 200), () => {
      this.sentinel?.end();
      this.later(this.world.random.between(20, 200), () => this.endAtOnce());
    });
  }

  /** Without any order: SIGKILL to all of it. */
  endAtOnce(): void {
    if (this.state === 'gone') return;
    this.vanish(false);
    const { whenGone } = this;
    this.whenGone = undefined;
    whenGone?.();
  }

  /** `silently`: with its machine, so that nobody is told. */
  vanish(silently: boolean): void {
    if (silently) this.whenGone = undefined;
    this.life++;
    this.state = 'gone';
    this.hookReleased = undefined;
    this.endAgent();
    this.server?.end(silently);
    this.sentinel?.end(silently);
    this.set(this.serverContainer, 'absent');
    this.set(this.sentinelContainer, 'absent');
    this.world.network.forgetFrom(this.host);
    if (!silently) this.addressOutlives();
    this.world.note(() => [`pod-${this.name}`, 'is gone']);
    // A directory that is no volume ends with its pod.
    if (!this.plan.persistent) this.loseVolume();
  }

  /** Its endpoint is taken out of the Service only some time after its network is gone. */
  private addressOutlives(): void {
    const { network, random } = this.world;
    network.lose(this.host);
    this.later(random.between(...ADDRESS_MS), () => network.settle(this.host));
  }
}

/** What lies on the volume, as the agent's driver reads it (src/agent/program/know/volume.ts). */
function dataOn(volume: Volume, plan: Plan): Data {
  const firstStart = volume.facts.has('first-start');
  const { aof } = volume;
  if (!plan.persistent || aof === undefined) return { there: false, firstStart, position: NO_DATA };
  const there = volume.copied === 'written' || !volume.facts.has('incomplete');
  if (volume.damaged) return { there, firstStart, position: NO_DATA, fault: 'a file is damaged' };
  if (!there) return { there, firstStart, position: NO_DATA };
  const position = lastMark(aof.written, Math.min(aof.base, depthOf(aof.written))) ?? UNTOLD;
  return { there, firstStart, position, ...(volume.copied === 'outdated' && { outdated: true }) };
}

/** What the Sentinel's file remembers (src/agent/program/know/sentinel-state.ts). */
function stateOn({ sentinel, facts }: Volume, { servers }: World): SentinelState {
  const hadData = facts.has('had-data');
  if (sentinel === undefined) return { ...NO_STATE, hadData };
  const { master, ...epochs } = sentinel;
  return { ...epochs, master: servers[master]?.address, hadData };
}
