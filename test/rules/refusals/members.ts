import { Sentinels } from '../../../src/index.js';
import type { Refusal } from './refusal.js';

const separate = (count: number) => Sentinels.separate({ count });

export const MEMBERS: readonly Refusal[] = [
  {
    fault: 'one server',
    props: { servers: 1, sentinels: separate(3), writeSafety: { minReplicasToWrite: 0 } },
    path: ['servers'],
    says: "'servers' must be a whole number of at least 2 so that there is a replica to promote, got 1",
  },
  { fault: 'a server and a half', props: { servers: 3.5 }, path: ['servers'], says: /whole number .* got 3\.5/ },
  {
    fault: 'four servers with a Sentinel each',
    props: { servers: 4 },
    path: ['servers'],
    says: /^'servers' must be an odd number of at least 3 .* majority of Sentinels survives one loss, got 4: give 5 servers/,
  },
  {
    fault: 'two separate Sentinels',
    props: { sentinels: separate(2) },
    path: ['sentinels', 'separate', 'count'],
    says: "'sentinels' must be an odd number of at least 3 so that a majority survives one loss, got 2: give 3",
  },
  {
    fault: 'six separate Sentinels',
    props: { sentinels: separate(6) },
    path: ['sentinels', 'separate', 'count'],
    says: /got 6: give 7/,
  },
  {
    fault: 'one separate Sentinel',
    props: { sentinels: separate(1) },
    path: ['sentinels', 'separate', 'count'],
    says: /got 1: give 3/,
  },
  {
    fault: 'a quorum that is no majority',
    props: { servers: 5, quorum: 2 },
    path: ['quorum'],
    says: /must be a majority of the 5 Sentinels, 3 to 5, .* got 2/,
  },
  {
    fault: 'a quorum above the number of Sentinels',
    props: { quorum: 4 },
    path: ['quorum'],
    says: /2 to 3, .* got 4/,
  },
  { fault: 'half a vote', props: { quorum: 2.5 }, path: ['quorum'], says: /got 2\.5/ },
];
