import type { FaultTarget } from '../fault-target.js';
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
    strike: (target) => target.kill('sentinel', sentinelBeside(target)),
  },
  {
    name: 'sentinel hangs',
    does: "SIGSTOP to the master's Sentinel for 12 s, then SIGCONT",
    strike: (target) => target.hang('sentinel', sentinelBeside(target), HANG_MS),
  },
  {
    name: 'agent killed',
    does: "SIGKILL to the master's agent",
    strike: (target) => target.kill('agent', target.master),
  },
  {
    name: 'agent hangs',
    does: "SIGSTOP to the master's agent for 12 s, then SIGCONT",
    strike: (target) => target.hang('agent', target.master, HANG_MS),
  },
  {
    name: 'agent hangs then master killed',
    does: "SIGSTOP to the master's agent, then SIGKILL to the master: only down-after is left",
    strike(target) {
      const { master } = target;
      target.hang('agent', master);
      target.kill('server', master);
      target.when(
        () => target.replaced(master),
        () => target.goOn('agent', master),
      );
    },
  },
  {
    name: 'Sentinels restarted twice then master killed',
    does: 'all Sentinels killed, and again when they are back; then the master',
    strike(target) {
      const round = (left: number) => {
        if (left === 0) {
          target.kill('server', target.master);
          return;
        }
        for (const { host } of target.world.sentinels) target.kill('sentinel', host);
        target.after(REPORTED_MS, () =>
          target.when(
            () => target.world.sentinels.every(({ alive }) => alive),
            () => target.after(REPORTED_MS, () => round(left - 1)),
          ),
        );
      };
      round(2);
    },
  },
  {
    name: 'Sentinels stall then master killed',
    does: 'all Sentinels stopped for 3 s, so that they enter TILT, just before the master is killed',
    strike(target) {
      for (const { host } of target.world.sentinels) target.hang('sentinel', host, TILT_MS);
      target.after(TILT_MS, () => target.kill('server', target.master));
    },
  },
];

function sentinelBeside(target: FaultTarget): number {
  const { pods, sentinels } = target.world;
  const { master } = target;
  return pods[master]?.sentinel?.host ?? (sentinels[0]?.host as number);
}
