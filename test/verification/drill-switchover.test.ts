// The drill that moves the master itself, against real servers and Sentinels.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DrillFigures } from '../../src/verification/program/report.js';
import { LiveTopology } from './live-topology.js';
import { type Outcome, runProgram } from './run-program.js';

const DRILL = { mode: 'switchover', limitSeconds: 40, writers: 4 } as const;
const drilled = (live: LiveTopology) => ({ ...live.settings, drill: DRILL });

describe('a switchover of a sound topology', () => {
  let live: LiveTopology;
  let outcome: Outcome;
  beforeAll(async () => {
    live = await LiveTopology.start(40);
    outcome = await runProgram(drilled(live));
  });
  afterAll(() => live?.stop());

  test('ends with 0, and says in one line from where to where, for how long, and that nothing was lost', () => {
    expect(outcome.code, outcome.lines.join('\n')).toBe(0);
    expect(outcome.lines.at(-1)).toMatch(
      /^ok {4}drill {10}from 127\.77\.40\.1:6379 to 127\.77\.40\.[23]:6379, no write acknowledged for \d+ ms, whole after \d\.\d s, \d+ writes acknowledged, 0 lost, \d+ confirmed by WAIT, 0 of them lost$/,
    );
  });

  test('reports its figures', () => {
    const figures = outcome.report.checks.at(-1)?.figures as DrillFigures;
    expect(figures).toEqual({
      from: live.master.id,
      to: expect.stringMatching(/^127\.77\.40\.[23]:6379$/),
      outageMs: expect.any(Number),
      wholeMs: expect.any(Number),
      pausedMs: expect.any(Number),
      writers: 4,
      acknowledged: expect.any(Number),
      lost: 0,
      confirmed: expect.any(Number),
      lostConfirmed: 0,
      refused: expect.any(Number),
      unanswered: expect.any(Number),
    });
    expect(outcome.report.mode).toBe('switchover');
    // Two seconds of load at least, of 200 writes a second.
    expect(figures.acknowledged).toBeGreaterThan(200);
    expect(figures.confirmed).toBeGreaterThan(200);
    expect(figures.outageMs).toBeGreaterThan(100);
  });

  test('leaves one master that writes, whom all name and the others follow, and no key', () => {
    const to = outcome.report.checks.at(-1)?.figures?.to as string;
    const [host] = to.split(':') as [string];
    for (const sentinel of live.sentinels) {
      expect(sentinel.ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')).toBe(`${host}\n6379`);
    }
    for (const server of live.servers) {
      expect(server.ask('ROLE').split('\n').slice(0, 2)).toEqual(
        server.id === to ? ['master', expect.any(String)] : ['slave', host],
      );
      expect(server.ask('DBSIZE')).toBe('0');
    }
    expect(live.servers.find(({ id }) => id === to)?.ask('SET', 'key', 'value')).toBe('OK');
  });
});

test('two servers and three Sentinels have one replica, which is enough: both stay up', async () => {
  const live = await LiveTopology.start(41, 2, 30_000, 3);
  try {
    const { code, lines, report } = await runProgram(drilled(live));
    expect(code, lines.join('\n')).toBe(0);
    expect(report.checks.at(-1)?.figures).toMatchObject({
      from: live.servers[0]?.id,
      to: live.servers[1]?.id,
      lost: 0,
    });
  } finally {
    await live.stop();
  }
});
