import { FAULTS_END, type Fault, type Kind } from './faults.js';
import { Random } from './random.js';
import type { Setting } from './settings.js';
import { Victims } from './victims.js';
import type { World } from './world.js';
import { Writer } from './writer.js';

/** For so long before and after a fault the clients write as much as while it lasts, ms. */
const BEFOREHAND = 500;
const AFTERWARDS = 3000;

/** Brings the faults of a schedule about. */
export class FaultInjector {
  /** How many of each kind came about. */
  readonly counts = new Map<Kind, number>();
  /** When the last of them is over, ms. */
  endsAt = 0;
  readonly victims: Victims;
  /** All stopped, and the last master does not come back with its data: a person may have to decide. */
  waitsForPerson = false;

  constructor(
    private readonly world: World,
    faults: readonly Fault[],
  ) {
    this.victims = new Victims(world);
    for (const fault of faults) {
      world.events.at(fault.at - BEFOREHAND, () => this.wake());
      world.events.at(fault.at, () => this.strike(fault));
    }
  }

  /** The clients write more, until a while after the last fault. */
  private wake(): void {
    const { world } = this;
    world.isQuiet = false;
    const sleep = () => {
      const { now } = world.events;
      if (now >= this.endsAt + AFTERWARDS) world.isQuiet = true;
      else world.events.at(this.endsAt + AFTERWARDS, sleep);
    };
    world.events.after(BEFOREHAND + AFTERWARDS, sleep);
  }

  private after(ms: number, run: () => void): void {
    if (ms === Number.POSITIVE_INFINITY) return;
    const at = this.world.events.now + ms;
    if (at > this.endsAt) this.endsAt = at;
    this.world.events.at(at, run);
  }

  private strike(fault: Fault): void {
    const host = this.victims.of(fault);
    const { world } = this;
    if (host === undefined) return;
    this.counts.set(fault.kind, (this.counts.get(fault.kind) ?? 0) + 1);
    this.endsAt = Math.max(this.endsAt, world.events.now);
    const lasts = fault.lasts === Number.POSITIVE_INFINITY ? 'for good' : `for ${fault.lasts} ms`;
    world.note(() => ['FAULT', `${fault.kind} ${lasts}: ${world.pods[host]?.name}`]);
    this.bringAbout(fault, host);
  }

  /** Until `ms` are over, the pod counts as disturbed. */
  private disturb(host: number, ms: number): void {
    const { checks } = this.world;
    checks.disturbed(host);
    this.after(ms, () => checks.undisturbed(host));
  }

  private bringAbout(fault: Fault, host: number): void {
    const { world } = this;
    const { kind, lasts, chance } = fault;
    const pod = world.pods[host];
    if (!pod) return;
    const { server, sentinel } = pod;
    switch (kind) {
      case 'kill-server':
        this.disturb(host, 1);
        pod.killServer();
        return;
      case 'kill-server-twice':
        this.disturb(host, 1);
        pod.killServer();
        this.after(200 + 4000 * chance, () => {
          if (!this.victims.mayStrike(host, kind)) return;
          this.disturb(host, 1);
          pod.killServer();
        });
        return;
      case 'hang-server':
        if (!server?.alive) return;
        this.disturb(host, lasts);
        this.after(lasts, server.stop());
        return;
      case 'kill-sentinel':
        sentinel?.end();
        return;
      case 'hang-sentinel':
        if (sentinel?.alive) this.after(lasts, sentinel.stop());
        return;
      case 'kill-agent':
        pod.killAgent();
        return;
      case 'hang-agent':
        if (pod.agent) this.after(lasts, pod.agent.stop());
        return;
      case 'kill-containers':
        this.disturb(host, 1);
        pod.killAgent();
        pod.killServer();
        sentinel?.end();
        return;
      case 'freeze-pod':
        this.freeze(host, lasts);
        return;
      case 'starve-pod':
        this.disturb(host, lasts);
        this.starve(host, world.events.now + lasts, new Random(Math.floor(chance * 2 ** 31), 'starve'));
        return;
      case 'slow-disk': {
        const disk = world.disks[host];
        // One that answers in two rounds must answer within max-lag.
        if (!disk || disk.slowness > 0) return;
        this.disturb(host, lasts);
        const slowness = 50 + 650 * chance;
        disk.slowness = slowness;
        this.after(lasts, () => {
          disk.slowness = 0;
        });
        return;
      }
      case 'delete-pod':
        this.deletePod(host, 1000 + 4000 * chance, false);
        return;
      case 'kill-pod':
        this.killPod(host, 1000 + 4000 * chance, false);
        return;
      case 'lose-volume':
        this.killPod(host, 300 + 4000 * chance, true);
        return;
      case 'damage-file':
        this.disturb(host, 1);
        if (pod.volume.aof) pod.volume.damaged = true;
        pod.killServer();
        return;
      case 'crash-node':
        this.crash(host, lasts, chance);
        return;
      case 'isolate-node':
        this.isolate(host, lasts, chance);
        return;
      case 'cut-pair':
        this.cutPair(host, lasts, chance);
        return;
      case 'stop-all':
        this.stopAll(host, lasts, chance);
        return;
      case 'roll-all':
        this.roll(world.setting.servers - 1);
        return;
      case 'kill-sentinels':
        for (const its of world.sentinels) its.end();
    }
  }

  private freeze(host: number, ms: number): void {
    const { world } = this;
    const pod = world.pods[host];
    this.disturb(host, ms);
    const goOn = [pod?.agent?.stop(), pod?.server?.stop(), pod?.sentinel?.stop()];
    this.after(ms, () => {
      for (const resume of goOn) resume?.();
      world.checks.notPromised();
    });
  }

  /** It gets the processor now and then. */
  private starve(host: number, until: number, random: Random): void {
    const { events, pods } = this.world;
    if (events.now >= until) return;
    const pod = pods[host];
    for (const part of [pod?.agent, pod?.server, pod?.sentinel]) {
      if (!part || ('alive' in part && !part.alive)) continue;
      this.after(random.between(30, 400), part.stop());
    }
    this.after(random.between(400, 700), () => this.starve(host, until, random));
  }

  private deletePod(host: number, awayMs: number, volumeLost: boolean): void {
    const { world } = this;
    const pod = world.pods[host];
    if (pod?.state !== 'running') return;
    world.checks.disturbed(host);
    pod.delete(() => {
      if (volumeLost) pod.loseVolume();
      this.after(awayMs, () => {
        world.checks.undisturbed(host);
        pod.create();
      });
    });
  }

  private killPod(host: number, awayMs: number, volumeLost: boolean): void {
    const { world } = this;
    const pod = world.pods[host];
    if (pod?.state !== 'running') return;
    this.disturb(host, awayMs);
    pod.endAtOnce();
    if (volumeLost) pod.loseVolume();
    this.after(awayMs, () => pod.create());
  }

  /** Its machine loses its power: nobody is told, and what was not forced to disk is gone. */
  private crash(host: number, ms: number, chance: number): void {
    const { world } = this;
    const pod = world.pods[host];
    if (!pod || pod.state === 'gone') return;
    // It was just being deleted: nobody waits for that any more.
    if (pod.state === 'deleting') world.checks.undisturbed(host);
    world.network.isolate(host);
    pod.vanish(true);
    pod.volume.losePower();
    this.disturb(host, ms);
    if (ms === Number.POSITIVE_INFINITY) {
      this.victims.lost.add(host);
      return;
    }
    this.after(Math.max(ms, 2000), () => {
      world.network.join(host);
      if (chance < 0.1) {
        pod.loseVolume();
      }
      pod.create();
    });
  }

  /** With a client inside. */
  private isolate(host: number, ms: number, chance: number): void {
    const { world } = this;
    world.network.isolate(host);
    this.disturb(host, ms);
    const sentinel = world.pods[host]?.sentinel;
    let clinging: Writer | undefined;
    if (chance < 0.5 && sentinel) {
      clinging = new Writer(world, host, 100 + host, sentinel);
      clinging.begin();
    }
    if (ms === Number.POSITIVE_INFINITY) {
      this.victims.lost.add(host);
      return;
    }
    this.after(ms, () => {
      world.network.join(host);
      if (clinging) clinging.stopped = true;
    });
  }

  private cutPair(host: number, ms: number, chance: number): void {
    const { network, pods } = this.world;
    const others = pods.filter((pod) => pod.host !== host);
    const other = others[Math.floor(chance * others.length)];
    if (!other) return;
    const oneWay = (chance * 97) % 1 < 0.3;
    network.cut(host, other.host);
    if (!oneWay) network.cut(other.host, host);
    this.disturb(host, ms);
    this.disturb(other.host, ms);
    this.after(ms, () => {
      network.heal(host, other.host);
      if (!oneWay) network.heal(other.host, host);
    });
  }

  /** All pods end, and come back; the last master without its volume, or not at all, when chance will have it. */
  private stopAll(master: number, ms: number, chance: number): void {
    const { world } = this;
    const orderly = chance < 0.4;
    const fate = (chance * 31) % 1;
    for (const pod of world.pods) {
      const away = 500 + ((chance * 7919 * (pod.host + 1)) % 1) * Math.min(ms, 6000);
      const isMaster = pod.host === master && pod.server !== undefined;
      const volumeLost = isMaster && fate < 0.15 && world.setting.profile !== 'cache';
      if (isMaster && fate > 0.85 && !orderly) {
        this.disturb(pod.host, Number.POSITIVE_INFINITY);
        pod.endAtOnce();
        this.victims.lost.add(pod.host);
      } else if (orderly) {
        this.deletePod(pod.host, away, volumeLost);
      } else {
        pod.server?.end();
        if (fate > 0.4) pod.volume.losePower();
        this.killPod(pod.host, away, volumeLost);
      }
      if (volumeLost || this.victims.lost.has(pod.host)) this.waitsForPerson ||= isForPerson(world.setting);
    }
  }

  /** A rolling restart: from the highest ordinal down, each when the one before is in step. */
  private roll(ordinal: number): void {
    const { world } = this;
    if (ordinal < 0 || world.events.now > FAULTS_END + 20_000) return;
    const goOn = () => {
      if (this.victims.isSound(ordinal)) this.roll(ordinal - 1);
      else if (world.events.now < FAULTS_END + 20_000) this.after(500, goOn);
    };
    this.deletePod(ordinal, 1000, false);
    this.after(1500, goOn);
  }
}

/**
 * Whether a person may have to decide when the last master does not come back after a stop of all: in strict, where it is not
 * certain who has every confirmed write; and of two servers, where the other one is no majority.
 */
function isForPerson({ profile, servers }: Setting): boolean {
  return profile === 'strict' || servers === 2;
}
