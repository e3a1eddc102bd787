import { Pending, until } from '../../cluster/support/wait.js';
import type { ClusterTarget } from '../cluster-target.js';
import type { Facts } from '../facts.js';
import type { Fault, Promises } from '../fault.js';
import { cutOff, killed, stopOfAll, twoAtOnce } from './promises.js';

/** So long the server that makes the copy for a new replica sleeps at each key, in µs; with KEYS of them it takes 8 s. */
const KEY_DELAY = 400;
const KEYS = 20_000;

/** A synchronisation that lasts long enough for something to happen in it. */
async function slowSynchronisation(target: ClusterTarget): Promise<void> {
  await target.inPod(target.master, 'redis', 'fill.sh', String(KEYS), '200');
  await target.inPod(target.master, 'redis', 'ask.sh', 'CONFIG', 'SET', 'rdb-key-save-delay', String(KEY_DELAY));
}

/** A replica comes back without its data, and is in the midst of its first synchronisation. */
async function synchronising(target: ClusterTarget): Promise<void> {
  await target.loseVolume(target.replica);
  const name = target.replica.metadata.name;
  await until(
    `${name}: a synchronisation under way`,
    90,
    async () => {
      const info = await target.inPod(target.replica, 'redis', 'ask.sh', 'INFO', 'replication');
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

/** 500 MB: some seconds to be loaded. */
const LARGE = { keys: 50_000, bytes: 10_000 };
/** Beyond the time that the profile says, in s: the start of the pods, and 10 s for those that start later. */
const ELECTION_SECONDS = 60;

export const VOLUMES: readonly Fault[] = [
  {
    name: 'last master lost as it loads after a stop of all',
    does: 'all servers killed and all pods deleted; the master starts first, as it must, and its node takes no pod any more while it loads',
    needs: 'agents',
    promises: withoutMaster,
    async prepare(target) {
      await target.inPod(target.master, 'redis', 'fill.sh', String(LARGE.keys), String(LARGE.bytes));
    },
    async inject(target) {
      await target.crash(...target.pods);
      await target.saidBy(target.master, 'agent', /start-master/, 60, 100);
      await target.banish(target.master);
      await target.replaced(target.facts.abandonedAfter / 1000 + ELECTION_SECONDS);
    },
    heal: (target) => target.readmit(),
    async tidy(target) {
      await target.inPod(target.master, 'redis', 'empty.sh', String(LARGE.keys));
    },
  },
  {
    name: 'all pods deleted and the volume of the master lost',
    does: 'all servers killed and all pods deleted; the master comes back with an empty volume',
    needs: 'agents',
    promises: withoutMaster,
    async inject(target) {
      await target.markVolumeForDeletion(target.master);
      await target.crash(...target.pods);
    },
  },
  {
    name: 'volume of the master lost',
    does: 'the master killed and its pod deleted, and its volume with it',
    needs: 'agents',
    promises: (facts) => ({ ...killed(facts), outage: facts.downAfter + 2000, goal: undefined }),
    inject: (target) => target.loseVolume(target.master),
  },
  {
    name: 'master killed while a replica synchronises',
    does: "a replica's volume is lost; the master is killed in the midst of that replica's first synchronisation",
    needs: 'agents',
    promises: twoAtOnce,
    prepare: slowSynchronisation,
    async inject(target) {
      await synchronising(target);
      await target.signal('KILL', 'redis', target.master);
    },
  },
  {
    name: 'master killed while its only replica synchronises',
    does: 'the same while the other replica hangs: the empty one is the only one that could be promoted',
    needs: 'agents',
    // The master itself has to come back: without persistence it has nothing to come back with.
    promises: (facts) => (facts.persistent ? { ...twoAtOnce(facts), outage: 60_000 } : undefined),
    prepare: slowSynchronisation,
    async inject(target) {
      await synchronising(target);
      // Not before: what only the replica confirms whose volume is lost would be on the master alone, and the kubelet may hold that
      // back for longer than the other one hangs.
      await target.signal('STOP', 'redis', target.bystander);
      await target.signal('KILL', 'redis', target.master);
      await target.lasts(12);
    },
    heal: (target) => target.signal('CONT', 'redis', target.bystander),
  },
];
