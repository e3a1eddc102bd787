import { drawFaults } from '../simulation/faults.js';
import { FaultInjector } from '../simulation/injector.js';
import { type Choice, drawSetting } from '../simulation/settings.js';
import { Victims } from '../simulation/victims.js';
import { whatIsBroken } from '../simulation/wholeness.js';
import { type Note, World } from '../simulation/world.js';
import { type Act, readAct } from './acts.js';
import { type Load, settingOf } from './conditions.js';
import { FaultTarget } from './fault-target.js';
import { type Places, placesOf } from './places.js';
import type { Shape } from './shape.js';

type Listener = (at: number, note: Note) => void;

export interface PlayProps {
  readonly shape: Shape;
  readonly seed: number;
  readonly load: Load;
  readonly acts: readonly Act[];
  /** From then on the clients write as much as asked, before that a quarter, ms. @default - 1 s before the first act */
  readonly awakeAt?: number;
  readonly listener?: Listener;
}

export interface ScheduleProps extends Choice {
  readonly seed: number;
  readonly acts: readonly Act[];
  readonly listener?: Listener;
}

/** Before the first act, the clients write as much as asked for so long, ms. */
export const AWAKE_MS = 1000;
/** A client takes its place so long before a node is cut off, ms. */
const PREPARED_MS = 2000;

interface Step {
  readonly at: number;
  readonly run: () => void;
}

/**
 * A world in virtual time, and what is done to it. The same world, seed and acts always come to the same events, whenever one
 * looks: acts take place between events, never in the midst of them.
 */
export class Play {
  readonly target: FaultTarget;
  private readonly victims: Victims;
  private readonly steps: Step[];
  private next = 0;

  /** A topology, in the world that the seed draws. */
  static of({ shape, seed, load, acts, awakeAt, listener }: PlayProps): Play {
    const world = new World(settingOf(shape, seed, load), {}, listener);
    return new Play(world, shape.places, acts, awakeAt ?? Math.min(...acts.map(({ at }) => at)) - AWAKE_MS);
  }

  /** A schedule of `npm run simulate`, with the topology and the faults that its seed draws. */
  static ofSchedule({ seed, acts, listener, ...choice }: ScheduleProps): Play {
    const setting = drawSetting(seed, choice);
    const world = new World(setting, {}, listener);
    new FaultInjector(world, drawFaults(setting));
    return new Play(world, placesOf(setting.servers, setting.separateSentinels), acts, Number.POSITIVE_INFINITY);
  }

  private constructor(
    readonly world: World,
    readonly places: Places,
    acts: readonly Act[],
    awakeAt: number,
  ) {
    this.target = new FaultTarget(world, places);
    this.victims = new Victims(world);
    const { target } = this;
    const wake = () => {
      world.isQuiet = false;
    };
    this.steps = acts
      .flatMap(({ at, act }): Step[] => {
        const { prepare, strike } = readAct(act);
        const struck = { at, run: () => strike(target) };
        return prepare ? [{ at: Math.max(0, at - PREPARED_MS), run: () => prepare(target) }, struck] : [struck];
      })
      .concat({ at: Math.max(0, awakeAt), run: wake })
      .sort((one, other) => one.at - other.at);
    world.begin();
  }

  get now(): number {
    return this.world.events.now;
  }

  /** Lets everything happen up to that time, ms. */
  runTo(time: number): void {
    for (let step = this.steps[this.next]; step !== undefined && step.at <= time; step = this.steps[++this.next]) {
      this.world.events.runUntil(step.at);
      step.run();
    }
    this.world.events.runUntil(time);
  }

  /** What keeps all from being whole; nothing where it is. */
  get broken(): string {
    return whatIsBroken(this.world, this.victims);
  }
}
