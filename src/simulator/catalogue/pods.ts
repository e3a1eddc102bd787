import type { Scene } from '../scene.js';
import type { Fault } from './fault.js';

/** Between two pods of a rolling restart, once the one before is whole, ms; `minReadySeconds` is 15 s. */
const READY_MS = 2000;

/** A pod that ends in order. */
export const PODS: readonly Fault[] = [
  {
    name: 'pod of the master deleted',
    also: ['master deleted', 'hand-over'],
    does: 'kubectl delete pod, as an eviction does',
    strike: (scene) => scene.delete(scene.master),
  },
  {
    name: 'pod of a replica deleted',
    does: 'kubectl delete pod',
    strike: (scene) => scene.delete(scene.replica),
  },
  {
    name: 'rolling restart',
    does: 'kubectl rollout restart, until it is over',
    strike(scene) {
      const roll = (ordinal: number) => {
        if (ordinal < 0) return;
        scene.delete(ordinal, () => {
          scene.when(
            () => isReady(scene, ordinal),
            () => scene.after(READY_MS, () => roll(ordinal - 1)),
          );
        });
      };
      roll(scene.world.setting.servers - 1);
    },
  },
];

function isReady(scene: Scene, host: number): boolean {
  const { server } = scene.pod(host);
  return server?.alive === true && !server.loading && (server.role === 'master' || server.link.state === 'up');
}
