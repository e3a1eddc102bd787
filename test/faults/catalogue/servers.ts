import type { Fault } from '../fault.js';
import { hung, killed, twoAtOnce, undisturbed } from './promises.js';

/** Longer than every time limit of the topology. */
const HANG_SECONDS = 30;
/** Longest outage while the only replica of a new master is starved, in ms. */
const STARVED = 15_000;
/** 1 GB. */
const LARGE = { keys: 100_000, bytes: 10_000 };

export const SERVERS: readonly Fault[] = [
  {
    name: 'master killed',
    does: 'SIGKILL to the Redis server that is master, as the kernel does when memory runs out',
    needs: 'agents',
    promises: killed,
    inject: (scene) => scene.signal('KILL', 'redis', scene.master),
  },
  {
    name: 'master hangs',
    does: 'SIGSTOP to the Redis server that is master for 30 s, then SIGCONT',
    needs: 'agents',
    promises: hung,
    async inject(scene) {
      await scene.signal('STOP', 'redis', scene.master);
      await scene.lasts(HANG_SECONDS);
    },
    heal: (scene) => scene.signal('CONT', 'redis', scene.master),
  },
  {
    name: 'replica killed',
    does: 'SIGKILL to the Redis server of a replica',
    needs: 'agents',
    promises: undisturbed,
    inject: (scene) => scene.signal('KILL', 'redis', scene.replica),
  },
  {
    name: 'replica hangs',
    does: 'SIGSTOP to the Redis server of a replica for 30 s, then SIGCONT',
    needs: 'agents',
    promises: undisturbed,
    async inject(scene) {
      await scene.signal('STOP', 'redis', scene.replica);
      await scene.lasts(HANG_SECONDS);
    },
    heal: (scene) => scene.signal('CONT', 'redis', scene.replica),
  },
  {
    name: 'master of 1 GB killed',
    does: 'SIGKILL to a master that holds 1 GB in 100,000 keys',
    needs: 'agents',
    // It comes back with its own data, or with a copy of the new master's: 1 GB to be read and to be written.
    promises: (facts) => ({ ...killed(facts), whole: 180 }),
    async prepare(scene) {
      await scene.inPod(scene.master, 'redis', 'fill.sh', String(LARGE.keys), String(LARGE.bytes));
    },
    inject: (scene) => scene.signal('KILL', 'redis', scene.master),
    async tidy(scene) {
      await scene.inPod(scene.master, 'redis', 'empty.sh', String(LARGE.keys));
    },
  },
  {
    name: 'replica starved then master killed',
    does: 'a replica gets a twentieth of a processor and falls behind; after 10 s the master is killed',
    needs: 'agents',
    // It need not be chosen for what it lacks to be missed: that is seen as lost writes. A new master that needs a replica
    // has the starved one, or the dead master, which its kubelet may restart after 10 s only.
    promises: (facts) => ({ ...killed(facts), ...(facts.maxLag > 0 && { outage: STARVED }), goal: undefined }),
    async inject(scene) {
      await scene.starve(scene.replica, 20);
      await scene.lasts(10);
      await scene.signal('KILL', 'redis', scene.master);
      await scene.lasts(12);
    },
  },
  {
    name: 'replica gone then master killed',
    does: 'a replica is killed and its pod deleted, and at once the master killed',
    needs: 'agents',
    promises: twoAtOnce,
    async inject(scene) {
      await scene.crash(scene.replica);
      await scene.signal('KILL', 'redis', scene.master);
    },
  },
];
