import { configDefaults, defineConfig } from 'vitest/config';
import { viteAssets } from './src/build/asset-plugins.mjs';

export default defineConfig({
  plugins: [viteAssets()],
  test: {
    include: ['test/**/*.test.ts'],
    // These need a cluster: `npm run test:cluster`.
    exclude: [...configDefaults.exclude, 'test/cluster/**'],
    // Tests with real servers wait for elections that take seconds; a test that passes only at the second attempt is a
    // failing one, so nothing is retried.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
  },
});
