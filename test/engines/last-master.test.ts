import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { crashAll, moved, SOON } from './support/all-stopped.js';
import { ALL, fill, kept, populate, rewrite } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { addToConfiguration } from './support/volume.js';

it('goes on without a last master that lost its volume in a stop of all pods, with what a majority certainly has', async () => {
  const { rehearsal, master } = await moved(Profile.STRICT, SOON);
  await sleep(2500); // for a mark in the file of the one that has just copied everything
  await crashAll(rehearsal);
  rehearsal.loseVolume(master);
  rehearsal.start();
  const heir = await rehearsal.masterOtherThan(master);
  expect(await rehearsal.whole()).toBe(heir);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

// The others had started as its replicas: they held all data at priority 0, and never stood for election.
it('goes on after the stated time without a last master that ended for good while it was loading', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT }, SOON);
  await populate(rehearsal, master, 5000);
  await rewrite(rehearsal, master);
  await fill(rehearsal, master);
  const replicas = rehearsal.servers.filter((pod) => pod !== master);
  await sleep(1500); // for a mark after the last write
  await crashAll(rehearsal);
  rehearsal.start();
  // 10 ms for each of 5000 keys: well longer than the rest takes to start. Every few of them it answers in between.
  addToConfiguration(rehearsal, master, 'key-load-delay 10000');
  addToConfiguration(rehearsal, master, 'loading-process-events-interval-bytes 1024');
  await rehearsal.until(
    async () => (await rehearsal.view.info(master, 'persistence')).loading === '1',
    'it does not load',
  );
  await rehearsal.until(async () => {
    const roles = await Promise.all(replicas.map((pod) => rehearsal.view.role(pod)));
    return roles.every((role) => role === 'replica');
  }, 'the others do not start as its replicas');
  expect((await rehearsal.view.info(master, 'persistence')).loading).toBe('1');
  await rehearsal.crashPod(master);
  const heir = await rehearsal.masterOtherThan(master);
  expect(await kept(rehearsal, heir)).toBe(ALL);
  rehearsal.start([master]);
  expect(await rehearsal.whole()).toBe(heir);
});
