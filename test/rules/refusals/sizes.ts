import { Size } from 'cdk8s';
import { Persistence, Sentinels } from '../../../src/index.js';
import type { Refusal } from './refusal.js';

export const SIZES: readonly Refusal[] = [
  {
    fault: 'memory that the process does not fit into',
    props: { memory: Size.mebibytes(100) },
    path: ['memory'],
    says:
      "'memory' must be at least 128Mi, since 25Mi of replication backlog, 7Mi of clients' buffers, 16Mi for replicas that " +
      'copy and the pages that a fork copies, and 19Mi of the process leave 33Mi of it for data, got 100Mi:',
  },
  {
    fault: 'memory that nothing fits into',
    props: { memory: Size.mebibytes(32) },
    path: ['memory'],
    says: /leave 10Mi of it for data, got 32Mi/,
  },
  {
    fault: 'a volume too small for a rewrite',
    props: { memory: Size.gibibytes(4), persistence: Persistence.appendOnly({ size: Size.gibibytes(5) }) },
    path: ['persistence', 'appendOnly', 'size'],
    says: /must be at least 8Gi, since a rewrite .* got 5Gi/,
  },
  {
    fault: "a Sentinel's volume too small for a file system",
    props: { sentinels: Sentinels.separate({ count: 3, size: Size.mebibytes(1) }) },
    path: ['sentinels', 'separate', 'size'],
    says: /at least 16Mi/,
  },
  {
    fault: 'an agent without memory',
    props: { resources: { agent: { memory: Size.mebibytes(64) } } },
    path: ['resources', 'agent', 'memory'],
    says: /at least 96Mi/,
  },
  {
    fault: 'a Sentinel that a few clients would end',
    props: { resources: { sentinel: { memory: Size.mebibytes(32) } } },
    path: ['resources', 'sentinel', 'memory'],
    says: /at least 64Mi, since .* takes 25 KiB of one Sentinel, so that 819 of them would end it, got 32Mi/,
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
