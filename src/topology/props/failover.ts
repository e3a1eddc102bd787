import { Duration } from 'cdk8s';
import { type EntriesOf, mapping } from '../../words/mappings.js';
import { duration } from '../../words/quantities.js';
import { entry } from '../../words/value-kind.js';
import { count } from '../../words/values.js';
import { milliseconds } from '../units.js';
import type { Violation } from '../violation.js';
import type { ProfileSettings } from './profile.js';

/** How often a Sentinel looks. Each of its own defaults is slower than these. */
export interface PollPeriods {
  /**
   * INFO to each server, which is how a promotion is noticed.
   * @default Duration.seconds(1)
   */
  readonly info?: Duration;
  /**
   * The question to the other Sentinels whether they too consider the master down.
   * @default Duration.millis(500)
   */
  readonly ask?: Duration;
  /**
   * PING to everybody. Not below 500 ms: a replica is eligible only while its last answers are younger than 5 periods.
   * @default Duration.millis(500)
   */
  readonly ping?: Duration;
}

/** When a master is considered down, and how it is replaced. */
export interface Failover {
  /**
   * How long a server may not answer before a Sentinel considers it down.
   * @default - the profile's: 3 s, in cache 1 s
   * @see https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
   */
  readonly downAfter?: Duration;
  /**
   * After twice this time a failed election is tried again.
   * @default Duration.seconds(10)
   */
  readonly failoverTimeout?: Duration;
  /**
   * How long a Sentinel only watches after its own clock or process stalled.
   * @default - 5 s, or three times `downAfter` if that is less
   */
  readonly tiltPeriod?: Duration;
  /**
   * How many replicas copy from the new master at the same time.
   * @default 1
   */
  readonly parallelSyncs?: number;
  /**
   * How often Sentinels ask.
   * @default - see PollPeriods
   */
  readonly pollPeriods?: PollPeriods;
}

/** The props about failover. */
export interface FailoverProps {
  /**
   * When a master is considered down, and how it is replaced.
   * @default - the profile's
   */
  readonly failover?: Failover;
}

/** `PollPeriods` with all defaults filled in. */
export interface PollPeriodSettings {
  /** INFO to each server. */
  readonly info: Duration;
  /** The question to the other Sentinels whether they too consider the master down. */
  readonly ask: Duration;
  /** PING to everybody. */
  readonly ping: Duration;
}

export interface FailoverSettings {
  /** A master that is silent for so long is considered down. */
  readonly downAfter: Duration;
  /** A failed failover is tried again after twice this time. */
  readonly failoverTimeout: Duration;
  /** How long a Sentinel whose clock jumped takes part in nothing. */
  readonly tiltPeriod: Duration;
  /** Replicas that copy from a new master at the same time. */
  readonly parallelSyncs: number;
  /** How often a Sentinel asks for INFO, asks the other Sentinels, and pings. */
  readonly pollPeriods: PollPeriodSettings;
}

export const failoverWords: EntriesOf<FailoverProps> = {
  failover: entry(
    mapping<Failover>(
      {
        downAfter: entry(
          duration('3s'),
          'so long a server may not answer before a Sentinel considers it down',
          '3s, in `cache` 1s',
        ),
        failoverTimeout: entry(duration('10s'), 'after twice this time a failed election is tried again', '10s'),
        tiltPeriod: entry(
          duration('5s'),
          'so long a Sentinel only watches after it stalled itself',
          '5s, or 3 × `downAfter` if less',
        ),
        parallelSyncs: entry(count(1), 'how many replicas copy from the new master at the same time', '1'),
        pollPeriods: entry(
          mapping<PollPeriods>(
            {
              info: entry(duration('1s'), 'between two INFO to each server, by which a promotion is noticed', '1s'),
              ask: entry(duration('500ms'), 'between two questions to the other Sentinels', '500ms'),
              ping: entry(duration('500ms'), 'between two PING to everybody', '500ms'),
            },
            'pollPeriods: { info: 1s }',
          ),
          'how often a Sentinel looks',
          'see each',
        ),
      },
      'failover: { downAfter: 3s }',
    ),
    "in Sentinel's own terms",
    "the profile's",
  ),
};

export function resolveFailover({ failover = {} }: FailoverProps, { profile }: ProfileSettings): FailoverSettings {
  const downAfter = failover.downAfter ?? profile.values.downAfter;
  return {
    downAfter,
    failoverTimeout: failover.failoverTimeout ?? Duration.seconds(10),
    tiltPeriod: failover.tiltPeriod ?? Duration.millis(Math.min(5000, 3 * milliseconds(downAfter))),
    parallelSyncs: failover.parallelSyncs ?? 1,
    pollPeriods: {
      info: failover.pollPeriods?.info ?? Duration.seconds(1),
      ask: failover.pollPeriods?.ask ?? Duration.millis(500),
      ping: failover.pollPeriods?.ping ?? Duration.millis(500),
    },
  };
}

interface Bound {
  /** Prop below `failover`. */
  readonly path: readonly string[];
  readonly value: Duration;
  /** Inclusive, in ms. */
  readonly least: number;
  readonly most: number;
  readonly why: string;
}

export function* failoverRules(settings: FailoverSettings): Generator<Violation> {
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
