import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/verification/program/report.js';
import { LiveTopology } from './live-topology.js';
import { type Outcome, runProgram } from './run-program.js';

const CHECKS = [
  'readiness',
  'ping',
  'get-missing',
  'set-get',
  'del-get',
  'sentinels',
  'sentinel-mesh',
  'quorum',
  'servers',
  'replication',
  'read-only',
  'no-password',
  'wrong-password',
  'write-safety',
];

describe('on a sound topology, the program', () => {
  let live: LiveTopology;
  let outcome: Outcome;
  let startOfNodeMs: number;
  beforeAll(async () => {
    live = await LiveTopology.start(1);
    // The first run waits for the servers to start, the second is the one to look at.
    expect((await runProgram(live.settings)).code).toBe(0);
    const began = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    startOfNodeMs = performance.now() - began;
    outcome = await runProgram(live.settings);
  });
  afterAll(() => live.stop());

  test('ends with 0', () => {
    expect(outcome.code).toBe(0);
  });

  test('takes less than 2 seconds, or as long as twelve starts of node where the machine is busy', () => {
    expect(outcome.report.milliseconds).toBeLessThan(Math.max(2000, 12 * startOfNodeMs));
  });

  test('prints one line for each check, in order', () => {
    expect(outcome.lines.map((line) => line.split(/\s+/).slice(0, 2))).toEqual(CHECKS.map((name) => ['ok', name]));
    expect(outcome.lines[1]).toMatch(/^ok {4}ping {11}PONG in \d+ ms/);
  });

  test('ends with a report of stable keys', () => {
    const expected: Required<Report> = {
      report: 'redis-sentinel-verification',
      version: 1,
      topology: 'cache',
      mode: 'verify',
      verdict: 'sound',
      exitCode: 0,
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      milliseconds: expect.any(Number),
      master: live.master.id,
      checks: CHECKS.map((name) => ({
        name,
        verdict: 'sound',
        milliseconds: expect.any(Number),
        found: expect.any(String),
      })),
    };
    expect(outcome.report).toEqual(expected);
    expect(Object.keys(outcome.report)).toEqual(Object.keys(expected));
  });

  test('leaves no key behind', () => {
    expect(live.servers.map((server) => server.ask('DBSIZE'))).toEqual(['0', '0', '0']);
  });

  test('says nothing of the password', () => {
    expect(JSON.stringify(outcome)).not.toContain(live.settings.password);
  });

  test('goes on to work after a switch of the master', async () => {
    const [, second] = live.servers;
    for (const server of live.servers) server.ask('CONFIG', 'SET', 'replica-priority', server === second ? '1' : '100');
    live.sentinels[0]?.ask('SENTINEL', 'DEBUG', 'INFO-PERIOD', '1000');
    // Sentinel learns a priority from its next INFO.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(live.sentinels[0]?.ask('SENTINEL', 'FAILOVER', 'mymaster')).toBe('OK');
    const { code, report, lines } = await runProgram(live.settings);
    expect(lines.join('\n')).not.toContain('FAIL');
    expect(code).toBe(0);
    expect(report.master).not.toBeNull();
  });
});
