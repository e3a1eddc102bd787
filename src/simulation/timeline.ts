import { describeFault, type Fault } from './faults.js';
import type { Outcome } from './run.js';
import { describeSetting } from './settings.js';
import type { Note } from './world.js';

const NAME_WIDTH = 17;

/** One line of a timeline: seconds, who, what. */
export function line(at: number, [who, what]: Note): string {
  return `${(at / 1000).toFixed(3).padStart(8)}  ${who.padEnd(NAME_WIDTH)}${what}`;
}

/** A schedule for a person: the world that the seed drew, its faults, what happened, and what was wrong with it. */
export function explanation(outcome: Outcome, faults: readonly Fault[], lines: readonly string[]): string[] {
  const { setting, violations } = outcome;
  return [
    `seed ${setting.seed}: ${describeSetting(setting)}`,
    ...faults.map((fault) => `  ${describeFault(fault)}`),
    ...lines,
    ...(violations.length === 0
      ? ['no violation']
      : violations.map(({ invariant, what }) => `VIOLATED: ${invariant}: ${what}`)),
  ];
}
