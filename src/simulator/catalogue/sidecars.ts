import type { Scene } from '../scene.js';
import { type Fault, HANG_MS } from './fault.js';

/** A stall of more than 2 s makes a Sentinel distrust its own clock (TILT), ms. */
const TILT_MS = 3000;
/** Until the kubelet has noticed, ms. */
const REPORTED_MS = 2000;

/** The Sentinels and agents beside the servers. */
export const SIDECARS: readonly Fault[] = [
  {
    name: 'sentinel killed',
    does: "SIGKILL to the master's Sentinel",
    strike: (scene) => scene.kill('sentinel', sentinelBeside(scene)),
  },
  {
    name: 'sentinel hangs',
    does: "SIGSTOP to the master's Sentinel for 12 s, then SIGCONT",
    strike: (scene) => scene.hang('sentinel', sentinelBeside(scene), HANG_MS),
  },
  {
    name: 'agent killed',
    does: "SIGKILL to the master's agent",
    strike: (scene) => scene.kill('agent', scene.master),
  },
  {
    name: 'agent hangs',
    does: "SIGSTOP to the master's agent for 12 s, then SIGCONT",
    strike: (scene) => scene.hang('agent', scene.master, HANG_MS),
  },
  {
    name: 'agent hangs then master killed',
    does: "SIGSTOP to the master's agent, then SIGKILL to the master: only down-after is left",
    strike(scene) {
      const { master } = scene;
      scene.hang('agent', master);
      scene.kill('server', master);
      scene.when(
        () => scene.replaced(master),
        () => scene.goOn('agent', master),
      );
    },
  },
  {
    name: 'Sentinels restarted twice then master killed',
    does: 'all Sentinels killed, and again when they are back; then the master',
    strike(scene) {
      const round = (left: number) => {
        if (left === 0) {
          scene.kill('server', scene.master);
          return;
        }
        for (const { host } of scene.world.sentinels) scene.kill('sentinel', host);
        scene.after(REPORTED_MS, () =>
          scene.when(
            () => scene.world.sentinels.every(({ alive }) => alive),
            () => scene.after(REPORTED_MS, () => round(left - 1)),
          ),
        );
      };
      round(2);
    },
  },
  {
    name: 'Sentinels stall then master killed',
    does: 'all Sentinels stopped for 3 s, so that they enter TILT, just before the master is killed',
    strike(scene) {
      for (const { host } of scene.world.sentinels) scene.hang('sentinel', host, TILT_MS);
      scene.after(TILT_MS, () => scene.kill('server', scene.master));
    },
  },
];

function sentinelBeside(scene: Scene): number {
  const { pods, sentinels } = scene.world;
  const { master } = scene;
  return pods[master]?.sentinel?.host ?? (sentinels[0]?.host as number);
}
