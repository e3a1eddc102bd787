// What fails between readiness and the checks: the fault is made at the moment at which the program says it is ready.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LiveTopology } from './live-topology.js';
import { verifyLive } from './verify-live.js';

// A check of something that hangs takes this long, and there are many.
vi.mock('../../src/verification/program/limits.js', async (original) => ({
  ...(await original<object>()),
  OPERATION_TIMEOUT_MS: 800,
  WAIT_TIMEOUT_MS: 600,
}));

let live: LiveTopology;
let net = 10;
beforeEach(async () => {
  live = await LiveTopology.start(net++);
});
afterEach(() => live.stop());

const verifyWith = (when: string, fault: () => void, stop?: AbortSignal) => verifyLive(live, when, fault, stop);

describe('once the topology was ready,', () => {
  test('a replica that hangs is unsound, and the keys are deleted all the same', async () => {
    const replica = live.servers[2];
    const { verdict, of } = await verifyWith('readiness', () => replica?.freeze());
    replica?.thaw();
    expect(verdict).toBe('unsound');
    expect(of('servers')).toMatchObject({
      verdict: 'unsound',
      found: expect.stringContaining(`${replica?.id} does not answer (no answer within 0.8 s)`),
    });
    expect(of('replication')).toMatchObject({
      found: 'WAIT confirmed a write on 1 replicas within 600 ms',
      expected: '2',
    });
    expect(of('read-only')).toMatchObject({ verdict: 'unknown', found: `${replica?.id}: no answer within 0.8 s` });
    expect(live.master.ask('DBSIZE')).toBe('0');
  });

  test('a Sentinel that is gone is unsound', async () => {
    const { verdict, of } = await verifyWith('readiness', () => void live.sentinels[1]?.kill());
    expect(verdict).toBe('unsound');
    expect(of('sentinels')).toMatchObject({
      verdict: 'unsound',
      found: expect.stringMatching(/^no answer from 127\.77\.\d+\.2:26379 \(.*ECONN/),
      expected: 'an answer from each of the 3 Sentinels, as at readiness',
    });
  });

  test('a master that hangs tells nothing, and does not hang the verification', async () => {
    const started = Date.now();
    const { verdict, of } = await verifyWith('ping', () => live.master.freeze());
    live.master.thaw();
    expect(verdict).toBe('unknown');
    expect(of('get-missing')).toMatchObject({ verdict: 'unknown', found: "master 'mymaster': no answer within 0.8 s" });
    expect(of('servers')).toMatchObject({ verdict: 'unknown' });
    expect(of('clean-up')).toMatchObject({ found: expect.stringContaining('redis-sentinel:verification:') });
    expect(Date.now() - started).toBeLessThan(25_000);
  });

  test('no Sentinel at all tells nothing', async () => {
    const kill = () => live.sentinels.forEach((one) => void one.kill());
    const { of } = await verifyWith('ping', kill);
    for (const name of [
      'sentinels',
      'sentinel-mesh',
      'quorum',
      'servers',
      'replication',
      'read-only',
      'write-safety',
    ]) {
      expect(of(name)).toMatchObject({ name, verdict: 'unknown' });
    }
  });

  test('a lost connection to the master is no reason to leave keys behind', async () => {
    const lost = () => live.master.ask('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    const { verdict } = await verifyWith('set-get', lost);
    expect(verdict).toBe('unknown');
    expect(live.master.ask('DBSIZE')).toBe('0');
  });

  test('an end from outside leaves the other checks untold, and no keys', async () => {
    const stop = new AbortController();
    const { checks } = await verifyWith('set-get', () => stop.abort(new Error('ended')), stop.signal);
    expect(checks.slice(4).map(({ verdict, found }) => [verdict, found])).toEqual(Array(10).fill(['unknown', 'ended']));
    expect(live.master.ask('DBSIZE')).toBe('0');
  });
});
