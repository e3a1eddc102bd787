import { expect, test, vi } from 'vitest';
import { LiveTopology } from './live-topology.js';
import { verifyLive } from './verify-live.js';

vi.mock('../../src/verification/program/limits.js', async (original) => ({
  ...(await original<object>()),
  OPERATION_TIMEOUT_MS: 2000,
  // One command hangs to its end, the second does not; what is before them has the rest.
  CHECKS_TIMEOUT_MS: 3500,
}));

test('the checks end when their time is up, however many hang', async () => {
  const live = await LiveTopology.start(4);
  try {
    const { verdict, of } = await verifyLive(live, 'ping', () => live.master.freeze());
    live.master.thaw();
    expect(verdict).toBe('unknown');
    expect(of('get-missing')).toMatchObject({ found: "master 'mymaster': no answer within 2 s" });
    expect(of('write-safety')).toMatchObject({ found: 'the time for all checks was up (3.5 s)' });
  } finally {
    await live.stop();
  }
});
