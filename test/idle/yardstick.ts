import { spawnSync } from 'node:child_process';
import { median } from '../cluster/support/figures.js';

const ROUNDS = 9;
/** Above it a machine is slow: the limits of the tests were chosen on one with 55 ms, and fail on one with 100. */
export const SLOW_MS = 75;
/** A start of node tells what it took itself, all threads together, ms. */
const PROGRAM = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1000)';

/**
 * What a start of node takes of a processor on this machine, ms: what is measured on two machines, or on one that others use too,
 * can be compared by it.
 */
export function yardstick(): number {
  const taken = Array.from({ length: ROUNDS }, () => {
    const { stdout, status, stderr } = spawnSync(process.execPath, ['-e', PROGRAM], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`node does not start: ${stderr}`);
    return Number(stdout);
  });
  return median(taken);
}
