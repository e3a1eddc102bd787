import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { restarts, timesSaid } from './support/agent.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { acknowledged, epochOf, reigns } from './support/reigns.js';

const found = spawnSync('strace', ['-e', 'trace=none', 'true']).status === 0;

/**
 * Every fdatasync of that process takes 0.5 s more, as on a disk that is overloaded. Two of them may come before an answer, which
 * may take 2 s.
 */
function slowDown(pid: string): ChildProcess {
  const inject = ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:delay_exit=500000'];
  const strace = spawn('strace', ['-f', '-qq', '-o', '/dev/null', ...inject, '-p', pid], { stdio: 'ignore' });
  onTestFinished(() => {
    strace.kill('SIGKILL');
  });
  return strace;
}

it.skipIf(!found)('ends no strict master whose disk is slow: it answers, late', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  const epoch = await epochOf(rehearsal, master);
  for (const pod of rehearsal.servers) {
    slowDown((await rehearsal.view.info(pod, 'server')).process_id ?? '');
  }
  const writer = rehearsal.writer({ perSecond: 50, timeoutMs: 10_000 });
  await acknowledged(rehearsal, writer, 1);
  const before = performance.now();
  await sleep(15_000);
  // Slow, but it goes on: some answers in each third of the time.
  for (const third of [0, 1, 2])
    expect(writer.firstAfter(before + third * 5000)?.at).toBeLessThan(before + (third + 1) * 5000);
  await writer.stop();
  expect(reigns(writer.acks), rehearsal.tails(40)).toEqual([master]);
  expect(await epochOf(rehearsal, master)).toBe(epoch);
  for (const pod of rehearsal.servers) {
    expect(restarts(rehearsal, pod)).toBe(0);
    expect(timesSaid(rehearsal, pod, 'ended-server')).toBe(0);
  }
});
