import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { viteAssets } from './src/build/asset-plugins.mjs';

/** Tests with real servers, which mostly wait: for elections, and for processes to start and to end. */
const ENGINES = [
  'test/engines/**/*.test.ts',
  'test/agent/launcher.test.ts',
  'test/rehearsal/**/*.test.ts',
  'test/verification/**/*.test.ts',
  'test/load/{program,sabotage}.test.ts',
  'test/fidelity/**/*.test.ts',
];
/** A million random faults in virtual time: they take all the processors there are. */
const SIMULATION = ['test/simulation/**/*.test.ts'];

export default defineConfig({
  plugins: [viteAssets()],
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test that passes only at the second attempt is a failing one.
    retry: 0,
    // One project after the other: what measures real time has no neighbours that compute.
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          // Those of test/cluster need a cluster: `npm run test:cluster`.
          exclude: [...configDefaults.exclude, 'test/cluster/**', ...ENGINES, ...SIMULATION],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'engines',
          include: ENGINES,
          // As they wait most of the time, there is room for more of them than there are processors.
          maxWorkers: 2 * availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'simulation', include: SIMULATION, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
