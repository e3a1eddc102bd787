import { Clock } from '../agent/program/clock.js';
import type { Plan } from '../agent/program/decide/known.js';
import { Agent, type Decide } from './agent.js';
import { Checks } from './checks.js';
import { Events } from './events.js';
import { Branch, type Place } from './history.js';
import { Ledger } from './ledger.js';
import { Network } from './network.js';
import { Pod } from './pod.js';
import type { Peer } from './process.js';
import { Random } from './random.js';
import { type Hello, Sentinel } from './sentinel.js';
import { Server } from './server.js';
import { type Addresses, addressesOf, planOf, type Setting, type SimulatedEngineSettings } from './settings.js';
import { Disk } from './volume.js';
import { Writer } from './writer.js';

/** What is otherwise than in the product: for tests that the checks notice it. */
export interface Differences {
  /** In the place of the agents' decisions. */
  readonly decide?: Decide;
  /** Agents take the time in which they did not run for the servers' silence. */
  readonly dishonestClock?: boolean;
  /** `replica-priority` of a server that starts. @default 0 */
  readonly startPriority?: number;
  readonly engine?: Partial<SimulatedEngineSettings>;
  readonly plan?: (plan: Plan) => Plan;
}

/** Who says what happened, in one line. */
export type Note = readonly [who: string, what: string];

/** All there is: servers, Sentinels and agents in their pods, the network between them, clients, and what they have seen. */
export class World {
  readonly events = new Events();
  readonly network: Network;
  readonly random: Random;
  readonly engine: SimulatedEngineSettings;
  readonly servers: Server[] = [];
  readonly sentinels: Sentinel[] = [];
  readonly pods: Pod[] = [];
  readonly disks: Disk[] = [];
  readonly writers: Writer[] = [];
  readonly ledger: Ledger;
  readonly checks: Checks;
  readonly startPriority: number;
  /** No fault is at work. */
  isQuiet = true;
  /** When a container last came back. */
  lastContainerAt = 0;
  /** By how much copies, loads and rewrites take longer than the seed drew: there is so much more data. */
  growth = 1;
  /** How often agents have decided. */
  decisions = 0;
  private branches = 0;
  private reigns = 0;
  private readonly addresses: Addresses;
  private readonly agentPeers: Peer[] = [];
  private readonly byAddress = new Map<string, Server>();
  private readonly sentinelsByAddress = new Map<string, Sentinel>();

  constructor(
    readonly setting: Setting,
    private readonly differences: Differences = {},
    private readonly listener?: (at: number, note: Note) => void,
  ) {
    const { seed, servers, separateSentinels } = setting;
    this.random = new Random(seed, 'world');
    this.engine = { ...setting.engine, ...differences.engine };
    this.startPriority = differences.startPriority ?? 0;
    this.addresses = addressesOf(setting);
    const pods = servers + separateSentinels;
    this.network = new Network(this.events, new Random(seed, 'network'), setting.latency, pods + 1);
    this.ledger = new Ledger(this);
    this.checks = new Checks(this);
    for (let ordinal = 0; ordinal < pods; ordinal++) this.addPod(ordinal, ordinal < servers);
    for (const server of this.servers) for (const other of this.servers) if (other !== server) other.watch(server);
    for (const process of [...this.servers, ...this.sentinels]) {
      for (const peer of this.agentPeers) process.watch(peer);
    }
    for (let index = 0; index < setting.writers; index++) this.writers.push(new Writer(this, this.clientHost, index));
  }

  /** Where the clients are: outside all pods. */
  get clientHost(): number {
    return this.setting.servers + this.setting.separateSentinels;
  }

  private addPod(host: number, hasServer: boolean): void {
    const { setting } = this;
    const ordinal = hasServer ? host : host - setting.servers;
    const ofProduct = planOf(setting, this.addresses, ordinal, hasServer);
    const plan = this.differences.plan?.(ofProduct) ?? ofProduct;
    const disk = new Disk(new Random(setting.seed, `disk-${host}`), setting.fsyncMs);
    this.disks.push(disk);
    const server = hasServer ? new Server(this, ordinal, plan.me, host, disk) : undefined;
    if (server) {
      this.servers.push(server);
      this.byAddress.set(server.address, server);
    }
    let sentinel: Sentinel | undefined;
    if (plan.hasSentinel) {
      sentinel = new Sentinel(
        this,
        ordinal,
        plan.sentinels[ordinal] as string,
        plan.sentinelIds[ordinal] as string,
        host,
      );
      this.sentinels.push(sentinel);
      this.sentinelsByAddress.set(sentinel.address, sentinel);
    }
    const pod = new Pod(this, plan, host, server, sentinel);
    this.pods.push(pod);
    server?.watch({ host, closed: () => pod.serverEnded() });
    sentinel?.watch({ host, closed: () => pod.sentinelEnded() });
    this.agentPeers.push({ host, closed: (process, life) => pod.agent?.closed(process, life) });
  }

  /** All are there, and nothing was ever stored. */
  begin(): void {
    for (const pod of this.pods) this.events.after(this.random.between(0, 500), () => pod.create());
    for (const writer of this.writers) writer.begin();
  }

  newAgent(pod: Pod): Agent {
    return new Agent(this, pod, pod.host, this.differences.decide);
  }

  newClock(): Clock {
    const clock = new Clock(() => this.events.now);
    if (this.differences.dishonestClock) clock.expect = () => {};
    return clock;
  }

  serverAt(address: string): Server | undefined {
    return this.byAddress.get(address);
  }

  sentinelAt(address: string): Sentinel | undefined {
    return this.sentinelsByAddress.get(address);
  }

  newRoot(): Branch {
    return new Branch(++this.branches);
  }

  newBranch(from: Place): Branch {
    return new Branch(++this.branches, from.branch, from.count);
  }

  copyMs(): number {
    return this.growth * this.setting.copyMs * this.random.between(0.7, 1.5);
  }

  loadMs(): number {
    return this.growth * this.setting.loadMs * this.random.between(0.7, 1.5);
  }

  rewriteMs(): number {
    return this.growth * this.setting.rewriteMs * this.random.between(0.7, 1.5);
  }

  /** @param note made only where somebody listens */
  note(note: () => Note): void {
    this.listener?.(this.events.now, note());
  }

  get isListenedTo(): boolean {
    return this.listener !== undefined;
  }

  reaches(one: Server, other: Server): boolean {
    return this.network.connects(one.host, other.host);
  }

  // What the models tell.

  newReign(server: Server): number {
    const reign = ++this.reigns;
    this.checks.reigns(server, reign);
    return reign;
  }

  reignEnds(server: Server): void {
    this.checks.reignEnds(server);
  }

  linkUp(server: Server): void {
    server.filled = true;
    this.note(() => [server.name, `is in step with ${server.link.master?.name}`]);
  }

  clientsDropped(server: Server): void {
    const { life } = server;
    for (const peer of this.agentPeers) this.network.send(server.host, peer.host, () => peer.closed(server, life));
    for (const writer of this.writers) this.network.send(server.host, writer.host, () => writer.closed(server));
  }

  configured(sentinel: Sentinel): void {
    this.checks.configured(sentinel);
    this.tellAgents(sentinel);
  }

  /** Those who subscribe to its events hear of one. */
  tellAgents(sentinel: Sentinel): void {
    for (const pod of this.pods) {
      if (pod.plan.nearest !== sentinel.address) continue;
      this.network.send(sentinel.host, pod.host, () => pod.agent?.told());
    }
  }

  promoting(server: Server, by: string, epoch?: number): void {
    this.note(() => [by, `has ${server.name} promoted${epoch === undefined ? '' : ` in epoch ${epoch}`}`]);
  }

  /** A hello message was published on a server: all Sentinels that are connected to it get it. */
  spreadHello(server: Server, from: Sentinel, hello: Hello): void {
    for (const sentinel of this.sentinels) {
      if (sentinel === from || !sentinel.alive || sentinel.knows(hello)) continue;
      if (!sentinel.isConnectedTo(server)) continue;
      this.network.send(server.host, sentinel.host, () => sentinel.receive(() => sentinel.takeHello(hello)));
    }
  }
}
