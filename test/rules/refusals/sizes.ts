import { Size } from 'cdk8s';
import { Persistence, Sentinels } from '../../../src/index.js';
import type { Refusal } from './refusal.js';

export const SIZES: readonly Refusal[] = [
  {
    fault: 'memory that the process does not fit into',
    props: { memory: Size.mebibytes(255) },
    path: ['memory'],
    says: "'memory' must be at least 256Mi, since the replication backlog of 64 MiB",
  },
  {
    fault: 'a volume too small for a rewrite',
    props: { memory: Size.gibibytes(4), persistence: Persistence.appendOnly({ size: Size.gibibytes(5) }) },
    path: ['persistence', 'appendOnly', 'size'],
    says: /must be at least 8192Mi, since a rewrite .* got 5Gi/,
  },
  {
    fault: "a Sentinel's volume too small for a file system",
    props: { sentinels: Sentinels.separate({ count: 3, size: Size.mebibytes(1) }) },
    path: ['sentinels', 'separate', 'size'],
    says: /at least 16Mi/,
  },
  {
    fault: 'a keeper without memory',
    props: { resources: { keeper: { memory: Size.mebibytes(8) } } },
    path: ['resources', 'keeper', 'memory'],
    says: /at least 32Mi/,
  },
  {
    fault: 'CPU in a unit that Kubernetes does not know',
    props: { resources: { redis: { cpu: '1 core' } } },
    path: ['resources', 'redis', 'cpu'],
    says: /such as 100m or 0\.5, got '1 core'/,
  },
  {
    fault: 'no CPU',
    props: { resources: { sentinel: { cpu: '0' } } },
    path: ['resources', 'sentinel', 'cpu'],
    says: /above 0/,
  },
];
