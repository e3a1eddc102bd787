import { type Fault, HANG_MS } from './fault.js';

/** From the end of the replica's server to that of the master's: 0.9 to 1.4 s, measured on a quiet cluster. */
const BETWEEN_STEPS_MS = 1200;

/** The server of the master or of a replica. */
export const SERVERS: readonly Fault[] = [
  {
    name: 'master killed',
    does: 'SIGKILL to the Redis server that is master, as the kernel does when memory runs out',
    strike: (target) => target.kill('server', target.master),
  },
  {
    name: 'master hangs',
    does: 'SIGSTOP to the Redis server that is master for 12 s, then SIGCONT',
    strike: (target) => target.hang('server', target.master, HANG_MS),
  },
  {
    name: 'replica killed',
    does: 'SIGKILL to the Redis server of a replica',
    strike: (target) => target.kill('server', target.replica),
  },
  {
    name: 'replica hangs',
    does: 'SIGSTOP to the Redis server of a replica for 12 s, then SIGCONT',
    strike: (target) => target.hang('server', target.replica, HANG_MS),
  },
  {
    name: 'replica gone then master killed',
    does: 'a replica is killed and its pod deleted, and 1.2 s later the master killed',
    strike(target) {
      const { master } = target;
      target.crash(target.replica);
      target.after(BETWEEN_STEPS_MS, () => target.kill('server', master));
    },
  },
];
