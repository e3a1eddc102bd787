import type { Pod } from '../../cluster/support/objects.js';
import { Pending, until } from '../../cluster/support/wait.js';
import type { ClusterTarget } from '../cluster-target.js';
import type { Facts } from '../facts.js';
import type { Fault, Promises } from '../fault.js';
import { killed, undisturbed } from './promises.js';

/** 2 MB, so that an append-only file has a middle. */
const KEYS = 20_000;
const BYTES = 100;
/** So long a server sleeps at each key while it rewrites its file, in µs: 8 s for those keys. */
const KEY_DELAY = 400;

/** Without persistence there are no files. A server that ended twice waits for its kubelet. */
const whilePersistent =
  (promises: (facts: Facts) => Promises) =>
  (facts: Facts): Promises | undefined =>
    facts.persistent ? { ...promises(facts), whole: 90 } : undefined;

const fill = (target: ClusterTarget) => target.inPod(target.master, 'redis', 'fill.sh', String(KEYS), String(BYTES));
const empty = async (target: ClusterTarget) =>
  void (await target.inPod(target.master, 'redis', 'empty.sh', String(KEYS)));

async function killDamaged(target: ClusterTarget, pod: Pod): Promise<void> {
  await target.inPod(pod, 'redis', 'damage.sh');
  await target.signal('KILL', 'redis', pod);
}

/** What could not be read is kept, once. */
async function isPutAside(target: ClusterTarget, pod: Pod): Promise<void> {
  const kept = await target.inPod(pod, 'redis', 'put-aside.sh');
  if (kept.trim().split('\n').length !== 1 || kept.trim() === '') throw new Error(`put aside is not one: [${kept}]`);
}

/** A rewrite of the append-only file that is slow, and under way. */
async function rewriting(target: ClusterTarget, pod: Pod): Promise<void> {
  await target.inPod(pod, 'redis', 'ask.sh', 'CONFIG', 'SET', 'rdb-key-save-delay', String(KEY_DELAY));
  await target.inPod(pod, 'redis', 'ask.sh', 'BGREWRITEAOF');
  await until(
    'a rewrite under way',
    10,
    async () => {
      const files = await target.inPod(pod, 'redis', 'leftovers.sh');
      return files.trim() === '' ? new Pending('no temporary file') : true;
    },
    50,
  );
}

export const FILES: readonly Fault[] = [
  {
    name: 'append-only file of a replica damaged',
    does: "4 KiB in the middle of a replica's append-only file overwritten, then SIGKILL to it: it cannot load what it has",
    needs: 'agents',
    promises: whilePersistent(undisturbed),
    prepare: async (target) => void (await fill(target)),
    inject: (target) => killDamaged(target, target.replica),
    inspect: (target) => isPutAside(target, target.replica),
    tidy: empty,
  },
  {
    name: 'append-only file of the master damaged',
    does: 'the same of the master: when it comes back as a replica, it cannot load what it has',
    needs: 'agents',
    promises: whilePersistent(killed),
    prepare: async (target) => void (await fill(target)),
    inject: (target) => killDamaged(target, target.master),
    inspect: (target) => isPutAside(target, target.master),
    tidy: empty,
  },
  {
    name: 'replica killed while it rewrites its file',
    does: 'SIGKILL to a replica in the midst of a rewrite of its append-only file: temporary files of the size of the data are left',
    needs: 'agents',
    promises: whilePersistent(undisturbed),
    prepare: async (target) => void (await fill(target)),
    async inject(target) {
      await rewriting(target, target.replica);
      await target.signal('KILL', 'redis', target.replica);
    },
    async inspect(target) {
      const left = await target.inPod(target.replica, 'redis', 'leftovers.sh');
      if (left.trim() !== '') throw new Error(`left for ever: ${left}`);
    },
    tidy: empty,
  },
];
