import { parentPort, Worker, workerData } from 'node:worker_threads';
import { runSeed } from './run.js';
import type { Choice } from './settings.js';
import { THREAD } from './thread.js';
import { addOutcome, addTotals, newTotals, type Totals } from './totals.js';

/** Seeds that a worker runs before it reports and takes the next. */
const AT_ONCE = 25;

interface Range {
  readonly first: number;
  readonly last: number;
}

/** Runs all seeds, in so many threads that each run this same program. */
export async function runAll(program: string, seeds: Range, choice: Choice, workers: number): Promise<Totals> {
  const totals = newTotals();
  let next = seeds.first;
  const take = (): Range | undefined => {
    if (next > seeds.last) return undefined;
    const first = next;
    next = Math.min(seeds.last + 1, next + AT_ONCE);
    return { first, last: next - 1 };
  };
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(program, { workerData: choice, resourceLimits: THREAD });
      const give = () => worker.postMessage(take() ?? 'end');
      worker.on('message', (part: Totals) => {
        addTotals(totals, part);
        give();
      });
      worker.on('error', reject);
      worker.on('exit', () => resolve());
      give();
    });
  await Promise.all(Array.from({ length: workers }, run));
  totals.failures.sort((one, other) => one.seed - other.seed);
  return totals;
}

/** In a thread: runs the seeds that it is given, one lot after the other. */
export function work(): void {
  const choice = workerData as Choice;
  const port = parentPort;
  port?.on('message', (message: Range | 'end') => {
    if (message === 'end') {
      port.close();
      return;
    }
    const totals = newTotals();
    for (let seed = message.first; seed <= message.last; seed++) addOutcome(totals, runSeed(seed, choice));
    port.postMessage(totals);
  });
}
