import type { Known } from './known.js';
import { SPINNING_LOOK_MS, type SpinningMemory } from './memory.js';
import type { Step } from './orders.js';

/** ms */
const LONGEST_LOOK_MS = 8000;
/** Of one processor. A Sentinel otherwise takes some 2 %. */
export const SPINS_PERCENT = 25;

/**
 * A Sentinel that spins makes its links anew.
 *
 * While a pod is away its Service has no endpoint, and a connection to it is rejected by an ICMP message. Linux keeps that
 * message at the socket. When the pod is back before the connection is given up, its next SYN succeeds; the socket is then
 * reported to have an error for as long as it lives, nobody fetches that error, and the Sentinel does nothing but ask again
 * whether there is anything new: it takes a whole processor. Seen on Linux 6.18 with Redis 8.0.2 and Valkey 8.1.1, after most
 * replacements of a pod. To make all links anew takes a tenth of a second, far less than `down-after`. One that is busy for
 * another reason is not to spend its time on that: where it did not help, the next time is twice as far away. One that is just
 * starting is busy too, but not for two looks in a row.
 *
 * | share of a processor since the last look | then                                              |
 * |------------------------------------------|---------------------------------------------------|
 * | below 25 %                               | looks again after 1 s                             |
 * | 25 % or more, once                       | looks again after 1 s                             |
 * | 25 % or more, twice in a row             | makes the links anew; looks after 2, 4, then 8 s  |
 */
export function decideSpinning(known: Known, memory: SpinningMemory): Step<SpinningMemory> {
  const cpu = known.sentinelCpu;
  const needs = { cpu: memory.everyMs };
  if (!known.plan.hasSentinel || known.sentinel.state !== 'running')
    return { memory, orders: [], needs: {}, why: 'no Sentinel runs' };
  if (!cpu || cpu.at <= memory.seenAt) return { memory, orders: [], needs, why: 'looked at' };
  if (cpu.percent < SPINS_PERCENT) {
    return {
      memory: { everyMs: SPINNING_LOOK_MS, seenAt: cpu.at },
      orders: [],
      needs: { cpu: SPINNING_LOOK_MS },
      why: 'does not spin',
    };
  }
  if (!memory.isBusy) {
    return { memory: { ...memory, isBusy: true, seenAt: cpu.at }, orders: [], needs, why: 'busy: it may spin' };
  }
  const everyMs = Math.min(LONGEST_LOOK_MS, memory.everyMs * 2);
  return {
    memory: { everyMs, seenAt: cpu.at, isBusy: true },
    orders: [{ do: 'reconnect-sentinel' }],
    needs: { cpu: everyMs },
    why: 'it spins',
    say: [`sentinel-connects-anew reason=spins cpu=${Math.round(cpu.percent)}%`],
  };
}
