import type { Pod } from '../simulation/pod.js';
import { Random } from '../simulation/random.js';
import type { World } from '../simulation/world.js';
import { Writer } from '../simulation/writer.js';
import { Cuts } from './cuts.js';
import { type Places, podsInZone, podsOnNode } from './places.js';

const LOOK_EVERY_MS = 100;
/** Between the end of a pod's containers and its successor's creation, on the cluster. */
const RECREATED_MS = [250, 500] as const;
/** From power to pods. */
const BOOT_MS = [3000, 6000] as const;

type Part = 'server' | 'sentinel' | 'agent';

/** A world that faults strike, and what can be done to it: of that faults consist. */
export class FaultTarget {
  /** When the last of what was done to it was over, ms; Infinity while something lasts. */
  overAt = 0;
  private open = 0;
  private readonly random: Random;
  private readonly stops = new Map<string, () => void>();
  private readonly cuts: Cuts;
  private readonly powerless = new Set<number>();

  constructor(
    readonly world: World,
    readonly places: Places,
  ) {
    this.random = new Random(world.setting.seed, 'scene');
    this.cuts = new Cuts(world.network, () => this.begins());
  }

  get now(): number {
    return this.world.events.now;
  }

  pod(host: number): Pod {
    const pod = this.world.pods[host];
    if (!pod) throw new Error(`there is no pod ${host}; there are ${this.world.pods.length}, from 0`);
    return pod;
  }

  /** The pod whose server is master; of several, of the newest. */
  get master(): number {
    const masters = this.world.servers.filter(({ alive, role }) => alive && role === 'master');
    return masters.sort((one, other) => other.reign - one.reign)[0]?.host ?? 0;
  }

  get replicas(): number[] {
    const { master } = this;
    return this.world.servers.map(({ host }) => host).filter((host) => host !== master);
  }

  /** The replica that a fault may strike. */
  get replica(): number {
    return this.replicas[0] as number;
  }

  /** Something lasts until what is returned is called. */
  private begins(): () => void {
    this.open++;
    this.overAt = Number.POSITIVE_INFINITY;
    return () => {
      this.open--;
      this.overAt = this.open > 0 ? Number.POSITIVE_INFINITY : this.now;
    };
  }

  after(ms: number, run: () => void): void {
    const over = this.begins();
    this.world.events.after(ms, () => {
      run();
      over();
    });
  }

  /** As soon as that holds; looked at ten times a second. */
  when(holds: () => boolean, run: () => void): void {
    const over = this.begins();
    const look = () => {
      if (!holds()) {
        this.world.events.after(LOOK_EVERY_MS, look);
        return;
      }
      run();
      over();
    };
    look();
  }

  /** Another than that one is master, and most Sentinels name it. */
  replaced(old: number): boolean {
    const { sentinels, servers } = this.world;
    const named = sentinels.filter(({ alive, master }) => alive && master.target.host !== old);
    return named.length > sentinels.length / 2 && servers.some((s) => s.alive && s.host !== old && s.role === 'master');
  }

  // Processes.

  kill(part: Part, host: number): void {
    const pod = this.pod(host);
    this.say(`kills the ${nameOf(part)} of pod ${pod.name}`);
    if (part === 'server') pod.killServer();
    else if (part === 'sentinel') pod.sentinel?.end();
    else pod.killAgent();
    this.touched();
  }

  hang(part: Part, host: number, ms?: number): void {
    const pod = this.pod(host);
    const process = pod[part];
    const key = `${part} ${host}`;
    if (!process || ('alive' in process && !process.alive) || this.stops.has(key)) return;
    this.say(`stops the ${nameOf(part)} of pod ${pod.name}`);
    const resume = process.stop();
    const over = this.begins();
    this.stops.set(key, () => {
      this.stops.delete(key);
      resume();
      over();
      this.say(`lets the ${nameOf(part)} of pod ${pod.name} go on`);
    });
    if (ms !== undefined) this.world.events.after(ms, () => this.goOn(part, host));
  }

  goOn(part: Part, host: number): void {
    this.stops.get(`${part} ${host}`)?.();
  }

  isHanging(part: Part, host: number): boolean {
    return this.stops.has(`${part} ${host}`);
  }

  // Pods.

  /** kubectl delete pod: it ends in an orderly way, and comes back. */
  delete(host: number, back = () => {}): void {
    const pod = this.pod(host);
    if (pod.state !== 'running') return;
    this.say(`deletes pod ${pod.name}`);
    const over = this.begins();
    pod.delete(() => {
      this.world.events.after(this.random.between(...RECREATED_MS), () => {
        pod.create();
        over();
        back();
      });
    });
  }

  /** All of it at once, without any order, and its volume where that is lost; it comes back. */
  crash(host: number, volumeLost = false): void {
    const pod = this.pod(host);
    if (pod.state === 'gone') return;
    this.say(`ends pod ${pod.name} at once${volumeLost ? ', and takes its volume' : ''}`);
    pod.endAtOnce();
    if (volumeLost) pod.loseVolume();
    this.after(this.random.between(...RECREATED_MS), () => pod.create());
  }

  // Nodes, zones, links.

  /** The node loses its power, and all that was not forced to disk. */
  powerOff(...nodes: readonly number[]): void {
    for (const node of nodes) {
      if (this.powerless.has(node)) continue;
      this.powerless.add(node);
      const hosts = podsOnNode(this.places, node);
      this.say(`takes the power of node ${node + 1}`);
      this.cuts.around(`power ${node}`, hosts);
      for (const host of hosts) {
        const pod = this.pod(host);
        pod.vanish(true);
        this.world.network.forgetFrom(host);
        pod.volume.losePower();
      }
    }
  }

  powerOn(...nodes: readonly number[]): void {
    for (const node of nodes) {
      if (!this.powerless.delete(node)) continue;
      this.say(`gives node ${node + 1} its power back`);
      this.after(this.random.between(...BOOT_MS), () => {
        this.cuts.heal(`power ${node}`);
        for (const host of podsOnNode(this.places, node)) if (this.pod(host).state === 'gone') this.pod(host).create();
      });
    }
  }

  isPowerless(node: number): boolean {
    return this.powerless.has(node);
  }

  /** The node reaches nobody, and nobody reaches it; what is on it still reaches one another. */
  isolateNode(node: number): void {
    this.say(`cuts off node ${node + 1}`);
    this.cuts.around(`node ${node}`, podsOnNode(this.places, node));
  }

  joinNode(node: number): void {
    this.cuts.heal(`node ${node}`);
    this.say(`joins node ${node + 1} again`);
  }

  isIsolated(node: number): boolean {
    return this.cuts.has(`node ${node}`);
  }

  nodesOfZone(zone: number): number[] {
    const hosts = podsInZone(this.places, zone);
    return [...new Set(hosts.map((host) => this.places.nodeOf[host] as number))];
  }

  nodeOf(host: number): number {
    return this.places.nodeOf[host] as number;
  }

  zoneOf(host: number): number {
    return this.places.zoneOf[this.nodeOf(host)] as number;
  }

  /** The link between two pods. */
  cutLink(one: number, other: number): void {
    const key = linkKey(one, other);
    if (one === other || this.cuts.has(key)) return;
    this.say(`cuts the link between pods ${this.pod(one).name} and ${this.pod(other).name}`);
    this.cuts.between(key, [[one, other]]);
  }

  healLink(one: number, other: number): void {
    const key = linkKey(one, other);
    if (!this.cuts.has(key)) return;
    this.cuts.heal(key);
    this.say(`heals the link between pods ${this.pod(one).name} and ${this.pod(other).name}`);
  }

  isCut(one: number, other: number): boolean {
    return this.cuts.has(linkKey(one, other));
  }

  /**
   * A client on the pod's node, which has found the master before the node is cut off. It waits for no confirmation, or it
   * would soon do nothing else; unless all clients do.
   */
  clientBeside(host: number): void {
    const beside = podsOnNode(this.places, this.nodeOf(host)).map((its) => this.pod(its).sentinel);
    const writer = new Writer(
      this.world,
      host,
      100 + host,
      beside.find((sentinel) => sentinel?.alive),
      this.world.setting.waitShare === 1 ? 1 : 0,
    );
    writer.begin();
    this.world.writers.push(writer);
  }

  // Disks.

  slowDisk(host: number, ms: number): void {
    const disk = this.world.disks[host];
    if (!disk) return;
    disk.slowness = ms;
    this.say(
      ms > 0 ? `makes each fsync of pod ${this.pod(host).name} take ${ms} ms more` : 'makes the disk quick again',
    );
    this.touched();
  }

  fillDisk(host: number): void {
    const disk = this.world.disks[host];
    if (!disk || disk.full) return;
    disk.full = true;
    this.say(`fills the disk of pod ${this.pod(host).name}`);
  }

  freeDisk(host: number): void {
    const disk = this.world.disks[host];
    if (!disk?.full) return;
    disk.full = false;
    this.say(`makes room on the disk of pod ${this.pod(host).name}`);
  }

  /** Nothing lasts any more, but something was just done. */
  private touched(): void {
    if (this.open === 0) this.overAt = this.now;
  }

  private say(what: string): void {
    this.touched();
    this.world.note(() => ['FAULT', what]);
  }
}

function linkKey(one: number, other: number): string {
  return `link ${Math.min(one, other)} ${Math.max(one, other)}`;
}

function nameOf(part: Part): string {
  return part === 'sentinel' ? 'Sentinel' : part;
}
