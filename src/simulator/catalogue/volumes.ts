import type { FaultTarget } from '../fault-target.js';
import { type Fault, HANG_MS } from './fault.js';

/** So many times the data that a seed draws: a copy of some seconds. */
const LARGE = 130;
const SLOW_COPY_MS = 8000;
/** So long the kernel frees the memory of a process of 1.2 GB before it closes its connections: 150 to 175 ms, measured. */
const FREEING_MS = 170;

/** What lies on the volumes, and its copies to others. */
export const VOLUMES: readonly Fault[] = [
  {
    name: 'all pods deleted at once',
    also: ['all stopped and started'],
    does: 'all servers killed and all pods deleted',
    strike(target) {
      for (const pod of target.world.pods) target.crash(pod.host);
    },
  },
  {
    name: 'all pods deleted and the volume of the master lost',
    does: 'all servers killed and all pods deleted; the master comes back with an empty volume',
    strike(target) {
      const { master } = target;
      for (const pod of target.world.pods) target.crash(pod.host, pod.host === master);
    },
  },
  {
    name: 'volume of the master lost',
    does: 'the master killed and its pod deleted, and its volume with it',
    strike: (target) => target.crash(target.master, true),
  },
  {
    name: 'master of 1 GB killed',
    does: 'SIGKILL to a master that holds 1 GB: a copy and a load take some seconds',
    strike(target) {
      const { master } = target;
      target.world.growth = LARGE;
      // It runs no more, and its connections still stand.
      target.pod(master).server?.stop();
      target.after(FREEING_MS, () => target.kill('server', master));
    },
  },
  {
    name: 'master killed while a replica synchronises',
    does: "a replica's volume is lost; the master is killed in the midst of that replica's first synchronisation",
    strike(target) {
      const { replica } = target;
      slowCopies(target);
      target.crash(replica, true);
      target.when(
        () => isSynchronising(target, replica),
        () => target.kill('server', target.master),
      );
    },
  },
  {
    name: 'master killed while its only replica synchronises',
    does: 'the same while the other replica hangs: the empty one is the only one that could be promoted',
    strike(target) {
      const { master, replica, replicas } = target;
      slowCopies(target);
      const others = replicas.filter((host) => host !== replica);
      target.crash(replica, true);
      target.when(
        () => isSynchronising(target, replica),
        () => {
          for (const other of others) target.hang('server', other);
          target.kill('server', master);
          target.after(HANG_MS, () => {
            for (const other of others) target.goOn('server', other);
          });
        },
      );
    },
  },
];

/** The master sleeps at each key that it writes into a copy. */
function slowCopies(target: FaultTarget): void {
  const { server } = target.pod(target.master);
  if (server) server.copyMs = SLOW_COPY_MS;
}

function isSynchronising(target: FaultTarget, host: number): boolean {
  const { server } = target.pod(host);
  return server?.alive === true && server.link.state === 'copying';
}
