import type { Violation } from './checks.js';
import { drawFaults, FAULTS_END, type Fault, type Kind, losesNothing } from './faults.js';
import { FaultInjector } from './injector.js';
import { type Choice, drawSetting, type Setting } from './settings.js';
import { whatIsBroken } from './wholeness.js';
import { type Differences, type Note, World } from './world.js';

/** A schedule is at least so long, ms. */
const LEAST_MS = 60_000;
/** After the faults, and after the last container came back: until a master takes writes, and until all is whole, ms. */
export const MASTER_WITHIN_MS = 45_000;
export const WHOLE_WITHIN_MS = 75_000;
const LOOK_EVERY_MS = 500;

export interface Outcome {
  readonly setting: Setting;
  readonly violations: readonly Violation[];
  readonly virtualMs: number;
  readonly faults: ReadonlyMap<Kind, number>;
  readonly failovers: number;
  readonly acknowledged: number;
  readonly confirmed: number;
  readonly lost: number;
  readonly events: number;
  readonly decisions: number;
  /** After the faults, ms; nothing where it did not come to that. */
  readonly masterAfterMs?: number;
  readonly wholeAfterMs?: number;
}

export interface RunOptions extends Choice {
  /** Faults of these kinds only. */
  readonly kinds?: readonly Kind[];
  /** In the place of those that the seed draws. */
  readonly faults?: readonly Fault[];
  readonly setting?: Setting;
  readonly differences?: Differences;
  readonly listener?: (at: number, note: Note) => void;
}

/** Runs the schedule of a seed: first the faults, with safety watched; then quiet, in which all must become whole. */
export function runSeed(seed: number, options: RunOptions = {}): Outcome {
  const setting = options.setting ?? drawSetting(seed, options);
  const faults = options.faults ?? drawFaults(setting, options.kinds);
  const world = new World(setting, options.differences, options.listener);
  const injector = new FaultInjector(world, faults);
  world.begin();
  const quiet = new Quiet(world, injector);
  while (!quiet.over) world.events.runUntil(world.events.now + LOOK_EVERY_MS);
  return conclude(world, injector, faults, quiet);
}

/** Watches how the world becomes whole again. */
class Quiet {
  masterAfterMs?: number;
  wholeAfterMs?: number;
  private broken = '';
  private lastSince = 0;

  constructor(
    private readonly world: World,
    private readonly injector: FaultInjector,
  ) {}

  /** Since when nothing disturbs any more: neither a fault nor the kubelet's back-off. */
  private get since(): number {
    return Math.max(this.injector.endsAt, this.world.lastContainerAt);
  }

  get over(): boolean {
    const { world, since } = this;
    const { now } = world.events;
    const passed = now - since;
    if (since !== this.lastSince) {
      this.lastSince = since;
      this.masterAfterMs = undefined;
      this.wholeAfterMs = undefined;
    }
    if (passed < 0) return false;
    if (this.masterAfterMs === undefined && world.ledger.lastAcknowledgedAt > since) {
      this.masterAfterMs = world.ledger.lastAcknowledgedAt - since;
    }
    this.broken = whatIsBroken(world, this.injector.victims);
    if (this.broken === '') this.wholeAfterMs ??= passed;
    else this.wholeAfterMs = undefined;
    if (now < FAULTS_END) return false;
    if (passed >= WHOLE_WITHIN_MS) return true;
    return now >= LEAST_MS && this.broken === '' && (this.masterAfterMs !== undefined || !this.canWrite);
  }

  /** Enough servers are left for min-replicas-to-write. */
  get canWrite(): boolean {
    const { servers, engine } = this.world;
    const left = servers.filter(({ host }) => !this.injector.victims.lost.has(host)).length;
    return left > engine.minReplicas;
  }

  get what(): string {
    return this.broken;
  }
}

function conclude(world: World, injector: FaultInjector, faults: readonly Fault[], quiet: Quiet): Outcome {
  const { setting, checks, ledger } = world;
  const { severity, profile } = setting;
  if (severity !== 'beyond' && !injector.waitsForPerson) {
    const late = quiet.masterAfterMs === undefined || quiet.masterAfterMs > MASTER_WITHIN_MS;
    if (late && quiet.canWrite) checks.notAlive(quiet.what || 'no write was acknowledged');
    else if (quiet.wholeAfterMs === undefined) checks.notWhole(quiet.what);
  }
  const master = world.servers
    .filter((server) => server.alive && server.role === 'master' && !injector.victims.lost.has(server.host))
    .sort((one, other) => other.reign - one.reign)[0];
  let lost = 0;
  if (master) {
    const missing = ledger.missing(master.place);
    lost = missing.acknowledged.length;
    if (profile === 'strict') checks.lost(missing.confirmed);
    // Without a volume, the only server that has data must not be stopped.
    const isKept = world.engine.fsync !== 'none' || severity !== 'beyond';
    if (isKept && losesNothing(faults)) checks.lostByPlan(missing.acknowledged);
  }
  return {
    setting,
    violations: checks.violations,
    virtualMs: world.events.now,
    faults: injector.counts,
    failovers: checks.failovers,
    acknowledged: ledger.acknowledged,
    confirmed: ledger.confirmed,
    lost,
    events: world.events.count,
    decisions: world.decisions,
    masterAfterMs: quiet.masterAfterMs,
    wholeAfterMs: quiet.wholeAfterMs,
  };
}
