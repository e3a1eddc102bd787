import type { Scene } from '../scene.js';
import { type Fault, HANG_MS } from './fault.js';

/** So many times the data that a seed draws: a copy of some seconds. */
const LARGE = 12;
const SLOW_COPY_MS = 8000;

/** What lies on the volumes, and its copies to others. */
export const VOLUMES: readonly Fault[] = [
  {
    name: 'all pods deleted at once',
    also: ['all stopped and started'],
    does: 'all servers killed and all pods deleted',
    strike(scene) {
      for (const pod of scene.world.pods) scene.crash(pod.host);
    },
  },
  {
    name: 'all pods deleted and the volume of the master lost',
    does: 'all servers killed and all pods deleted; the master comes back with an empty volume',
    strike(scene) {
      const { master } = scene;
      for (const pod of scene.world.pods) scene.crash(pod.host, pod.host === master);
    },
  },
  {
    name: 'volume of the master lost',
    does: 'the master killed and its pod deleted, and its volume with it',
    strike: (scene) => scene.crash(scene.master, true),
  },
  {
    name: 'master of 1 GB killed',
    does: 'SIGKILL to a master that holds 1 GB: a copy and a load take some seconds',
    strike(scene) {
      scene.world.growth = LARGE;
      scene.kill('server', scene.master);
    },
  },
  {
    name: 'master killed while a replica synchronises',
    does: "a replica's volume is lost; the master is killed in the midst of that replica's first synchronisation",
    strike(scene) {
      const { replica } = scene;
      slowCopies(scene);
      scene.crash(replica, true);
      scene.when(
        () => isSynchronising(scene, replica),
        () => scene.kill('server', scene.master),
      );
    },
  },
  {
    name: 'master killed while its only replica synchronises',
    does: 'the same while the other replica hangs: the empty one is the only one that could be promoted',
    strike(scene) {
      const { master, replica, replicas } = scene;
      slowCopies(scene);
      const others = replicas.filter((host) => host !== replica);
      for (const other of others) scene.hang('server', other);
      scene.crash(replica, true);
      scene.when(
        () => isSynchronising(scene, replica),
        () => {
          scene.kill('server', master);
          scene.after(HANG_MS, () => {
            for (const other of others) scene.goOn('server', other);
          });
        },
      );
    },
  },
];

/** The master sleeps at each key that it writes into a copy. */
function slowCopies(scene: Scene): void {
  const { server } = scene.pod(scene.master);
  if (server) server.copyMs = SLOW_COPY_MS;
}

function isSynchronising(scene: Scene, host: number): boolean {
  const { server } = scene.pod(host);
  return server?.alive === true && server.link.state === 'copying';
}
