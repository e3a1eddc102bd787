import { defineConfig } from 'vitest/config';
import { viteAssets } from './src/build/asset-plugins.mjs';

export default defineConfig({
  plugins: [viteAssets()],
  test: {
    include: ['test/faults/**/*.faults.ts'],
    globalSetup: ['test/faults/global-setup.ts'],
    // All of them share one cluster, and each breaks something in it.
    fileParallelism: false,
    testTimeout: 15 * 60_000,
    hookTimeout: 10 * 60_000,
    retry: 0,
  },
});
