import { expect } from 'vitest';
import { playModel } from './model.js';
import type { Played } from './real.js';
import type { Scenario, Seen } from './stage.js';

/** The model's scenario is played with so many seeds: what a real one may do lies within what they do. */
const SEEDS = 100;
/** Beyond that, and beyond three times what the machine itself was late, ms. */
export const TOLERANCE_MS = 250;

export type Measure = (seen: readonly Seen[]) => number | undefined;

export function playModels(scenario: Scenario): Seen[][] {
  return Array.from({ length: SEEDS }, (_, index) => playModel(index + 1, scenario).seen);
}

/** It happens in all models, and in reality at a time that lies within theirs. */
export function expectWithin(
  name: string,
  measure: Measure,
  { seen, lateMs }: Played,
  models: readonly Seen[][],
): void {
  const times = models.map(measure).filter((time) => time !== undefined);
  expect(times.length, `${name}: in how many models`).toBe(models.length);
  const slack = TOLERANCE_MS + 3 * lateMs;
  const least = Math.min(...times);
  const most = Math.max(...times);
  const real = measure(seen);
  const range = `${name}: ${real} ms, of the models ${Math.round(least)} to ${Math.round(most)} ms, slack ${Math.round(slack)} ms`;
  expect(real, range).toBeGreaterThanOrEqual(least - slack);
  expect(real, range).toBeLessThanOrEqual(most + slack);
}
