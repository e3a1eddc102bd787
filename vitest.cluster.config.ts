import { defineConfig } from 'vitest/config';
import { viteAssets } from './src/build/asset-plugins.mjs';

/**
 * They measure times of starts and failovers, take a node or the DNS away from whoever needs it, or need the processors: in a
 * transition of TLS every connection goes through an agent.
 */
const ALONE =
  'test/cluster/{any-order,engines,master-service,other-dns,production,secure,spinning-sentinels,tls-transition}.test.ts';

const COMMON = { testTimeout: 20 * 60_000, hookTimeout: 10 * 60_000, retry: 0 };

export default defineConfig({
  test: {
    globalSetup: ['test/cluster/support/global-setup.ts'],
    // All of them share one cluster. The others wait most of the time, so two of them do so at once; each has a namespace of
    // its own. Then come the rest, one at a time.
    projects: [
      {
        plugins: [viteAssets()],
        test: {
          ...COMMON,
          name: 'together',
          include: ['test/cluster/**/*.test.ts'],
          exclude: [ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins: [viteAssets()],
        test: { ...COMMON, name: 'alone', include: [ALONE], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
