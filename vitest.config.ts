import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { viteAssets } from './src/build/asset-plugins.mjs';
import { SLOW_MS, yardstick } from './test/idle/yardstick.js';

/** Tests with real servers, which mostly wait: for elections, and for processes to start and to end. */
const ENGINES = [
  'test/engines/**/*.test.ts',
  'test/agent/launcher.test.ts',
  'test/rehearsal/**/*.test.ts',
  'test/verification/**/*.test.ts',
  'test/load/{program,sabotage}.test.ts',
];
/** Real Sentinels and servers against their models, to a quarter of a second. */
const FIDELITY = ['test/fidelity/**/*.test.ts'];
/** A million random faults in virtual time: they take all the processors there are. */
const SIMULATION = ['test/simulation/**/*.test.ts'];

/**
 * How many test files run at a time for each processor. As most of them wait most of the time, there is room for many more than
 * there are processors; for fewer on a slow machine, or they would be late. Measured once: this file is read anew for each
 * project, and all must have the same.
 */
process.env.FILES_AT_A_TIME ??= String(yardstick() > SLOW_MS ? 2.5 : 5);
const FILES_AT_A_TIME = Number(process.env.FILES_AT_A_TIME);

/** All others would wait for these, were they not among the first: the longest of what computes, and of what waits. */
const FIRST = [
  'simulation/schedules',
  'engines/tls-transition',
  'engines/tls-authority',
  'simulation/sabotage',
  'engines/users-tls',
  'engines/tls-renewal-redis',
  'engines/alerts-of-state',
  'engines/alerts',
  'engines/tls-renewal-valkey',
  'verification/drill-faults',
  'fidelity/sentinel',
  'engines/hand-over',
  'engines/last-master',
  'engines/damaged-file',
  'engines/candidates',
  'engines/password-kept',
];

/** Then whatever waits, and last what computes: it fills the time in which the others wait. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) => {
      const found = FIRST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      if (found >= 0) return found;
      return FIRST.length + Number(project.name === 'pure');
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  plugins: [viteAssets()],
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test that passes only at the second attempt is a failing one.
    retry: 0,
    globalSetup: 'test/support/whole-run.ts',
    setupFiles: ['test/support/ends-with-run.ts'],
    sequence: { sequencer: LongestFirst },
    maxWorkers: Math.ceil(FILES_AT_A_TIME * availableParallelism()),
    // All at the same time. What measures real time has neighbours that compute, but these take little but the time that is
    // left over.
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          // Those of test/cluster need a cluster: `npm run test:cluster`.
          exclude: [...configDefaults.exclude, 'test/cluster/**', ...ENGINES, ...SIMULATION, ...FIDELITY],
          setupFiles: ['test/support/low-priority.ts'],
        },
      },
      { extends: true, test: { name: 'engines', include: ENGINES } },
      {
        extends: true,
        test: {
          name: 'simulation',
          include: SIMULATION,
          setupFiles: ['test/support/low-priority.ts'],
          // Of real time it takes as long as the others let it.
          testTimeout: 900_000,
        },
      },
      { extends: true, test: { name: 'fidelity', include: FIDELITY } },
    ],
  },
});
