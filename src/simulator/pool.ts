import { availableParallelism } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { THREAD } from '../simulation/thread.js';
import { type Done, type Job, type Lot, lotsOf } from './job.js';
import { measure } from './measure.js';

/** So few runs are over before a thread has started. */
const WORTH_A_THREAD = 40;
const MARK = 'simulator';

export interface Progress {
  readonly done: number;
  readonly of: number;
}

/**
 * Does all lots of a job, in as many threads as there are processors.
 * @param program what a thread runs, and calls `work` in
 */
export async function doAll(job: Job, program: string, progress: (progress: Progress) => void): Promise<Done[]> {
  const lots = lotsOf(job);
  const size = ({ seeds }: Lot) => seeds.last - seeds.first + 1;
  const of = lots.reduce((sum, lot) => sum + size(lot), 0);
  const all: Done[] = [];
  let done = 0;
  const took = (one: Done) => {
    all.push(one);
    done += size(one.lot);
    progress({ done, of });
  };
  if (of <= WORTH_A_THREAD) {
    for (const lot of lots) took(doLot(job, lot));
    return all;
  }
  let next = 0;
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(program, { workerData: { mark: MARK, job }, resourceLimits: THREAD });
      const give = () => worker.postMessage(lots[next++] ?? 'end');
      worker.on('message', (one: Done) => {
        took(one);
        give();
      });
      worker.on('error', reject);
      worker.on('exit', () => resolve());
      give();
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), lots.length) }, run));
  return all;
}

function doLot({ shapes, load }: Job, lot: Lot): Done {
  const shape = shapes[lot.shape];
  if (!shape) throw new Error(`there is no topology ${lot.shape}`);
  const results = [];
  for (let seed = lot.seeds.first; seed <= lot.seeds.last; seed++) {
    results.push(measure({ shape, fault: lot.fault, load }, seed));
  }
  return { lot, results };
}

/** In a thread of `doAll`: does one lot after the other. Elsewhere: nothing. */
export function workIfThread(): void {
  const port = parentPort;
  if (port === null || workerData?.mark !== MARK) return;
  const { job } = workerData as { job: Job };
  port.on('message', (lot: Lot | 'end') => {
    if (lot === 'end') port.close();
    else port.postMessage(doLot(job, lot));
  });
}
