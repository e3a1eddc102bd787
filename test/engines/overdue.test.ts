import { setTimeout as sleep } from 'node:timers/promises';
import { Duration } from 'cdk8s';
import { expect, it } from 'vitest';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { said, timesSaid } from './support/agent.js';
import { ALL, fill, kept } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { epochOf } from './support/reigns.js';

/** A run id that no Sentinel has. */
const NOBODY = 'f'.repeat(40);

/**
 * What a failover that came to nothing leaves behind: every Sentinel has voted in one, and begins none of its own for twice
 * failover-timeout, 20 s.
 */
async function failoverInVain(rehearsal: Rehearsal, master: string): Promise<void> {
  const epoch = (await epochOf(rehearsal, master)) + 1;
  const question = [rehearsal.sites.addressOf(master), String(rehearsal.sites.redisPort), String(epoch), NOBODY];
  for (const pod of rehearsal.sentinels) {
    const answer = await rehearsal.view.sentinel(pod, 'SENTINEL', 'IS-MASTER-DOWN-BY-ADDR', ...question);
    expect(answer).toEqual([0, NOBODY, epoch]);
  }
}

it('replaces a master that hangs or is gone, agent and all, soon after a failover in vain', async () => {
  const { rehearsal, master: first } = await wholeRehearsal();
  await fill(rehearsal, first);
  await failoverInVain(rehearsal, first);
  rehearsal.freeze(first);
  const frozen = performance.now();
  const second = await rehearsal.masterOtherThan(first);
  expect(performance.now() - frozen).toBeLessThan(15_000);
  await said(rehearsal, 'reason=master-down', [second]);
  expect(timesSaid(rehearsal, second, 'reason=master-down')).toBe(1);
  // Sentinel itself demotes it some ten seconds after it goes on; the agents do it before.
  rehearsal.thaw(first);
  expect(await rehearsal.whole()).toBe(second);
  for (const pod of rehearsal.sentinels) expect(rehearsal.log(pod, 'sentinel')).not.toContain('+convert-to-slave');

  await failoverInVain(rehearsal, second);
  await rehearsal.crashPod(second);
  const gone = performance.now();
  const third = await rehearsal.masterOtherThan(second);
  expect(performance.now() - gone).toBeLessThan(15_000);
  await said(rehearsal, 'reason=master-down', [third]);
  rehearsal.start([second]);
  expect(await rehearsal.whole()).toBe(third);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

// A Sentinel only watches for the tilt period after a stall. When that is longer than ten times down-after, each replica's link
// has been down for too long by then for a Sentinel to promote it.
it('fails over although every Sentinel stalled just before the master died, and saw its death too late', async () => {
  const { rehearsal, master } = await wholeRehearsal(
    {
      failover: { downAfter: Duration.seconds(2), failoverTimeout: Duration.seconds(5) },
      writeSafety: { minReplicasToWrite: 0 },
    },
    { environment: { SENTINEL_DEBUG: 'INFO-PERIOD 1000 TILT-PERIOD 24000' } },
  );
  for (const pod of rehearsal.sentinels) rehearsal.killServer(pod, 'SIGSTOP', 'sentinel');
  await sleep(3000);
  for (const pod of rehearsal.sentinels) rehearsal.killServer(pod, 'SIGCONT', 'sentinel');
  await rehearsal.crashPod(master);
  const heir = await rehearsal.masterOtherThan(master);
  rehearsal.start([master]);
  expect(await rehearsal.whole()).toBe(heir);
  const settings = (await rehearsal.view.sentinel(heir, 'SENTINEL', 'MASTER', 'mymaster')) as string[];
  expect(settings[settings.indexOf('down-after-milliseconds') + 1]).toBe('2000');
}, 120_000);
