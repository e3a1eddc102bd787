import type { Load } from './conditions.js';
import type { Result } from './measure.js';
import type { Shape } from './shape.js';
import type { Summary } from './summary.js';

export interface Range {
  readonly first: number;
  readonly last: number;
}

/** What is to be simulated: each fault on each topology, with each seed. */
export interface Job {
  readonly shapes: readonly Shape[];
  /** By their names in the catalogue. */
  readonly faults: readonly string[];
  readonly seeds: Range;
  readonly load: Load;
}

/** What one fault came to on one topology. */
export interface Row {
  readonly fault: string;
  readonly shape: Shape;
  readonly summary: Summary;
  readonly why: string;
}

/** A piece of the work, for a thread. */
export interface Lot {
  readonly shape: number;
  readonly fault: string;
  readonly seeds: Range;
}

export interface Done {
  readonly lot: Lot;
  readonly results: readonly Result[];
}

/** Small enough that two threads end at about the same time. */
const AT_ONCE = 20;

export function lotsOf({ shapes, faults, seeds }: Job): Lot[] {
  const lots: Lot[] = [];
  for (const fault of faults) {
    for (let shape = 0; shape < shapes.length; shape++) {
      for (let first = seeds.first; first <= seeds.last; first += AT_ONCE) {
        lots.push({ shape, fault, seeds: { first, last: Math.min(seeds.last, first + AT_ONCE - 1) } });
      }
    }
  }
  return lots;
}
