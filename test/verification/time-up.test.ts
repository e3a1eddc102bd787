import { expect, test, vi } from 'vitest';
import { LiveTopology } from './live-topology.js';
import { verifyLive } from './verify-live.js';

vi.mock('../../src/verification/program/limits.js', async (original) => ({
  ...(await original<object>()),
  OPERATION_TIMEOUT_MS: 500,
  CHECKS_TIMEOUT_MS: 800,
}));

test('the checks end when their time is up, however many hang', async () => {
  const live = await LiveTopology.start(4);
  try {
    const { verdict, of } = await verifyLive(live, 'ping', () => live.master.freeze());
    live.master.thaw();
    expect(verdict).toBe('unknown');
    expect(of('get-missing')).toMatchObject({ found: "master 'mymaster': no answer within 0.5 s" });
    expect(of('write-safety')).toMatchObject({ found: 'the time for all checks was up (0.8 s)' });
  } finally {
    await live.stop();
  }
});
