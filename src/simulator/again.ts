import type { Done, Job, Row } from './job.js';
import { type Measurement, measure, type Result } from './measure.js';
import { summarise } from './summary.js';
import { type TimedNote, why } from './why.js';

/** The same seed always comes to the same events: so they can be told afterwards. */
export function runAgain(measurement: Measurement, seed: number): { result: Result; notes: TimedNote[] } {
  const notes: TimedNote[] = [];
  const result = measure(measurement, seed, (at, note) => notes.push({ at, note }));
  return { result, notes };
}

/** In the order of the faults, and for each in that of the topologies. */
export function rowsOf({ faults, shapes, load }: Job, done: readonly Done[]): Row[] {
  return faults.flatMap((fault) =>
    shapes.map((shape, index) => {
      const own = done.filter(({ lot }) => lot.fault === fault && lot.shape === index);
      return rowOf(
        { shape, fault, load },
        own.flatMap(({ results }) => results),
      );
    }),
  );
}

/** What all seeds came to, and why, of a seed that is typical. */
export function rowOf(measurement: Measurement, results: readonly Result[]): Row {
  const { shape, fault } = measurement;
  const summary = summarise(results);
  const { result, notes } = runAgain(measurement, summary.typicalSeed);
  return { fault, shape, summary, why: why(shape, result, notes) };
}
