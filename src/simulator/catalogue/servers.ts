import { type Fault, HANG_MS } from './fault.js';

/** The server of the master or of a replica. */
export const SERVERS: readonly Fault[] = [
  {
    name: 'master killed',
    does: 'SIGKILL to the Redis server that is master, as the kernel does when memory runs out',
    strike: (scene) => scene.kill('server', scene.master),
  },
  {
    name: 'master hangs',
    does: 'SIGSTOP to the Redis server that is master for 12 s, then SIGCONT',
    strike: (scene) => scene.hang('server', scene.master, HANG_MS),
  },
  {
    name: 'replica killed',
    does: 'SIGKILL to the Redis server of a replica',
    strike: (scene) => scene.kill('server', scene.replica),
  },
  {
    name: 'replica hangs',
    does: 'SIGSTOP to the Redis server of a replica for 12 s, then SIGCONT',
    strike: (scene) => scene.hang('server', scene.replica, HANG_MS),
  },
  {
    name: 'replica gone then master killed',
    does: 'a replica is killed and its pod deleted, and at once the master killed',
    strike(scene) {
      const { master } = scene;
      scene.crash(scene.replica);
      scene.kill('server', master);
    },
  },
];
