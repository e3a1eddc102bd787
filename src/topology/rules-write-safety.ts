import { majorityOfReplicas, type NamedProps, type Settings } from './settings.js';
import { milliseconds, seconds } from './units.js';
import type { Violation } from './violation.js';

export function* writeSafetyRules(settings: Settings, props: NamedProps): Generator<Violation> {
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
export function* strictRules(settings: Settings): Generator<Violation> {
  if (settings.profile.values.name !== 'strict') return;
  const { minReplicasToWrite: replicas, maxLag, downAfter, servers } = settings;
  if (settings.separateSentinels) {
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
