import type { Size } from 'cdk8s';
import type { Settings } from './settings.js';
import { bytes } from './units.js';
import type { Violation } from './violation.js';

const MIB = 2 ** 20;

/** Lower bounds: each is the memory or disk below which the process is known not to fit. */
export function* sizeRules(settings: Settings): Generator<Violation> {
  // 35 % of it is not for data: of 256 MiB that is 90 MiB, and the backlog (64 MiB), the process (about 10 MiB) and the
  // buffers of clients and replicas fit in it.
  yield* atLeast(
    ['memory'],
    settings.memory,
    256 * MIB,
    'the replication backlog of 64 MiB, the process and its buffers must fit beside the data, which gets 65 %',
  );
  if (settings.storage) {
    // Two bases of at most 65 % of memory each, and as much again appended before a rewrite starts.
    yield* atLeast(
      ['persistence', 'appendOnly', 'size'],
      settings.storage.size,
      2 * bytes(settings.memory),
      "a rewrite of the append-only file needs room for twice 'memory'",
    );
  }
  const sentinelStorage = settings.separateSentinels?.storage;
  if (sentinelStorage) {
    yield* atLeast(
      ['sentinels', 'separate', 'size'],
      sentinelStorage.size,
      16 * MIB,
      'a file system must fit around the state file',
    );
  }
  for (const container of ['sentinel', 'keeper'] as const) {
    const { memory } = settings.resources[container];
    yield* atLeast(
      ['resources', container, 'memory'],
      memory,
      32 * MIB,
      'the process and a probe beside it would be killed',
    );
  }
  for (const container of ['redis', 'sentinel', 'keeper'] as const) {
    const { cpu } = settings.resources[container];
    if (!/^([1-9]\d*m|\d+(\.\d{1,3})?)$/.test(cpu) || Number.parseFloat(cpu) === 0) {
      yield {
        path: ['resources', container, 'cpu'],
        message: `'cpu' must be a Kubernetes quantity above 0 such as 100m or 0.5, got '${cpu}': leave it out for the default`,
      };
    }
  }
}

function* atLeast(path: string[], size: Size, least: number, why: string): Generator<Violation> {
  if (bytes(size) >= least) return;
  const mebibytes = Math.ceil(least / MIB);
  yield {
    path,
    message: `'${path.join('.')}' must be at least ${mebibytes}Mi, since ${why}, got ${size.asString()}: give ${mebibytes}Mi or more`,
  };
}
