import type { Pod } from '../../cluster/support/objects.js';
import { Pending, until } from '../../cluster/support/wait.js';
import type { Facts } from '../facts.js';
import type { Fault, Promises } from '../fault.js';
import type { Scene } from '../scene.js';
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

const fill = (scene: Scene) => scene.inPod(scene.master, 'redis', 'fill.sh', String(KEYS), String(BYTES));
const empty = async (scene: Scene) => void (await scene.inPod(scene.master, 'redis', 'empty.sh', String(KEYS)));

async function killDamaged(scene: Scene, pod: Pod): Promise<void> {
  await scene.inPod(pod, 'redis', 'damage.sh');
  await scene.signal('KILL', 'redis', pod);
}

/** What could not be read is kept, once. */
async function isPutAside(scene: Scene, pod: Pod): Promise<void> {
  const kept = await scene.inPod(pod, 'redis', 'put-aside.sh');
  if (kept.trim().split('\n').length !== 1 || kept.trim() === '') throw new Error(`put aside is not one: [${kept}]`);
}

/** A rewrite of the append-only file that is slow, and under way. */
async function rewriting(scene: Scene, pod: Pod): Promise<void> {
  await scene.inPod(pod, 'redis', 'ask.sh', 'CONFIG', 'SET', 'rdb-key-save-delay', String(KEY_DELAY));
  await scene.inPod(pod, 'redis', 'ask.sh', 'BGREWRITEAOF');
  await until(
    'a rewrite under way',
    10,
    async () => {
      const files = await scene.inPod(pod, 'redis', 'leftovers.sh');
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
    prepare: async (scene) => void (await fill(scene)),
    inject: (scene) => killDamaged(scene, scene.replica),
    inspect: (scene) => isPutAside(scene, scene.replica),
    tidy: empty,
  },
  {
    name: 'append-only file of the master damaged',
    does: 'the same of the master: when it comes back as a replica, it cannot load what it has',
    needs: 'agents',
    promises: whilePersistent(killed),
    prepare: async (scene) => void (await fill(scene)),
    inject: (scene) => killDamaged(scene, scene.master),
    inspect: (scene) => isPutAside(scene, scene.master),
    tidy: empty,
  },
  {
    name: 'replica killed while it rewrites its file',
    does: 'SIGKILL to a replica in the midst of a rewrite of its append-only file: temporary files of the size of the data are left',
    needs: 'agents',
    promises: whilePersistent(undisturbed),
    prepare: async (scene) => void (await fill(scene)),
    async inject(scene) {
      await rewriting(scene, scene.replica);
      await scene.signal('KILL', 'redis', scene.replica);
    },
    async inspect(scene) {
      const left = await scene.inPod(scene.replica, 'redis', 'leftovers.sh');
      if (left.trim() !== '') throw new Error(`left for ever: ${left}`);
    },
    tidy: empty,
  },
];
