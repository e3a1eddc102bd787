// Drills in topologies that have the agents of their pods, which look on, and do their part.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart, Testing } from 'cdk8s';
import { expect, test } from 'vitest';
import { Profile } from '../../src/index.js';
import { type KubernetesObject, Rehearsal } from '../../src/rehearsal/rehearsal.js';
import type { RedisSentinelProps } from '../../src/topology/props.js';
import { RedisSentinel } from '../../src/topology/redis-sentinel.js';
import { Drill } from '../../src/verification/drill.js';
import type { Report } from '../../src/verification/program/report.js';
import { endsWithTest } from '../support/ends-with.js';

async function rehearsed(props: RedisSentinelProps, drill: Drill) {
  const chart = new Chart(Testing.app(), 'test');
  new RedisSentinel(chart, 'cache', props).addVerification({ drill });
  const rehearsal = await Rehearsal.create(chart.toJson() as KubernetesObject[]);
  endsWithTest(rehearsal);
  rehearsal.start();
  return { rehearsal, master: await rehearsal.whole() };
}

async function verdict(rehearsal: Rehearsal) {
  const { code, output } = (await rehearsal.verify()) ?? { code: -1, output: 'no Job' };
  const report: Report = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
  return { code, output, figures: report.checks.at(-1)?.figures };
}

/** What the verification has said so far. */
function logOf({ folder }: Rehearsal): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const log = files.find((file) => file.endsWith('logs/verify.log'));
  return log === undefined ? '' : readFileSync(join(folder, log), 'utf8');
}

test.each([
  ['strict', Profile.STRICT],
  ['cache', Profile.CACHE],
])('a switchover in the %s profile loses nothing, and all is whole again', async (_, profile) => {
  const { rehearsal, master } = await rehearsed({ profile }, Drill.switchover());
  const { code, output, figures } = await verdict(rehearsal);
  expect(code, output).toBe(0);
  expect(figures).toMatchObject({ lost: 0, lostConfirmed: 0 });
  expect(await rehearsal.whole()).not.toBe(master);
});

test('an observed crash of the master is measured, and loses no confirmed write', async () => {
  const { rehearsal, master } = await rehearsed({ profile: Profile.STRICT }, Drill.observe());
  const verification = verdict(rehearsal);
  // The checks take a second or two; the drill then waits for minutes.
  const waits = () => logOf(rehearsal).includes('now make the master fail');
  await rehearsal.until(waits, 'the drill does not wait for the failover');
  rehearsal.killServer(master);
  const { code, output, figures } = await verification;
  expect(code, output).toBe(0);
  expect(figures).toMatchObject({ lostConfirmed: 0, pausedMs: null });
  // More than the time between two writes.
  expect(figures?.outageMs).toBeGreaterThan(15);
});
