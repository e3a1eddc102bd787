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
    inject: (target) => target.signal('KILL', 'redis', target.master),
  },
  {
    name: 'master hangs',
    does: 'SIGSTOP to the Redis server that is master for 30 s, then SIGCONT',
    needs: 'agents',
    promises: hung,
    async inject(target) {
      await target.signal('STOP', 'redis', target.master);
      await target.lasts(HANG_SECONDS);
    },
    heal: (target) => target.signal('CONT', 'redis', target.master),
  },
  {
    name: 'replica killed',
    does: 'SIGKILL to the Redis server of a replica',
    needs: 'agents',
    promises: undisturbed,
    inject: (target) => target.signal('KILL', 'redis', target.replica),
  },
  {
    name: 'replica hangs',
    does: 'SIGSTOP to the Redis server of a replica for 30 s, then SIGCONT',
    needs: 'agents',
    promises: undisturbed,
    async inject(target) {
      await target.signal('STOP', 'redis', target.replica);
      await target.lasts(HANG_SECONDS);
    },
    heal: (target) => target.signal('CONT', 'redis', target.replica),
  },
  {
    name: 'master of 1 GB killed',
    does: 'SIGKILL to a master that holds 1 GB in 100,000 keys',
    needs: 'agents',
    // It comes back with its own data, or with a copy of the new master's: 1 GB to be read and to be written.
    promises: (facts) => ({ ...killed(facts), whole: 180 }),
    async prepare(target) {
      await target.inPod(target.master, 'redis', 'fill.sh', String(LARGE.keys), String(LARGE.bytes));
    },
    inject: (target) => target.signal('KILL', 'redis', target.master),
    async tidy(target) {
      await target.inPod(target.master, 'redis', 'empty.sh', String(LARGE.keys));
    },
  },
  {
    name: 'replica starved then master killed',
    does: 'a replica gets a twentieth of a processor and falls behind; after 10 s the master is killed',
    needs: 'agents',
    // It need not be chosen for what it lacks to be missed: that is seen as lost writes. A new master that needs a replica
    // has the starved one, or the dead master, which its kubelet may restart after 10 s only.
    promises: (facts) => ({ ...killed(facts), ...(facts.maxLag > 0 && { outage: STARVED }), goal: undefined }),
    async inject(target) {
      await target.starve(target.replica, 20);
      await target.lasts(10);
      await target.signal('KILL', 'redis', target.master);
      await target.lasts(12);
    },
  },
  {
    name: 'replica gone then master killed',
    does: 'a replica is killed and its pod deleted, and at once the master killed',
    needs: 'agents',
    promises: twoAtOnce,
    async inject(target) {
      await target.crash(target.replica);
      await target.signal('KILL', 'redis', target.master);
    },
  },
];
