import { Duration } from 'cdk8s';
import { Sentinels } from '../../../src/index.js';
import type { Refusal } from './refusal.js';

const separate = (count: number) => Sentinels.separate({ count });
const ms = (value: number) => Duration.millis(value);
const s = (value: number) => Duration.seconds(value);

export const WRITE_SAFETY: readonly Refusal[] = [
  {
    fault: 'replicas without which the loss of one server stops all writes',
    props: { writeSafety: { minReplicasToWrite: 2 } },
    path: ['writeSafety', 'minReplicasToWrite'],
    says: /at most 'servers' - 2 = 1, since else the loss of one server stops all writes, got 2: give at least 4 servers/,
  },
  {
    fault: 'two servers under a profile that waits for a replica',
    props: { servers: 2, sentinels: separate(3) },
    path: ['servers'],
    says: /got 1 from the default profile: give at least 3 servers, or 'minReplicasToWrite: 0'/,
  },
  {
    fault: 'fewer than no replicas',
    props: { writeSafety: { minReplicasToWrite: -1 } },
    path: ['writeSafety', 'minReplicasToWrite'],
    says: /got -1/,
  },
  {
    fault: 'a lag that nobody looks at',
    props: { writeSafety: { minReplicasToWrite: 0, maxLag: s(2) } },
    path: ['writeSafety', 'maxLag'],
    says: /must be left out while 'minReplicasToWrite' is 0/,
  },
  {
    fault: 'a lag of one second and a half',
    props: { writeSafety: { maxLag: ms(1500) } },
    path: ['writeSafety', 'maxLag'],
    says: /whole seconds.* got 1\.5 s/,
  },
  {
    fault: 'no lag at all',
    props: { writeSafety: { maxLag: s(0) } },
    path: ['writeSafety', 'maxLag'],
    says: /at least 1 s/,
  },
];
