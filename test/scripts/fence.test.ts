import { expect, it } from 'vitest';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { Profile } from '../../src/topology/profile.js';
import { populate } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';

/** Cuts the master off as a partition does: the others' processes get no time, so no packet is answered or refused. */
function cutOff(rehearsal: Rehearsal, master: string): void {
  for (const pod of rehearsal.servers.filter((name) => name !== master)) rehearsal.freeze(pod);
}

function mend(rehearsal: Rehearsal, master: string): void {
  for (const pod of rehearsal.servers.filter((name) => name !== master)) rehearsal.thaw(pod);
}

it('pauses the writes of a strict master that is cut off, long before another could be elected, and lifts it after', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  const writer = rehearsal.writer();
  await rehearsal.until(() => writer.acks.length > 200, 'no writes');
  const cut = performance.now();
  cutOff(rehearsal, master);
  await rehearsal.until(() => rehearsal.log(master, 'keeper').includes('fenced'), 'no fence', { timeoutMs: 10_000 });
  const last = writer.acks.at(-1)?.at ?? 0;
  // Another is elected after down-after, 3 s, at the earliest.
  expect(last - cut).toBeLessThan(3000);
  mend(rehearsal, master);
  const mended = performance.now();
  await rehearsal.until(
    () => writer.firstAfter(mended) !== undefined,
    () => `no writes: ${writer.lastError}`,
  );
  await rehearsal.whole();
  expect(rehearsal.log(master, 'keeper')).toContain('fence-lifted');
  expect(await writer.report()).toMatchObject({ lost: 0 });
});

// WAIT counted what replicas had confirmed long ago: an idle master never seemed cut off, nor did any on Redis 8.
it('pauses the writes of a strict master that is cut off while nobody writes', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  cutOff(rehearsal, master);
  await rehearsal.until(() => rehearsal.log(master, 'keeper').includes('fenced'), 'no fence', { timeoutMs: 3000 });
  mend(rehearsal, master);
  await rehearsal.until(() => rehearsal.log(master, 'keeper').includes('fence-lifted'), 'not lifted');
  await rehearsal.whole();
});

it('does not pause the writes of a strict master under load, while it forks, and while a replica copies everything', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  const replica = rehearsal.servers.find((pod) => pod !== master) ?? '';
  await populate(rehearsal, master, 200_000);
  const writer = rehearsal.writer({ perSecond: 0, writers: 4 });
  for (let round = 0; round < 2; round++) {
    await rehearsal.view.redis(master, 'BGREWRITEAOF');
    await rehearsal.crashPod(replica);
    rehearsal.loseVolume(replica);
    rehearsal.start([replica]);
    await rehearsal.whole();
  }
  const report = await writer.report();
  expect(report).toMatchObject({ lost: 0 });
  expect(rehearsal.log(master, 'keeper')).not.toContain('fenced');
});
