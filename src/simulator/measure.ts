import { Random } from '../simulation/random.js';
import type { Note } from '../simulation/world.js';
import { actOf } from './acts.js';
import { type Fault, findFault } from './catalogue.js';
import type { Load } from './conditions.js';
import { lossesOf } from './losses.js';
import { Play } from './play.js';
import type { Shape } from './shape.js';

/** What a fault came to with one seed. Times in ms of virtual time. */
export interface Result {
  readonly seed: number;
  /** The longest time without an acknowledged write of a client outside the pods; Infinity: no write any more. */
  readonly gap: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly lostConfirmed: number;
  /** Writes that were answered with an error since the fault. */
  readonly refused: number;
  /** From the end of the fault until all is whole; Infinity: not within the time that is watched. */
  readonly whole: number;
}

/** The topology has started and is whole well before, ms. */
const EARLIEST_MS = 10_000;
/** Which moment of the agents' and Sentinels' periods it is, is drawn, ms. */
const DRAWN_MS = 2000;
const LOOK_EVERY_MS = 250;
/** Watched for so long after the fault is over, ms. The longest wait of a topology is `whenAbandonedAfter`, 120 s. */
const WATCHED_MS = 180_000;
/** Once all is whole, ms. */
const STILL_MS = 1000;
/** A fault that waits for something, such as another master, is given up after that, ms. */
const LASTS_AT_MOST_MS = 120_000;

export function strikesAt(seed: number): number {
  return EARLIEST_MS + Math.round(new Random(seed, 'moment').between(0, DRAWN_MS));
}

export interface Measurement {
  readonly shape: Shape;
  /** By its name. */
  readonly fault: string;
  readonly load: Load;
}

/** Runs the fault once. */
export function measure(
  { shape, fault: name, load }: Measurement,
  seed: number,
  listener?: (at: number, note: Note) => void,
): Result {
  const fault = findFault(name) as Fault;
  const at = strikesAt(seed);
  const play = Play.of({ shape, seed, load, acts: [{ at, act: actOf(fault) }], listener });
  const { world, target } = play;
  play.runTo(at);
  const refusedBefore = world.ledger.refused;
  let wholeSince: number | undefined;
  for (;;) {
    play.runTo(play.now + LOOK_EVERY_MS);
    const { now } = play;
    const over = target.overAt === Number.POSITIVE_INFINITY ? undefined : target.overAt;
    if (over === undefined && now - at < LASTS_AT_MOST_MS) continue;
    const isWhole = over !== undefined && play.broken === '' && world.ledger.lastAcknowledgedAt > over;
    wholeSince = isWhole ? (wholeSince ?? now) : undefined;
    if (wholeSince !== undefined && now - wholeSince >= STILL_MS) break;
    if (now - Math.min(over ?? at, at + LASTS_AT_MOST_MS) >= WATCHED_MS) break;
  }
  const losses = lossesOf(world) ?? { acknowledged: 0, confirmed: 0 };
  return {
    seed,
    gap: longestGap(play, at),
    acknowledged: world.ledger.acknowledged,
    lost: losses.acknowledged,
    lostConfirmed: losses.confirmed,
    refused: world.ledger.refused - refusedBefore,
    whole: wholeSince === undefined ? Number.POSITIVE_INFINITY : Math.max(0, wholeSince - target.overAt),
  };
}

/** Of the writers outside the pods; the gap may have begun just before the fault. */
function longestGap({ world, now }: Play, at: number): number {
  const times: number[] = [];
  for (const { host, acknowledgedAt } of world.ledger.entries) {
    if (host === world.clientHost && acknowledgedAt !== undefined) times.push(acknowledgedAt);
  }
  let longest = 0;
  let before = at;
  for (const time of Float64Array.from(times).sort()) {
    if (time > at) longest = Math.max(longest, time - before);
    before = time;
  }
  // The last writes of the clients are under way when one stops to look.
  return now - before > STILL_MS + longest ? Number.POSITIVE_INFINITY : longest;
}
