// When a drill does nothing: a failover is tried only where everything is there.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LiveTopology, until } from './live-topology.js';
import { runProgram } from './run-program.js';
import { verifyLive } from './verify-live.js';

vi.mock('../../src/verification/program/limits.js', async (original) => {
  const limits = await original<typeof import('../../src/verification/program/limits.js')>();
  return { ...limits, DRILL_STEPS_MS: { ...limits.DRILL_STEPS_MS, promotable: 1500 } };
});

const DRILL = { mode: 'switchover', limitSeconds: 20, writers: 2 } as const;
const NEVER = new AbortController().signal;

let live: LiveTopology;
let net = 50;
beforeEach(async () => {
  live = await LiveTopology.start(net++);
});
afterEach(() => live.stop());

/** The drill's line, with the fault made once that check is done; nothing must have been written or moved. */
async function refused(after: string, fault: () => void) {
  const { verdict, of, said } = await verifyLive(live, after, fault, NEVER, DRILL);
  expect(of('drill')).toMatchObject({ verdict: 'unknown', found: expect.stringMatching(/^refused, nothing was done/) });
  expect(said.filter((text) => text.includes('at work'))).toEqual([]);
  expect(live.master.ask('ROLE')).toMatch(/^master/);
  expect(live.master.ask('DBSIZE')).toBe('0');
  return { verdict, found: of('drill')?.found ?? '' };
}

describe('a drill is refused when', () => {
  test('a replica is gone since the checks', async () => {
    const { verdict, found } = await refused('write-safety', () => void live.servers[2]?.kill());
    expect(verdict).toBe('unknown');
    expect(found).toContain('1 of 2 replicas linked');
    expect(found).toContain('; bring back every server and Sentinel');
  });

  test('a Sentinel is gone since the checks', async () => {
    const { verdict, found } = await refused('write-safety', () => void live.sentinels[1]?.kill());
    expect(verdict).toBe('unknown');
    expect(found).toMatch(/Sentinel 127\.77\.\d+\.2:26379: .*ECONN/);
  });

  test('a replica may not be promoted', async () => {
    for (const one of live.sentinels) {
      await until(() => one.ask('SENTINEL', 'DEBUG', 'INFO-PERIOD', '300') === 'OK', 'the Sentinel answers');
    }
    await until(() => live.servers[1]?.ask('CONFIG', 'SET', 'replica-priority', '0') === 'OK', 'the replica answers');
    const known = () =>
      live.sentinels.every((one) => /slave-priority\n0\n/.test(one.ask('SENTINEL', 'REPLICAS', 'mymaster')));
    await until(known, 'the Sentinels know its priority');
    const { verdict, found } = await refused('none', () => {});
    expect(verdict).toBe('unknown');
    expect(found).toMatch(/may not promote 127\.77\.\d+\.2:6379 \(priority 0\)/);
  });

  test('a check found something wrong, which is what the exit code then tells', async () => {
    await until(
      () => live.sentinels[2]?.ask('SENTINEL', 'SET', 'mymaster', 'quorum', '1') === 'OK',
      'the Sentinel answers',
    );
    const { verdict, found } = await refused('none', () => {});
    expect(verdict).toBe('unsound');
    expect(found).toContain('quorum not sound; mend what is said there');
  });

  test('the topology is not ready: the program ends with 2', async () => {
    await live.servers[2]?.kill();
    const { code, lines } = await runProgram({ ...live.settings, drill: DRILL }, { READY_TIMEOUT: '2' });
    expect(code).toBe(2);
    expect(lines.at(-1)).toMatch(/^\? {5}drill {10}could not tell: refused, nothing was done, .*: readiness not sound/);
  });
});

test('a replica that goes at the last moment keeps the master where it is', async () => {
  const { verdict, of } = await verifyLive(live, 'drill', () => void live.servers[1]?.kill(), NEVER, DRILL);
  expect(verdict).toBe('unknown');
  expect(of('drill')?.found).toMatch(
    /^refused, the master was not moved: 127\.77\.\d+\.2:6379: .*ECONN.*; master 127\.\S+ stayed/,
  );
  expect(live.master.ask('ROLE')).toMatch(/^master/);
  expect(live.master.ask('DBSIZE')).toBe('0');
});
