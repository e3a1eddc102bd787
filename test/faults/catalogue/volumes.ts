import { Pending, until } from '../../cluster/support/wait.js';
import type { Facts } from '../facts.js';
import type { Fault, Promises } from '../fault.js';
import type { Scene } from '../scene.js';
import { cutOff, killed, stopOfAll, twoAtOnce } from './promises.js';

/** So long the server that makes the copy for a new replica sleeps at each key, in µs; with KEYS of them it takes 8 s. */
const KEY_DELAY = 400;
const KEYS = 20_000;

/** A synchronisation that lasts long enough for something to happen in it. */
async function slowSynchronisation(scene: Scene): Promise<void> {
  await scene.inPod(scene.master, 'redis', 'fill.sh', String(KEYS), '200');
  await scene.inPod(scene.master, 'redis', 'ask.sh', 'CONFIG', 'SET', 'rdb-key-save-delay', String(KEY_DELAY));
}

/** A replica comes back without its data, and is in the midst of its first synchronisation. */
async function synchronising(scene: Scene): Promise<void> {
  await scene.loseVolume(scene.replica);
  const name = scene.replica.metadata.name;
  await until(
    `${name}: a synchronisation under way`,
    90,
    async () => {
      const info = await scene.inPod(scene.replica, 'redis', 'ask.sh', 'INFO', 'replication');
      return /^master_sync_in_progress:1/m.test(info) ? true : new Pending(info);
    },
    50,
  );
}

/**
 * After a time that the profile says, a majority of the other servers goes on. Pods that are deleted at once do not end at
 * once: in one trial the master outlived its replicas by long enough for 7 writes, and those were on its own volume only.
 */
function withoutMaster(facts: Facts): Promises | undefined {
  const promised = stopOfAll(facts);
  const { lost } = cutOff(facts);
  return promised && { ...promised, lost, outage: promised.outage + facts.abandonedAfter, whole: 240 };
}

export const VOLUMES: readonly Fault[] = [
  {
    name: 'all pods deleted and the volume of the master lost',
    does: 'all pods deleted without grace; the master comes back with an empty volume',
    needs: 'nothing',
    promises: withoutMaster,
    async inject(scene) {
      await scene.markVolumeForDeletion(scene.master);
      await scene.deleteByForce(...scene.pods);
    },
  },
  {
    name: 'volume of the master lost',
    does: "the master's pod deleted without grace, and its volume with it",
    needs: 'nothing',
    promises: (facts) => ({ ...killed(facts), outage: facts.downAfter + 2000, goal: undefined }),
    inject: (scene) => scene.loseVolume(scene.master),
  },
  {
    name: 'master killed while a replica synchronises',
    does: "a replica's volume is lost; the master is killed in the midst of that replica's first synchronisation",
    needs: 'agents',
    promises: twoAtOnce,
    prepare: slowSynchronisation,
    async inject(scene) {
      await synchronising(scene);
      await scene.signal('KILL', 'redis', scene.master);
    },
  },
  {
    name: 'master killed while its only replica synchronises',
    does: 'the same while the other replica hangs: the empty one is the only one that could be promoted',
    needs: 'agents',
    // The master itself has to come back: without persistence it has nothing to come back with.
    promises: (facts) => (facts.persistent ? { ...twoAtOnce(facts), outage: 60_000 } : undefined),
    prepare: slowSynchronisation,
    async inject(scene) {
      await scene.signal('STOP', 'redis', scene.bystander);
      await synchronising(scene);
      await scene.signal('KILL', 'redis', scene.master);
      await scene.lasts(12);
    },
    heal: (scene) => scene.signal('CONT', 'redis', scene.bystander),
  },
];
