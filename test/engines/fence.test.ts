import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { Profile } from '../../src/topology/profile.js';
import { timesSaid } from './support/agent.js';
import { populate } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { acknowledged, reigns } from './support/reigns.js';

/** Cuts the master off as a partition does: the others' processes get no time, so no packet is answered or refused. */
function cutOff(rehearsal: Rehearsal, master: string): void {
  for (const pod of rehearsal.servers.filter((name) => name !== master)) rehearsal.freeze(pod);
}

function mend(rehearsal: Rehearsal, master: string): void {
  for (const pod of rehearsal.servers.filter((name) => name !== master)) rehearsal.thaw(pod);
}

// WAIT counts what replicas confirmed long ago (on Redis 8, and in older ones where nobody writes): an idle master never seemed
// to be cut off.
it('pauses the writes of a strict master that is cut off, be it idle or busy, and lifts it after', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  const until = (line: string, times: number) =>
    rehearsal.until(() => timesSaid(rehearsal, master, line) >= times, `no ${line}`);
  cutOff(rehearsal, master);
  await until('fenced answering=', 1);
  mend(rehearsal, master);
  await until('fence-lifted', 1);
  expect(await rehearsal.whole()).toBe(master);

  const writer = rehearsal.writer();
  await acknowledged(rehearsal, writer, 200);
  cutOff(rehearsal, master);
  await until('fenced answering=', 2);
  // Another is elected after down-after, 3 s, at the earliest; by then the writes stand still.
  // What was acknowledged before may be heard a moment later, on a busy machine.
  await sleep(200);
  const silent = writer.acks.length;
  await sleep(500);
  expect(writer.acks.length).toBe(silent);
  mend(rehearsal, master);
  await until('fence-lifted', 2);
  await acknowledged(rehearsal, writer, 100);
  await rehearsal.whole();
  expect(await writer.report()).toMatchObject({ lost: 0 });
});

it('does not pause the writes of a strict master under load, while it forks, and while a replica copies everything', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  const replica = rehearsal.servers.find((pod) => pod !== master) ?? '';
  await populate(rehearsal, master, 100_000);
  const writer = rehearsal.writer({ perSecond: 0, writers: 4 });
  await acknowledged(rehearsal, writer, 100);
  for (let round = 0; round < 2; round++) {
    await rehearsal.view.redis(master, 'BGREWRITEAOF');
    await rehearsal.crashPod(replica);
    rehearsal.loseVolume(replica);
    rehearsal.start([replica]);
    await rehearsal.whole();
  }
  expect(await writer.report()).toMatchObject({ lost: 0 });
  expect(reigns(writer.acks)).toEqual([master]);
  expect(timesSaid(rehearsal, master, 'fenced')).toBe(0);
  expect(timesSaid(rehearsal, master, 'ended-server')).toBe(0);
});
