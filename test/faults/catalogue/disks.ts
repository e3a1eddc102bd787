import type { Pod } from '../../cluster/support/objects.js';
import type { ClusterTarget } from '../cluster-target.js';
import type { Facts } from '../facts.js';
import type { Fault, Promises } from '../fault.js';
import { SMALL_VOLUME } from '../topologies.js';
import { silent, undisturbed } from './promises.js';

/** How long a volume stays full, in s. */
const FULL_SECONDS = 12;

// The servers' own container may be down, and must not be needed to make room.
const fill = (target: ClusterTarget, pod: Pod) =>
  target.inPod(pod, 'sentinel', 'fill-disk.sh', String(2 * SMALL_VOLUME * 2 ** 20));
const free = (target: ClusterTarget, pod: Pod) => target.inPod(pod, 'sentinel', 'free-disk.sh');

/** Without persistence nothing is written to a disk. A server that ended again and again waits for its kubelet. */
const whilePersistent =
  (promises: (facts: Facts) => Promises) =>
  (facts: Facts): Promises | undefined =>
    facts.persistent ? { ...promises(facts), whole: 90 } : undefined;

export const DISKS: readonly Fault[] = [
  {
    name: 'disk of the master full',
    does: `the volume of the master is filled to the last byte, and has room again ${FULL_SECONDS} s after another is master`,
    needs: 'nothing',
    shape: { volume: 'small' },
    promises: whilePersistent(silent),
    async inject(target) {
      await fill(target, target.master);
      await target.replaced();
      await target.lasts(FULL_SECONDS);
    },
    heal: async (target) => void (await free(target, target.master)),
  },
  {
    name: 'disk of a replica full',
    does: `the volume of a replica is filled to the last byte for ${FULL_SECONDS} s`,
    needs: 'nothing',
    shape: { volume: 'small' },
    promises: whilePersistent(undisturbed),
    async inject(target) {
      await fill(target, target.replica);
      await target.lasts(FULL_SECONDS);
    },
    heal: async (target) => void (await free(target, target.replica)),
  },
];
