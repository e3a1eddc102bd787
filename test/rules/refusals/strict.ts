import { Duration } from 'cdk8s';
import { Persistence, Profile, Sentinels } from '../../../src/index.js';
import type { Refusal } from './refusal.js';

const ms = (value: number) => Duration.millis(value);
const s = (value: number) => Duration.seconds(value);

export const STRICT: readonly Refusal[] = [
  {
    fault: 'no persistence',
    props: { profile: Profile.STRICT, persistence: Persistence.none() },
    path: ['persistence'],
    says: /must not be none in the strict profile/,
  },
  {
    fault: 'a file that is not forced to disk',
    props: { profile: Profile.STRICT, persistence: Persistence.appendOnly({ fsync: 'everysec' }) },
    path: ['persistence', 'appendOnly', 'fsync'],
    says: /must be always in the strict profile, .* got everysec/,
  },
  {
    fault: 'writes without a replica',
    props: { profile: Profile.STRICT, writeSafety: { minReplicasToWrite: 0 } },
    path: ['writeSafety', 'minReplicasToWrite'],
    says: /at least 1 with 3 servers in the strict profile/,
  },
  {
    fault: 'writes that less than half of the servers has',
    props: { servers: 5, profile: Profile.STRICT, writeSafety: { minReplicasToWrite: 1 } },
    path: ['writeSafety', 'minReplicasToWrite'],
    says: /at least 2 with 5 servers in the strict profile/,
  },
  {
    fault: 'Sentinels that may elect without a server that confirmed',
    props: { profile: Profile.STRICT, sentinels: Sentinels.separate({ count: 3 }) },
    path: ['sentinels'],
    says: /must run with the servers in the strict profile/,
  },
  {
    fault: 'a master that may still write when another is elected',
    props: { profile: Profile.STRICT, writeSafety: { maxLag: s(3) } },
    path: ['writeSafety', 'maxLag'],
    says: /at least 1 s shorter than 'downAfter' .* got 3 s with 'downAfter' 3 s: give a 'maxLag' of 2s/,
  },
  {
    fault: 'a downAfter too short for any lag',
    props: { profile: Profile.STRICT, failover: { downAfter: ms(1500) } },
    path: ['writeSafety', 'maxLag'],
    says: /a 'maxLag' of 1s and a 'downAfter' of at least 2s/,
  },
];
