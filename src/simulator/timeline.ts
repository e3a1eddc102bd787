import { describeSetting } from '../simulation/settings.js';
import { line } from '../simulation/timeline.js';
import { runAgain } from './again.js';
import { settingOf } from './conditions.js';
import { figuresText } from './figures.js';
import type { Measurement } from './measure.js';
import { why } from './why.js';

/** From so long before the fault on, ms: what came earlier is the start. */
const BEFORE_MS = 500;

/** One seed of a fault, for a person: its world, what happened, and what it came to. */
export function timelineText(measurement: Measurement, seed: number): string {
  const { shape, fault, load } = measurement;
  const { result, notes } = runAgain(measurement, seed);
  const from = (notes.find(({ note: [who] }) => who === 'FAULT')?.at ?? 0) - BEFORE_MS;
  return [
    `${shape.name}, ${fault}, seed ${seed}: ${describeSetting(settingOf(shape, seed, load))}`,
    ...notes.filter(({ at }) => at >= from).map(({ at, note }) => line(at, note)),
    figuresText(result),
    why(shape, result, notes),
  ].join('\n');
}
