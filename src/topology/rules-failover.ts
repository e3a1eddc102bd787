import type { Duration } from 'cdk8s';
import type { Settings } from './settings.js';
import { milliseconds } from './units.js';
import type { Violation } from './violation.js';

interface Bound {
  /** Prop below `failover`. */
  readonly path: readonly string[];
  readonly value: Duration;
  /** Inclusive, in ms. */
  readonly least: number;
  readonly most: number;
  readonly why: string;
}

export function* failoverRules(settings: Settings): Generator<Violation> {
  const downAfter = milliseconds(settings.downAfter);
  const bounds: Bound[] = [
    {
      path: ['downAfter'],
      value: settings.downAfter,
      least: 500,
      most: 60_000,
      why: 'a shorter one takes a pause of the scheduler for a death, and a longer one is an outage of its own',
    },
    {
      path: ['failoverTimeout'],
      value: settings.failoverTimeout,
      least: 3000,
      most: 180_000,
      why: 'a promotion takes 1 to 2 s, and a failed election is tried again only after twice this time',
    },
    {
      path: ['tiltPeriod'],
      value: settings.tiltPeriod,
      least: 1000,
      // A replica stays eligible until its link has been down for 10 × down-after longer than the Sentinel itself held
      // the master for dead. The rest of the 10 is for the stall that caused the tilt.
      most: 6 * downAfter,
      why: "a Sentinel that only watches for more than 6 × 'downAfter' may find no replica eligible, for ever",
    },
    {
      path: ['pollPeriods', 'ping'],
      value: settings.pollPeriods.ping,
      least: 500,
      most: downAfter,
      why: 'a replica is eligible only while its last answers are younger than 5 periods, and with less some failovers find none',
    },
    {
      path: ['pollPeriods', 'ask'],
      value: settings.pollPeriods.ask,
      least: 500,
      most: 1000,
      why: "another Sentinel's answer counts only for 5 periods",
    },
    {
      path: ['pollPeriods', 'info'],
      value: settings.pollPeriods.info,
      least: 300,
      most: 10_000,
      why: "a shorter one is load without a gain, and 10 s is Sentinel's own",
    },
  ];
  // The bounds of other periods follow from downAfter, and would only echo its fault.
  const broken = bounds.filter(({ value, least, most }) => !isWithin(milliseconds(value), least, most));
  for (const { path, value, least, most, why } of broken[0]?.path[0] === 'downAfter' ? broken.slice(0, 1) : broken) {
    yield {
      path: ['failover', ...path],
      message: `'${path.at(-1)}' must be ${least} to ${most} ms, since ${why}, got ${milliseconds(value)} ms: give it within these bounds, or leave it out`,
    };
  }
  if (!Number.isInteger(settings.parallelSyncs) || settings.parallelSyncs < 1) {
    yield {
      path: ['failover', 'parallelSyncs'],
      message: `'parallelSyncs' must be a whole number of at least 1, since else no replica ever follows the new master, got ${settings.parallelSyncs}: leave it out for 1`,
    };
  }
}

/** Sentinel counts in whole milliseconds. */
function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
