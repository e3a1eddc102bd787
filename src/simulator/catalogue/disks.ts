import type { Fault } from './fault.js';

/** How long a volume stays full once another is master, ms. */
const FULL_MS = 12_000;
/** Each fsync takes so much longer, ms. */
const SLOW_MS = 300;
const SLOW_FOR_MS = 10_000;

/** A volume that is full or slow. */
export const DISKS: readonly Fault[] = [
  {
    name: 'disk of the master full',
    does: 'the volume of the master is filled to the last byte, and has room again 12 s after another is master',
    persistent: true,
    strike(target) {
      const { master } = target;
      target.fillDisk(master);
      target.when(
        () => target.replaced(master),
        () => target.after(FULL_MS, () => target.freeDisk(master)),
      );
    },
  },
  {
    name: 'disk of a replica full',
    does: 'the volume of a replica is filled to the last byte for 12 s',
    persistent: true,
    strike(target) {
      const { replica } = target;
      target.fillDisk(replica);
      target.after(FULL_MS, () => target.freeDisk(replica));
    },
  },
  {
    name: 'slow disk',
    does: `each fsync of the master's volume takes ${SLOW_MS} ms more, for ${SLOW_FOR_MS / 1000} s`,
    strike(target) {
      const { master } = target;
      target.slowDisk(master, SLOW_MS);
      target.after(SLOW_FOR_MS, () => target.slowDisk(master, 0));
    },
  },
];
