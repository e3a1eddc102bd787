import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ALL, fill, kept } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';

it('stays the same voter over restarts: no ghosts, and a failover still succeeds', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  await fill(rehearsal, master);
  const identities = await Promise.all(
    rehearsal.sentinels.map((pod) => rehearsal.view.sentinel(pod, 'SENTINEL', 'MYID')),
  );
  for (let round = 0; round < 2; round++) {
    for (const pod of rehearsal.sentinels) rehearsal.killServer(pod, 'SIGKILL', 'sentinel');
    await rehearsal.until(
      async () =>
        (await Promise.all(rehearsal.sentinels.map((pod) => rehearsal.view.sentinelView(pod)))).every((v) => v.master),
      'the Sentinels are not back',
    );
  }
  await rehearsal.whole();
  expect(await Promise.all(rehearsal.sentinels.map((pod) => rehearsal.view.sentinel(pod, 'SENTINEL', 'MYID')))).toEqual(
    identities,
  );
  await rehearsal.crashPod(master);
  const heir = await rehearsal.masterOtherThan(master);
  expect(await kept(rehearsal, heir)).toBe(ALL);
});

it('agrees with the others again when it missed the very first failover', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  // It knows that there was data, but no epoch: what it says of the master must not weigh as much as an election.
  await rehearsal.until(() => existsSync(join(rehearsal.folder, master, 'volumes/data/sentinel/had-data')), 'no mark');
  await rehearsal.container(master, 'sentinel').terminate(1000);
  rehearsal.killServer(master);
  const heir = await rehearsal.masterOtherThan(master);
  rehearsal.container(master, 'sentinel').start();
  expect(await rehearsal.whole()).toBe(heir);
});

it('remembers the master and the epoch of before', async () => {
  const { rehearsal, master: first } = await wholeRehearsal();
  rehearsal.killServer(first);
  await rehearsal.masterOtherThan(first);
  const master = await rehearsal.whole();
  const before = await rehearsal.view.sentinelView(master);
  rehearsal.killServer(master, 'SIGKILL', 'sentinel');
  await rehearsal.until(async () => (await rehearsal.view.sentinelView(master)).master === master, 'another master');
  expect((await rehearsal.view.sentinelView(master)).configEpoch).toBe(before.configEpoch);
  expect(rehearsal.log(master, 'sentinel')).toContain(`remembered master=${rehearsal.sites.addressOf(master)}`);
});

it('learns master and epoch from the others when its volume is lost', async () => {
  const { rehearsal, master: first } = await wholeRehearsal();
  rehearsal.killServer(first);
  await rehearsal.masterOtherThan(first);
  const master = await rehearsal.whole();
  const epoch = (await rehearsal.view.sentinelView(master)).configEpoch;
  expect(epoch).toBeGreaterThan(0);
  const other = rehearsal.servers.find((pod) => pod !== master) ?? '';
  await rehearsal.crashPod(other);
  rehearsal.loseVolume(other);
  rehearsal.start([other]);
  expect(await rehearsal.whole()).toBe(master);
  expect((await rehearsal.view.sentinelView(other)).configEpoch).toBe(epoch);
  expect(rehearsal.log(other, 'sentinel')).toContain('adopted master=');
});

it('holds back from elections when it forgot its votes and another Sentinel cannot be asked', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  const [forgetful, hanging] = rehearsal.servers.filter((pod) => pod !== master) as [string, string];
  await rehearsal.crashPod(forgetful);
  rehearsal.loseVolume(forgetful);
  rehearsal.killServer(hanging, 'SIGSTOP', 'sentinel');
  rehearsal.start([forgetful]);
  await rehearsal.until(() => rehearsal.log(forgetful, 'sentinel').includes('holding-back'), 'it does not hold back');
  rehearsal.killServer(hanging, 'SIGCONT', 'sentinel');
  expect((await rehearsal.view.sentinelView(forgetful)).master).toBeUndefined();
  expect(await rehearsal.whole()).toBe(master);
});

it('has the poll periods and the tilt period that the topology names', async () => {
  const { rehearsal } = await wholeRehearsal();
  const reply = await rehearsal.view.sentinel('cache-1', 'SENTINEL', 'DEBUG');
  const words = (Array.isArray(reply) ? reply.flat() : []).map(String);
  const value = (name: string) => words[words.indexOf(name) + 1];
  expect([value('TILT-PERIOD'), value('INFO-PERIOD'), value('ASK-PERIOD'), value('PING-PERIOD')]).toEqual([
    '5000',
    '1000',
    '500',
    '500',
  ]);
});
