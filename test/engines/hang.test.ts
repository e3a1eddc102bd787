import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { timesSaid } from './support/agent.js';
import { ALL, fill, kept } from './support/data.js';
import { rehearsed, wholeRehearsal } from './support/rehearsed.js';
import { acknowledged, epochOf, reigns } from './support/reigns.js';

it.each(['system', 'busybox'] as const)(
  'ends a strict master that hangs before another is elected, but not one that stalls for less than max-lag, in the %s shell',
  async (shell) => {
    const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT }, { shell });
    for (let round = 0; round < 2; round++) {
      rehearsal.killServer(master, 'SIGSTOP');
      await sleep(1000);
      rehearsal.killServer(master, 'SIGCONT');
      await sleep(500);
    }
    expect(await rehearsal.view.role(master)).toBe('master');
    expect(timesSaid(rehearsal, master, 'ended-server')).toBe(0);

    const epoch = await epochOf(rehearsal, master);
    const writer = rehearsal.writer();
    await acknowledged(rehearsal, writer, 200);
    rehearsal.killServer(master, 'SIGSTOP');
    const heir = await rehearsal.masterOtherThan(master);
    expect(await rehearsal.whole()).toBe(heir);
    // What is dead does not go on, and its agent replaces it at once: before the Sentinels have found it down.
    expect(timesSaid(rehearsal, master, 'ended-server')).toBe(1);
    expect(timesSaid(rehearsal, master, 'reason=server-gone')).toBe(1);
    expect(await epochOf(rehearsal, heir)).toBe(epoch + 1);
    await acknowledged(rehearsal, writer, 100);
    expect(await writer.report()).toMatchObject({ lost: 0 });
    expect(reigns(writer.acks)).toEqual([master, heir]);
  },
);

// Sentinels that considered the master down while the servers were still starting began a failover that found no replica, and
// then no other for twice failover-timeout, 20 s.
it('leaves a hanging master to the Sentinels where the topology is not strict, also soon after a slow start, and demotes it', async () => {
  const rehearsal = await rehearsed({ profile: Profile.CACHE });
  for (const server of rehearsal.servers) rehearsal.container(server, 'redis').hold();
  rehearsal.start();
  // Longer than down-after (1 s in this profile), shorter than an image takes to pull.
  await sleep(4000);
  for (const server of rehearsal.servers) rehearsal.container(server, 'redis').release();
  const master = await rehearsal.whole();
  await fill(rehearsal, master);
  const stopped = rehearsal.killServer(master, 'SIGSTOP');
  const heir = await rehearsal.masterOtherThan(master);
  // Far less than the 20 s; 2 s on an idle machine.
  expect(performance.now() - stopped).toBeLessThan(12_000);
  rehearsal.killServer(master, 'SIGCONT');
  await rehearsal.until(async () => (await rehearsal.view.role(master)) === 'replica', 'the old master stays master');
  expect(await rehearsal.whole()).toBe(heir);
  expect(timesSaid(rehearsal, master, 'ended-server')).toBe(0);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});
