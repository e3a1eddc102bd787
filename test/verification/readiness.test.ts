import { expect, test, vi } from 'vitest';
import { waitUntilReady } from '../../src/verification/program/readiness.js';
import type { ProgramSettings } from '../../src/verification/program/settings.js';

vi.mock('../../src/verification/program/limits.js', async (original) => ({
  ...(await original<object>()),
  POLL_INTERVAL_MS: 20,
  WAITING_NOTICE_MS: 200,
}));

const NOBODY = {
  masterName: 'mymaster',
  servers: 3,
  // Nothing listens there.
  sentinels: [{ host: '127.77.9.9', port: 26379 }],
  password: 'x',
  readyTimeoutSeconds: 1,
} as unknown as ProgramSettings;

test('what is waited for is said at once and then at intervals, not at each look', async () => {
  const said: string[] = [];
  const wait = waitUntilReady(NOBODY, (text) => said.push(text), new AbortController().signal);
  await expect(wait).rejects.toThrow(
    /^not ready after [1-9]\.\d s \(READY_TIMEOUT\): Sentinel 127\.77\.9\.9:26379: connect ECONN/,
  );
  expect(said.length).toBeGreaterThanOrEqual(3);
  expect(said.length).toBeLessThanOrEqual(6);
  expect(said[0]).toMatch(/^\d\.\d s: Sentinel 127\.77\.9\.9:26379: connect ECONNREFUSED/);
});

test('a wait that is stopped ends at once', async () => {
  const stop = new AbortController();
  const wait = waitUntilReady({ ...NOBODY, readyTimeoutSeconds: 50 }, () => {}, stop.signal);
  setTimeout(() => stop.abort(new Error('stopped')), 100);
  const started = Date.now();
  await expect(wait).rejects.toThrow('stopped');
  expect(Date.now() - started).toBeLessThan(20_000);
});
