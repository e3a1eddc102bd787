import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { Profile } from '../../src/topology/profile.js';
import { said, timesSaid } from './support/agent.js';
import { crashAll, SOON } from './support/all-stopped.js';
import { ALL, fill, kept, populate, rewrite } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { acknowledged } from './support/reigns.js';
import { appendOnlyFile, cut, onVolume, overwriteMiddle, setRdbVersion } from './support/volume.js';

/** A topology whose servers all have a base with something in it, and more in the file after it. */
async function withBases(surroundings = {}): Promise<{ rehearsal: Rehearsal; master: string }> {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT }, surroundings);
  await populate(rehearsal, master, 5000);
  for (const pod of rehearsal.servers) await rewrite(rehearsal, pod);
  await fill(rehearsal, master);
  await sleep(500); // until it is in the file, which a replica writes after it has confirmed
  return { rehearsal, master };
}

const PUT_ASIDE = 'put-aside=damaged-file';
const LEFTOVERS = ['temp-4711.rdb', 'temp-rewriteaof-4711.aof', 'appendonlydir/temp-rewriteaof-bg-4711.aof'];

it('copies from the master where a replica’s or an old master’s append-only file is damaged, and keeps what there was', async () => {
  const { rehearsal, master: first } = await withBases();
  const replica = rehearsal.servers.find((pod) => pod !== first) as string;

  await rehearsal.crashPod(replica);
  overwriteMiddle(appendOnlyFile(rehearsal, replica, 'incr'));
  // What a SIGKILL in the midst of a rewrite, and of a full copy, leaves behind.
  for (const name of LEFTOVERS) writeFileSync(onVolume(rehearsal, replica, 'redis', name), 'x'.repeat(1000));
  rehearsal.start([replica]);
  expect(await rehearsal.whole()).toBe(first);
  expect(timesSaid(rehearsal, replica, PUT_ASIDE)).toBe(1);
  expect(await kept(rehearsal, replica)).toBe(ALL);
  for (const name of LEFTOVERS) expect(existsSync(onVolume(rehearsal, replica, 'redis', name))).toBe(false);
  expect(existsSync(onVolume(rehearsal, replica, 'redis/appendonlydir.damaged'))).toBe(true);

  await rehearsal.crashPod(first);
  cut(appendOnlyFile(rehearsal, first, 'base'), (size) => Math.floor(size / 2));
  const second = await rehearsal.masterOtherThan(first);
  rehearsal.start([first]);
  expect(await rehearsal.whole()).toBe(second);
  expect(timesSaid(rehearsal, first, PUT_ASIDE)).toBe(1);
  expect(await kept(rehearsal, first)).toBe(ALL);

  // What a loss of power leaves behind: the server reads it up to the last whole command (aof-load-truncated).
  const last = rehearsal.servers.find((pod) => pod !== first && pod !== second) as string;
  await rehearsal.crashPod(last);
  cut(appendOnlyFile(rehearsal, last, 'incr'), (size) => size - 7);
  const before = timesSaid(rehearsal, last, PUT_ASIDE);
  rehearsal.start([last]);
  expect(await rehearsal.whole()).toBe(second);
  expect(timesSaid(rehearsal, last, PUT_ASIDE)).toBe(before);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
  for (const pod of rehearsal.servers) expect(rehearsal.container(pod, 'redis').restarts).toBeLessThanOrEqual(1);
}, 120_000);

it('takes a last master with a damaged file for one that has lost its data, after a stop of all', async () => {
  const { rehearsal, master } = await withBases(SOON);
  await sleep(1500); // for a mark after the last write
  await crashAll(rehearsal);
  cut(appendOnlyFile(rehearsal, master, 'base'), (size) => Math.floor(size / 2));
  rehearsal.start();
  await said(rehearsal, 'waiting this master has lost its data', [master]);
  const heir = await rehearsal.masterOtherThan(master);
  expect(await rehearsal.whole()).toBe(heir);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

it('waits with one line where the file is of a newer format than the engine reads, and does not disturb the others', async () => {
  const { rehearsal, master } = await withBases();
  const replica = rehearsal.servers.find((pod) => pod !== master) as string;
  await rehearsal.crashPod(replica);
  const base = appendOnlyFile(rehearsal, replica, 'base');
  const version = setRdbVersion(base, '0099');
  const writer = rehearsal.writer();
  rehearsal.start([replica]);
  await rehearsal.until(() => /waiting .*99/.test(rehearsal.log(replica, 'agent')), 'it does not say why it waits');
  await sleep(3000);
  expect(await rehearsal.view.role(replica)).toBe('down');
  expect(rehearsal.log(replica, 'agent').match(/waiting .*99/g)).toHaveLength(1);
  expect(rehearsal.container(replica, 'redis').restarts).toBeLessThanOrEqual(1);
  expect(existsSync(base)).toBe(true);
  await acknowledged(rehearsal, writer, 100);
  expect(await writer.report()).toMatchObject({ lost: 0 });
  // The way back: the engine that wrote it.
  await rehearsal.deletePod(replica);
  setRdbVersion(base, version);
  rehearsal.start([replica]);
  expect(await rehearsal.whole()).toBe(master);
});
