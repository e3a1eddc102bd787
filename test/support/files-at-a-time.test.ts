import { afterEach, expect, it, vi } from 'vitest';
import { SLOW_MS } from '../idle/yardstick.js';

afterEach(() => {
  vi.doUnmock('../idle/yardstick.js');
  vi.unstubAllEnvs();
});

it('as many files run at a time for each project, on a machine whose speed changes while the configuration is read', async () => {
  vi.stubEnv('FILES_AT_A_TIME', undefined);
  const speeds = [SLOW_MS - 1, SLOW_MS + 1];
  vi.doMock('../idle/yardstick.js', () => ({ SLOW_MS, yardstick: () => speeds.shift() }));
  const read = async () => {
    vi.resetModules();
    return (await import('../../vitest.config.js')).default.test?.maxWorkers;
  };
  const once = await read();
  expect(once).toBeGreaterThan(1);
  expect(await read()).toBe(once);
});
