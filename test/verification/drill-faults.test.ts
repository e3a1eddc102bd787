// What a drill finds, and that it leaves a topology as it should be whatever comes of it.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LiveTopology, until } from './live-topology.js';
import { runProgram } from './run-program.js';
import { verifyLive } from './verify-live.js';

vi.mock('../../src/verification/program/limits.js', async (original) => {
  const limits = await original<typeof import('../../src/verification/program/limits.js')>();
  return { ...limits, OPERATION_TIMEOUT_MS: 800, DRILL_STEPS_MS: { ...limits.DRILL_STEPS_MS, readBack: 3000 } };
});

const SWITCHOVER = { mode: 'switchover', limitSeconds: 10, writers: 4 } as const;
const OBSERVE = { mode: 'observe', limitSeconds: 10, writers: 4 } as const;
const NEVER = new AbortController().signal;

let live: LiveTopology;
let net = 60;
beforeEach(async () => {
  live = await LiveTopology.start(net++);
  await streaming();
});

/**
 * Waits until a write reaches every replica at once. After a full copy a master sends on its writes with the replica's next
 * report only, up to a second later: longer than an operation may take here.
 */
async function streaming(): Promise<void> {
  const everywhere = (value: string) => live.servers.every((one) => one.ask('GET', 'streaming') === value);
  await until(() => live.master.ask('SET', 'streaming', 'yes') === 'OK', 'a master');
  await until(() => everywhere('yes'), 'the replicas stream');
  live.master.ask('DEL', 'streaming');
  await until(() => everywhere(''), 'the replicas stream');
}
afterEach(() => live.stop());

const masters = () => live.servers.filter((one) => one.running && one.ask('ROLE').startsWith('master'));

describe('a switchover', () => {
  test('is unsound when the topology is not whole again in the limit; the keys are gone, and writes go on', async () => {
    const fault = async () => {
      await until(() => masters().some((one) => one !== live.master), 'a replica is promoted');
      const [other] = live.servers.slice(1).filter((one) => !masters().includes(one));
      await other?.kill();
    };
    const { of } = await verifyLive(live, 'drill', () => void fault(), NEVER, SWITCHOVER);
    expect(of('drill')).toMatchObject({
      verdict: 'unsound',
      found: expect.stringMatching(
        /^the topology not whole again within 10 s; after 10 s \(the drill's limit\) still missing: .*; from 127\.\S+ to 127\.\S+, no/,
      ),
      mend: expect.stringContaining('run the verification'),
      figures: { lost: 0, wholeMs: null },
    });
    const [master] = masters();
    expect(master?.ask('DBSIZE')).toBe('0');
    expect(master?.ask('SET', 'key', 'value')).toBe('OK');
  });

  test('is unsound when a replica does not catch up; the master stays, and its writes are paused no more', async () => {
    const replica = live.servers[2];
    const astray = () => void replica?.ask('REPLICAOF', `127.77.${net}.99`, '6379');
    const { of } = await verifyLive(live, 'drill', astray, NEVER, SWITCHOVER);
    expect(of('drill')).toMatchObject({
      verdict: 'unsound',
      found: expect.stringMatching(
        /^no switch of the master in 3 attempts \(Sentinel \S+: no time left for a switch; behind were 127\.77\.\d+\.3:6379; /,
      ),
      figures: { to: null, lost: 0 },
    });
    // Each attempt gives up after 1.5 s, and ends the pause of 5 s.
    expect(of('drill')?.figures?.outageMs).toBeLessThan(3000);
    expect(masters()).toEqual([live.master]);
    expect(live.master.ask('DBSIZE')).toBe('0');
    expect(live.master.ask('SET', 'key', 'value')).toBe('OK');
  });

  test('that is ended from outside leaves no key and no pause, and ends with 2', async () => {
    let end = () => {};
    const told = (line: string) => {
      if (line.includes('writers at work')) end();
    };
    const settings = { ...live.settings, drill: { ...SWITCHOVER, limitSeconds: 60 } };
    const { code, lines } = await runProgram(settings, {}, (kill) => (end = () => kill('SIGTERM')), told);
    expect(code, lines.join('\n')).toBe(2);
    expect(lines.at(-1)).toContain('could not tell: the verification was ended from outside (SIGTERM)');
    // It had begun, so the switch was brought to its end.
    const [master, ...others] = masters();
    expect(others).toEqual([]);
    expect(master?.ask('DBSIZE')).toBe('0');
    await until(() => master?.ask('SET', 'key', 'value') === 'OK', 'writes go on');
  });
});

describe('an observed failover', () => {
  test('is unsound when confirmed writes are lost in it, as by a FAILOVER that does not pause them', async () => {
    const failover = () => void live.sentinels[0]?.ask('SENTINEL', 'FAILOVER', 'mymaster');
    const { of, said } = await verifyLive(live, 'drill', failover, NEVER, { ...OBSERVE, limitSeconds: 40 });
    const drill = of('drill');
    expect(drill, said.join('\n')).toMatchObject({
      verdict: 'unsound',
      found: expect.stringMatching(/^\d+ acknowledged writes lost, [1-9]\d* of them confirmed by WAIT; from /),
      expected: 'no confirmed write lost, and all whole in time',
    });
    expect(drill?.figures?.lost).toBeGreaterThanOrEqual(drill?.figures?.lostConfirmed as number);
    expect(masters().map((one) => one.ask('DBSIZE'))).toEqual(['0']);
  });

  test('that never comes tells nothing', async () => {
    const { verdict, of } = await verifyLive(live, 'none', () => {}, NEVER, OBSERVE);
    expect(verdict).toBe('unknown');
    expect(of('drill')?.found).toMatch(
      /^after 10 s \(the drill's limit\) still missing: another master: the Sentinels name 127\.\S+; master \S+ stayed/,
    );
    expect(live.master.ask('DBSIZE')).toBe('0');
  });

  test('is unsound when the outage does not end in the limit', async () => {
    const { verdict, of, said } = await verifyLive(live, 'drill', () => live.master.freeze(), NEVER, OBSERVE);
    live.master.thaw();
    expect(verdict).toBe('unsound');
    expect(of('drill')?.found).toMatch(
      /^no write acknowledged in the last [789]\.\d s; .*no master to read the writes from/,
    );
    expect(said.at(-1)).toMatch(/^keys may be left, and go by themselves within half an hour/);
    const expiry = Number(live.master.ask('TTL', live.master.ask('RANDOMKEY')));
    expect(expiry).toBeGreaterThan(0);
    expect(expiry).toBeLessThanOrEqual(1800);
  });
});
