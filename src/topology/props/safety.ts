import { Duration } from 'cdk8s';
import { type EntriesOf, mapping } from '../../words/mappings.js';
import { duration } from '../../words/quantities.js';
import { entry } from '../../words/value-kind.js';
import { count } from '../../words/values.js';
import { Profile } from '../profile.js';
import { milliseconds, seconds } from '../units.js';
import type { Violation } from '../violation.js';
import type { FailoverSettings } from './failover.js';
import { type MemberSettings, majorityOfReplicas } from './members.js';
import type { PersistenceSettings } from './persistence.js';
import type { ProfileSettings } from './profile.js';

/** The choice between consistency and availability, as values. */
export interface WriteSafety {
  /**
   * The master refuses writes while fewer replicas than this are linked. 0 turns it off; at most `servers` - 2, so that
   * the loss of one server does not stop all writes.
   * @default - the profile's: 1, in cache 0, in strict half of the servers (1 of 3, 2 of 5)
   * @see https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#allow-writes-only-with-n-attached-replicas
   */
  readonly minReplicasToWrite?: number;
  /**
   * A replica counts only while its last acknowledgement is younger than this; whole seconds.
   * @default - the profile's: 3 s, in strict 2 s
   */
  readonly maxLag?: Duration;
}

/** The props about the safety of writes. */
export interface SafetyProps {
  /**
   * When a master refuses writes.
   * @default - the profile's
   */
  readonly writeSafety?: WriteSafety;
}

export interface SafetySettings {
  /** A master with fewer replicas in step refuses writes; 0: it never does. */
  readonly minReplicasToWrite: number;
  /** 0 when `minReplicasToWrite` is 0. */
  readonly maxLag: Duration;
}

export const safetyWords: EntriesOf<SafetyProps> = {
  writeSafety: entry(
    mapping<WriteSafety>(
      {
        minReplicasToWrite: entry(
          count(1),
          'the master refuses writes while fewer replicas are linked',
          '1, in `cache` 0, in `strict` half of `servers`, rounded down',
        ),
        maxLag: entry(
          duration('2s'),
          'a replica counts while its last acknowledgement is younger',
          '3s, in `strict` 2s',
        ),
      },
      'writeSafety: { minReplicasToWrite: 1, maxLag: 2s }',
    ),
    'a master refuses writes unless so many replicas acknowledged within that time',
    "the profile's",
  ),
};

export function resolveSafety(
  { writeSafety = {} }: SafetyProps,
  { profile }: ProfileSettings,
  { servers }: MemberSettings,
): SafetySettings {
  const ofStrict = profile.values.name === 'strict' ? majorityOfReplicas(servers) : 0;
  const minReplicasToWrite = writeSafety.minReplicasToWrite ?? Math.max(profile.values.minReplicasToWrite, ofStrict);
  if (minReplicasToWrite === 0) return { minReplicasToWrite, maxLag: Duration.seconds(0) };
  // The cache profile has no lag of its own; one who asks for replicas there gets the default profile's.
  const ofProfile = profile.values.minReplicasToWrite > 0 ? profile : Profile.DEFAULT;
  return { minReplicasToWrite, maxLag: writeSafety.maxLag ?? ofProfile.values.maxLag };
}

export function* writeSafetyRules(
  settings: SafetySettings & MemberSettings & ProfileSettings,
  props: SafetyProps,
): Generator<Violation> {
  const { minReplicasToWrite: replicas, maxLag, servers } = settings;
  if (!Number.isInteger(replicas) || replicas < 0) {
    yield {
      path: ['writeSafety', 'minReplicasToWrite'],
      message: `'minReplicasToWrite' must be a whole number from 0, got ${replicas}: give 1, or 0 to write without a replica`,
    };
  } else if (replicas > 0 && servers >= 2 && replicas > servers - 2) {
    yield {
      path: props.writeSafety?.minReplicasToWrite === undefined ? ['servers'] : ['writeSafety', 'minReplicasToWrite'],
      message: `'minReplicasToWrite' must be at most 'servers' - 2 = ${servers - 2}, since else the loss of one server stops all writes, got ${replicas}${props.writeSafety?.minReplicasToWrite === undefined ? ` from the ${settings.profile.values.name} profile` : ''}: give at least ${replicas + 2} servers, or 'minReplicasToWrite: ${Math.max(0, servers - 2)}'`,
    };
  }
  if (replicas === 0 && props.writeSafety?.maxLag !== undefined) {
    yield {
      path: ['writeSafety', 'maxLag'],
      message: `'maxLag' must be left out while 'minReplicasToWrite' is 0, as no replica is then waited for, got ${seconds(props.writeSafety.maxLag)} s: give 'minReplicasToWrite: 1', or drop 'maxLag'`,
    };
  }
  if (replicas > 0 && (!Number.isInteger(seconds(maxLag)) || seconds(maxLag) < 1)) {
    yield {
      path: ['writeSafety', 'maxLag'],
      message: `'maxLag' must be whole seconds, at least 1 s, as replicas acknowledge once a second, got ${seconds(maxLag)} s: give 2s`,
    };
  }
}

/** What the strict profile promises forbids some single choices. */
export function* strictRules(
  settings: SafetySettings & MemberSettings & ProfileSettings & PersistenceSettings & FailoverSettings,
): Generator<Violation> {
  if (settings.profile.values.name !== 'strict') return;
  const { minReplicasToWrite: replicas, maxLag, downAfter, servers } = settings;
  if (settings.hasSeparateSentinels) {
    yield {
      path: ['sentinels'],
      message: `'sentinels' must run with the servers in the strict profile, since separate ones may elect a server that confirmed nothing, got separate: drop 'sentinels', or choose the default or cache profile`,
    };
  }
  if (!settings.storage) {
    yield {
      path: ['persistence'],
      message: `'persistence' must not be none in the strict profile, since a power failure would lose confirmed writes: leave it out, or choose the default or cache profile`,
    };
  } else if (settings.fsync === 'none') {
    yield {
      path: ['persistence', 'appendOnly'],
      message: `'persistence' must have an append-only file in the strict profile, since what came after the last snapshot would be lost, got snapshots alone: add 'appendOnly: {}', or choose the default profile`,
    };
  } else if (settings.fsync !== 'always') {
    yield {
      path: ['persistence', 'appendOnly', 'fsync'],
      message: `'fsync' must be always in the strict profile, since a power failure would lose the last second of confirmed writes, got ${settings.fsync}: leave it out, or choose the default profile`,
    };
  }
  const needed = majorityOfReplicas(servers);
  if (replicas < needed) {
    yield {
      path: ['writeSafety', 'minReplicasToWrite'],
      message: `'minReplicasToWrite' must be at least ${needed} with ${servers} servers in the strict profile, so that the writes of a master cut off with fewer are refused and not lost, got ${replicas}: give ${needed}, or choose the default or cache profile`,
    };
  } else if (milliseconds(maxLag) + 1000 > milliseconds(downAfter)) {
    yield {
      path: ['writeSafety', 'maxLag'],
      message: `'maxLag' must be at least 1 s shorter than 'downAfter' in the strict profile, so that a master that hangs is ended before another is elected, got ${seconds(maxLag)} s with 'downAfter' ${seconds(downAfter)} s: give a 'maxLag' of ${Math.max(1, Math.floor(seconds(downAfter)) - 1)}s${seconds(downAfter) < 2 ? " and a 'downAfter' of at least 2s" : ''}`,
    };
  }
}
