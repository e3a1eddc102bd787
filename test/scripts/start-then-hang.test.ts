import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { rehearsed } from './support/rehearsed.js';

// Sentinels that held the master for down while the servers were still starting began a failover that found no replica,
// and then no other for twice failover-timeout, 20 s.
it('replaces a master that hangs soon after a slow start of the servers', { timeout: 90_000 }, async () => {
  const rehearsal = await rehearsed({ profile: Profile.CACHE });
  for (const server of rehearsal.servers) rehearsal.container(server, 'redis').hold();
  rehearsal.start();
  // Longer than down-after (1 s in this profile), shorter than an image takes to pull.
  await sleep(4000);
  for (const server of rehearsal.servers) rehearsal.container(server, 'redis').release();
  const master = await rehearsal.whole();
  const stopped = performance.now();
  rehearsal.killServer(master, 'SIGSTOP');
  await rehearsal.masterOtherThan(master, 40_000);
  expect(performance.now() - stopped).toBeLessThan(5000);
});
