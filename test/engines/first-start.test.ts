import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Sentinels } from '../../src/topology/sentinels.js';
import { asked, said, timesSaid } from './support/agent.js';
import { rehearsed } from './support/rehearsed.js';
import { onVolume } from './support/volume.js';

it.each(['system', 'busybox'] as const)(
  'starts in any order with the first server as master, once a majority of the Sentinels holds that on disk, in the %s shell',
  async (shell) => {
    const rehearsal = await rehearsed({}, { shell });
    rehearsal.container('cache-2', 'sentinel').hold();
    rehearsal.start(['cache-2', 'cache-1']);
    await said(rehearsal, 'waiting 1 of 3 Sentinels answer, 2 must', ['cache-1', 'cache-2']);
    rehearsal.start(['cache-0']);
    await rehearsal.until(async () => (await rehearsal.view.role('cache-0')) === 'master', 'no master');
    const noted = ['cache-0', 'cache-1'].map((pod) =>
      readFileSync(onVolume(rehearsal, pod, 'sentinel/sentinel.conf'), 'utf8'),
    );
    expect(noted.map((state) => /^sentinel config-epoch mymaster (\d+)$/m.exec(state)?.[1])).toEqual(['1', '1']);
    rehearsal.container('cache-2', 'sentinel').release();
    expect(await rehearsal.whole()).toBe('cache-0');
    expect((await rehearsal.view.sentinelView('cache-2')).configEpoch).toBe(1);
  },
);

it('starts no server while a majority of the Sentinels is away, nor without the first server, and says what it waits for', async () => {
  const rehearsal = await rehearsed();
  const roles = () => Promise.all(['cache-1', 'cache-2'].map((pod) => rehearsal.view.role(pod)));
  for (const pod of ['cache-1', 'cache-2']) rehearsal.container(pod, 'sentinel').hold();
  rehearsal.start(['cache-1', 'cache-2']);
  await said(rehearsal, 'waiting 0 of 3 Sentinels answer, 2 must', ['cache-1', 'cache-2']);
  expect(await roles()).toEqual(['down', 'down']);
  // A server that waits is alive: nobody is to end it for that.
  expect(await asked(rehearsal, 'cache-1', '/livez')).toBe(200);
  expect(await asked(rehearsal, 'cache-1', '/readyz?of=redis')).toBe(503);
  for (const pod of ['cache-1', 'cache-2']) rehearsal.container(pod, 'sentinel').release();
  await said(rehearsal, 'waiting the last master', ['cache-1', 'cache-2']);
  expect(await roles()).toEqual(['down', 'down']);
  rehearsal.start(['cache-0']);
  expect(await rehearsal.whole()).toBe('cache-0');
});

it('runs with Sentinels in pods of their own, and two servers', async () => {
  const rehearsal = await rehearsed({
    servers: 2,
    sentinels: Sentinels.separate({ count: 3 }),
    writeSafety: { minReplicasToWrite: 0 },
  });
  rehearsal.start();
  const master = await rehearsal.whole();
  rehearsal.killServer(master);
  expect(await rehearsal.masterOtherThan(master)).toBe('cache-1');
  expect(await rehearsal.whole()).toBe('cache-1');
  expect(timesSaid(rehearsal, master, 'reason=server-gone')).toBe(1);
});
