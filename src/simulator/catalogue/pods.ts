import type { FaultTarget } from '../fault-target.js';
import type { Fault } from './fault.js';

/** Between two pods of a rolling restart, once the one before is whole, ms; `minReadySeconds` is 15 s. */
const READY_MS = 2000;

/** A pod that ends in order. */
export const PODS: readonly Fault[] = [
  {
    name: 'pod of the master deleted',
    also: ['master deleted', 'hand-over'],
    does: 'kubectl delete pod, as an eviction does',
    strike: (target) => target.delete(target.master),
  },
  {
    name: 'pod of a replica deleted',
    does: 'kubectl delete pod',
    strike: (target) => target.delete(target.replica),
  },
  {
    name: 'rolling restart',
    does: 'kubectl rollout restart, until it is over',
    strike(target) {
      const roll = (ordinal: number) => {
        if (ordinal < 0) return;
        target.delete(ordinal, () => {
          target.when(
            () => isReady(target, ordinal),
            () => target.after(READY_MS, () => roll(ordinal - 1)),
          );
        });
      };
      roll(target.world.setting.servers - 1);
    },
  },
];

function isReady(target: FaultTarget, host: number): boolean {
  const { server } = target.pod(host);
  return server?.alive === true && !server.loading && (server.role === 'master' || server.link.state === 'up');
}
