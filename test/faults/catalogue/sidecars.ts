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
    inject: (target) => target.signal('KILL', name, target.master),
  },
  {
    name: `${name} hangs`,
    does: `SIGSTOP to the master's ${name} for ${HANG_SECONDS} s, then SIGCONT`,
    needs: 'agents',
    promises: undisturbed,
    async inject(target) {
      await target.signal('STOP', name, target.master);
      await target.lasts(HANG_SECONDS);
    },
    heal: (target) => target.signal('CONT', name, target.master),
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
    async inject(target) {
      await target.signal('STOP', 'agent', target.master);
      await target.signal('KILL', 'redis', target.master);
      await target.replaced();
    },
    heal: (target) => target.signal('CONT', 'agent', target.master),
  },
  {
    name: 'agent killed during a hand-over',
    does: 'kubectl delete pod of the master, and SIGKILL to its agent in the midst of the hand-over',
    needs: 'agents',
    promises: halfHandedOver,
    async inject(target) {
      await target.killAgentAtHandOver(MIDST_SECONDS);
      await target.delete(target.master);
    },
  },
  {
    name: 'Sentinels restarted twice then master killed',
    does: 'all Sentinels killed, and again when they are back; then the master',
    needs: 'agents',
    // An election may have to wait until the last of the Sentinels is over its kubelet's back-off of 10 s.
    promises: (facts) => ({ ...killed(facts), outage: 30_000 }),
    async inject(target) {
      for (let round = 0; round < 2; round++) {
        await target.restartSentinels(60);
      }
      await target.signal('KILL', 'redis', target.master);
    },
  },
  {
    name: 'Sentinels stall then master killed',
    does: 'all Sentinels stopped for 3 s, so that they enter TILT, just before the master is killed',
    needs: 'agents',
    // TILT lasts 5 s (3 s in the cache profile), and what a Sentinel saw before it does not count.
    promises: (facts) => ({ ...silent(facts), outage: facts.downAfter + 10_000 }),
    async inject(target) {
      await target.signal('STOP', 'sentinel', ...target.pods);
      await target.lasts(TILT_SECONDS);
      await target.signal('CONT', 'sentinel', ...target.pods);
      await target.signal('KILL', 'redis', target.master);
    },
    heal: (target) => target.signal('CONT', 'sentinel', ...target.pods),
  },
  {
    name: 'Sentinels crash when elected',
    does: 'SENTINEL SIMULATE-FAILURE crash-after-election on every Sentinel, then the master is killed: each that is elected dies',
    needs: 'agents',
    // Up to two leaders die, each after an election; the next one is due after twice failover-timeout (10 s).
    promises: (facts) => ({ ...killed(facts), outage: 60_000, goal: undefined, whole: 90 }),
    async inject(target) {
      const order = ['SENTINEL', 'SIMULATE-FAILURE', 'crash-after-election'];
      for (const pod of target.pods) await target.inPod(pod, 'sentinel', 'ask-sentinel.sh', ...order);
      await target.signal('KILL', 'redis', target.master);
    },
  },
];
