import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type KubernetesObject, Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { ALL, fill, kept } from '../engines/support/data.js';
import { NO_GUARD, NO_HAND_OVER, NO_PRIORITY_RULE, type Sabotage, sabotaged } from '../faults/sabotage.js';
import { topologyOf } from '../faults/topologies.js';
import { endsWithTest } from '../support/ends-with.js';

// What the fault suite does on a cluster to be sure that it finds lost writes, without one: each protection switched off,
// and its fault. Where nothing is lost then, the suite would prove nothing either.

async function wholeWithout(sabotage: Sabotage) {
  const manifest = await sabotaged(topologyOf('default', 'redis'), sabotage);
  const rehearsal = await Rehearsal.create(manifest.objects as KubernetesObject[]);
  endsWithTest(rehearsal);
  rehearsal.start();
  const master = await rehearsal.whole();
  await fill(rehearsal, master);
  return { rehearsal, master };
}

it('without the guard, all is lost when all pods stop and the master comes back empty', async () => {
  const { rehearsal, master } = await wholeWithout(NO_GUARD);
  await Promise.all(rehearsal.servers.map((server) => rehearsal.crashPod(server)));
  rehearsal.loseVolume(master);
  rehearsal.start();
  await rehearsal.whole();
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(0);
});

it('without the priority rule, all is lost when the master dies while its only replica synchronises', async () => {
  const { rehearsal, master } = await wholeWithout(NO_PRIORITY_RULE);
  // 2000 keys, at each of which the master sleeps 4 ms while it makes the copy: 8 s.
  await rehearsal.view.redis(master, 'EVAL', "for i = 1, 2000 do redis.call('SET', 'f:' .. i, i) end", '0');
  await rehearsal.view.redis(master, 'CONFIG', 'SET', 'rdb-key-save-delay', '4000');
  const [fresh, other] = rehearsal.servers.filter((server) => server !== master) as [string, string];
  rehearsal.killServer(other, 'SIGSTOP');
  await rehearsal.crashPod(fresh);
  rehearsal.loseVolume(fresh);
  rehearsal.start([fresh]);
  await rehearsal.until(
    async () => /master_sync_in_progress:1/.test(String(await rehearsal.view.redis(fresh, 'INFO', 'replication'))),
    'no synchronisation is under way',
  );
  rehearsal.killServer(master);
  expect(await rehearsal.masterOtherThan(master)).toBe(fresh);
  rehearsal.killServer(other, 'SIGCONT');
  await rehearsal.whole();
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(0);
});

it('with the plain FAILOVER of Sentinel in its place, a hand-over loses acknowledged writes', async () => {
  const { rehearsal, master } = await wholeWithout(NO_HAND_OVER);
  const writer = rehearsal.writer();
  await sleep(1000);
  await rehearsal.replacePod(master);
  await rehearsal.whole();
  expect((await writer.report()).lost).toBeGreaterThan(0);
});

it('with all of them, the same hand-over loses none', async () => {
  const rehearsal = await Rehearsal.create(topologyOf('default', 'redis').objects as KubernetesObject[]);
  endsWithTest(rehearsal);
  rehearsal.start();
  const master = await rehearsal.whole();
  await fill(rehearsal, master);
  const writer = rehearsal.writer();
  await sleep(1000);
  await rehearsal.replacePod(master);
  await rehearsal.whole();
  expect((await writer.report()).lost).toBe(0);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});
