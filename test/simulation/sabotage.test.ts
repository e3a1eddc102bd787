import { describe, expect, it } from 'vitest';
import { runSeed } from '../../src/simulation/run.js';
import { drawSetting } from '../../src/simulation/settings.js';
import { SABOTAGES, type Sabotage } from './sabotage.js';

/** A rule that is missing must show within so many seeds. */
const SEEDS = 300;
/** With the rule in place, the same must hold in so many. */
const CONTROL_SEEDS = 60;

function broken(seed: number, { choice, kinds, setting, ...sabotage }: Sabotage, sabotaged: boolean): string[] {
  const drawn = { ...drawSetting(seed, choice), ...setting };
  const differences = { ...sabotage.inBoth, ...(sabotaged && sabotage.differences) };
  const outcome = runSeed(seed, { ...choice, kinds, setting: drawn, differences });
  return outcome.violations.map(({ invariant }) => invariant);
}

describe.each(SABOTAGES.map((sabotage): [string, Sabotage] => [sabotage.name, sabotage]))(
  'without %s',
  (_, sabotage) => {
    it(`the simulation finds a violation within ${SEEDS} seeds`, () => {
      const found: string[] = [];
      for (let seed = 1; seed <= SEEDS && found.length === 0; seed++) {
        found.push(...broken(seed, sabotage, true).filter((invariant) => sabotage.breaks.includes(invariant as never)));
      }
      expect(sabotage.breaks).toContain(found[0]);
    });

    it('and none with it, in the same schedules', () => {
      for (let seed = 1; seed <= CONTROL_SEEDS; seed++) {
        const found = broken(seed, sabotage, false);
        expect(found.filter((invariant) => sabotage.breaks.includes(invariant as never))).toEqual([]);
      }
    });
  },
);
