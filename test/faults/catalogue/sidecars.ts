import type { Fault, Promises } from '../fault.js';
import { killed, silent, undisturbed } from './promises.js';

const HANG_SECONDS = 30;
/** A stall of more than 2 s makes a Sentinel distrust its own clock (TILT). */
const TILT_SECONDS = 3;
/** A hand-over, which takes a tenth of a second, is in its midst so long after it was asked for. */
const MIDST_SECONDS = 0.04;

const part = (name: 'sentinel' | 'agent'): readonly Fault[] => [
  {
    name: `${name} killed`,
    does: `SIGKILL to the master's ${name}`,
    needs: 'agents',
    promises: undisturbed,
    inject: (scene) => scene.signal('KILL', name, scene.master),
  },
  {
    name: `${name} hangs`,
    does: `SIGSTOP to the master's ${name} for ${HANG_SECONDS} s, then SIGCONT`,
    needs: 'agents',
    promises: undisturbed,
    async inject(scene) {
      await scene.signal('STOP', name, scene.master);
      await scene.lasts(HANG_SECONDS);
    },
    heal: (scene) => scene.signal('CONT', name, scene.master),
  },
];

/**
 * Kubernetes does not restart a container of a pod that stops. Writes may be paused for as long as the hook waits in vain for
 * an agent that is no more; what is lost is availability, not data.
 */
const halfHandedOver = (): Promises => ({ ...undisturbed(), master: undefined, outage: 40_000, whole: 90 });

export const SIDECARS: readonly Fault[] = [
  ...part('sentinel'),
  ...part('agent'),
  {
    name: 'agent hangs then master killed',
    does: "SIGSTOP to the master's agent, then SIGKILL to the master: only down-after is left",
    needs: 'agents',
    promises: silent,
    async inject(scene) {
      await scene.signal('STOP', 'agent', scene.master);
      await scene.signal('KILL', 'redis', scene.master);
      await scene.replaced();
    },
    heal: (scene) => scene.signal('CONT', 'agent', scene.master),
  },
  {
    name: 'agent killed during a hand-over',
    does: 'kubectl delete pod of the master, and SIGKILL to its agent in the midst of the hand-over',
    needs: 'agents',
    promises: halfHandedOver,
    async inject(scene) {
      await scene.killAgentAtHandOver(MIDST_SECONDS);
      await scene.delete(scene.master);
    },
  },
  {
    name: 'Sentinels restarted twice then master killed',
    does: 'all Sentinels killed, and again when they are back; then the master',
    needs: 'agents',
    // An election may have to wait until the last of the Sentinels is over its kubelet's back-off of 10 s.
    promises: (facts) => ({ ...killed(facts), outage: 30_000 }),
    async inject(scene) {
      for (let round = 0; round < 2; round++) {
        await scene.restartSentinels(60);
      }
      await scene.signal('KILL', 'redis', scene.master);
    },
  },
  {
    name: 'Sentinels stall then master killed',
    does: 'all Sentinels stopped for 3 s, so that they enter TILT, just before the master is killed',
    needs: 'agents',
    // TILT lasts 5 s (3 s in the cache profile), and what a Sentinel saw before it does not count.
    promises: (facts) => ({ ...silent(facts), outage: facts.downAfter + 10_000 }),
    async inject(scene) {
      await scene.signal('STOP', 'sentinel', ...scene.pods);
      await scene.lasts(TILT_SECONDS);
      await scene.signal('CONT', 'sentinel', ...scene.pods);
      await scene.signal('KILL', 'redis', scene.master);
    },
    heal: (scene) => scene.signal('CONT', 'sentinel', ...scene.pods),
  },
  {
    name: 'Sentinels crash when elected',
    does: 'SENTINEL SIMULATE-FAILURE crash-after-election on every Sentinel, then the master is killed: each that is elected dies',
    needs: 'agents',
    // Up to two leaders die, each after an election; the next one is due after twice failover-timeout (10 s).
    promises: (facts) => ({ ...killed(facts), outage: 60_000, goal: undefined, whole: 90 }),
    async inject(scene) {
      const order = ['SENTINEL', 'SIMULATE-FAILURE', 'crash-after-election'];
      for (const pod of scene.pods) await scene.inPod(pod, 'sentinel', 'ask-sentinel.sh', ...order);
      await scene.signal('KILL', 'redis', scene.master);
    },
  },
];
