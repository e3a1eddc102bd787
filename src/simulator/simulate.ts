import { rowsOf } from './again.js';
import type { Job, Row } from './job.js';
import { doAll, type Progress, workIfThread } from './pool.js';

export { shapeOf } from './shape.js';
export { addressOfRun } from './show.js';
export { rowsAsData, tableText } from './table.js';
export { timelineText } from './timeline.js';

/** Simulates all of it. The rows are in the order of the faults, and for each in that of the topologies. */
export async function simulate(job: Job, progress: (progress: Progress) => void = () => {}): Promise<Row[]> {
  return rowsOf(job, await doAll(job, __filename, progress));
}

workIfThread();
