import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { said } from './support/agent.js';
import { crashAll, SOON } from './support/all-stopped.js';
import { ALL, fill, kept } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { addToConfiguration, onVolume } from './support/volume.js';

it('a replica that ends before it has written the full copy it took does not count in strict; with the last master nothing is lost', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT }, SOON);
  const [copied, whole] = rehearsal.servers.filter((pod) => pod !== master) as [string, string];
  const noted = () => existsSync(onVolume(rehearsal, copied, 'redis.outdated'));
  await rehearsal.until(() => !noted(), 'the first copy is not written');
  await fill(rehearsal, master);
  // Long enough for marks.
  await sleep(3000);

  // It takes a full copy whenever it starts; each of a hundred keys takes 0.2 s to be written.
  await rehearsal.crashPod(copied);
  rehearsal.start([copied]);
  addToConfiguration(rehearsal, copied, 'rdb-key-save-delay 200000');
  await rehearsal.until(noted, 'the copy is not noted');
  expect(await rehearsal.whole()).toBe(master);
  expect((await rehearsal.view.info(copied, 'persistence')).aof_rewrite_in_progress).toBe('1');
  expect(noted()).toBe(true);

  await crashAll(rehearsal);
  rehearsal.start([copied, whole]);
  await said(rehearsal, 'is not certain (1 of 3 servers know', [whole]);
  await said(rehearsal, 'position=0/0/1 ', [copied]);
  rehearsal.start([master]);
  expect(await rehearsal.whole()).toBe(master);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
  await rehearsal.until(() => !noted(), 'the copy is not written');
}, 120_000);
