import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { timesSaid } from './support/agent.js';
import { leadAstray } from './support/astray.js';
import { ALL, fill, kept } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { epochOf } from './support/reigns.js';
import { onVolume } from './support/volume.js';

it('stays the same voter over restarts, with the master and the epoch of before, and learns them where its volume is lost', async () => {
  const { rehearsal, master: first } = await wholeRehearsal();
  const { sentinels, view } = rehearsal;
  await fill(rehearsal, first);
  const identities = () => Promise.all(sentinels.map((pod) => view.sentinel(pod, 'SENTINEL', 'MYID')));
  const before = await identities();

  // One that missed the very first failover knows that there was data, but no epoch: what it says of the master must not weigh
  // as much as an election.
  await rehearsal.until(() => existsSync(onVolume(rehearsal, first, 'sentinel/had-data')), 'not noted');
  await rehearsal.container(first, 'sentinel').terminate(1000);
  rehearsal.killServer(first);
  const master = await rehearsal.masterOtherThan(first);
  rehearsal.container(first, 'sentinel').start();
  expect(await rehearsal.whole()).toBe(master);
  const epoch = await epochOf(rehearsal, master);
  expect(epoch).toBeGreaterThan(1);

  for (let round = 0; round < 2; round++) {
    for (const pod of sentinels) rehearsal.killServer(pod, 'SIGKILL', 'sentinel');
    await rehearsal.until(
      async () =>
        (await Promise.all(sentinels.map((pod) => view.sentinelView(pod)))).every((seen) => seen.master === master),
      'the Sentinels are not back',
    );
  }
  expect(await rehearsal.whole()).toBe(master);
  expect(await identities()).toEqual(before);
  expect(await epochOf(rehearsal, master)).toBe(epoch);
  expect(timesSaid(rehearsal, master, `remembered master=${rehearsal.sites.addressOf(master)}`)).toBeGreaterThan(1);

  const other = rehearsal.servers.find((pod) => pod !== master) ?? '';
  // At the very first start one may have adopted what others had already begun with.
  const adopted = timesSaid(rehearsal, other, 'adopted master=');
  await rehearsal.crashPod(other);
  rehearsal.loseVolume(other);
  rehearsal.start([other]);
  expect(await rehearsal.whole()).toBe(master);
  expect(await epochOf(rehearsal, other)).toBe(epoch);
  expect(timesSaid(rehearsal, other, 'adopted master=')).toBe(adopted + 1);

  // Without ghosts among the voters, a failover still succeeds.
  await rehearsal.crashPod(master);
  const heir = await rehearsal.masterOtherThan(master);
  expect(await kept(rehearsal, heir)).toBe(ALL);
});

it('that names a replica in the epoch of all others names their master again, and no server notices', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  const { view } = rehearsal;
  const [other = '', wrong = ''] = rehearsal.servers.filter((pod) => pod !== master);
  const named = async () => (await view.sentinelView(wrong)).master;
  await fill(rehearsal, master);
  const epoch = await epochOf(rehearsal, master);
  await leadAstray(rehearsal, wrong, master, other);
  expect(await named()).toBe(other);

  await rehearsal.until(async () => (await named()) === master, 'it is not settled', { timeoutMs: 30_000 });
  expect(await rehearsal.whole()).toBe(master);
  expect(await epochOf(rehearsal, wrong)).toBe(epoch + 2);
  expect(timesSaid(rehearsal, master, 'settled-disagreement')).toBe(1);
  expect(await kept(rehearsal, master)).toBe(ALL);
  for (const pod of rehearsal.servers) {
    for (const word of ['switched', 'demote', 'proclaimed']) expect(timesSaid(rehearsal, pod, word)).toBe(0);
  }
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

it('tells all Sentinels of a promotion by one of them, and of none that a person made', async () => {
  const { rehearsal, master: first } = await wholeRehearsal();
  const replica = rehearsal.servers.find((pod) => pod !== first) as string;
  await rehearsal.view.redis(replica, 'REPLICAOF', 'NO', 'ONE');
  // Its Sentinels make it a replica again.
  expect(await rehearsal.whole()).toBe(first);
  const proclaimed = () => rehearsal.servers.filter((pod) => timesSaid(rehearsal, pod, 'proclaimed epoch=') > 0);
  expect(proclaimed()).toEqual([]);

  // The agents would be first: they are stopped until a Sentinel has promoted a replica. It notices by itself with an INFO that
  // comes within 0 to 1 s, and now and then is first.
  let master = first;
  for (let round = 0; round < 5 && proclaimed().length === 0; round++) {
    const others = rehearsal.servers.filter((pod) => pod !== master);
    for (const pod of others) rehearsal.signalAgent(pod, 'SIGSTOP');
    await rehearsal.crashPod(master);
    const heir = await rehearsal.masterOtherThan(master);
    for (const pod of others) rehearsal.signalAgent(pod, 'SIGCONT');
    rehearsal.start([master]);
    expect(await rehearsal.whole()).toBe(heir);
    master = heir;
  }
  expect(proclaimed().length).toBeGreaterThan(0);
}, 120_000);
