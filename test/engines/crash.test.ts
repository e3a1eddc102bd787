import { expect, it } from 'vitest';
import { Persistence } from '../../src/topology/persistence.js';
import { Profile } from '../../src/topology/profile.js';
import { said, timesSaid } from './support/agent.js';
import { ALL, fill, kept } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { acknowledged, epochOf, reigns } from './support/reigns.js';

it.each(['system', 'busybox'] as const)(
  'replaces a killed master at once, and hands over before a planned stop, under full load in the %s shell',
  async (shell) => {
    const { rehearsal, master: first } = await wholeRehearsal({ profile: Profile.STRICT }, { shell });
    const writer = rehearsal.writer({ perSecond: 0, confirm: true });
    await acknowledged(rehearsal, writer, 500);
    const epoch = await epochOf(rehearsal, first);

    rehearsal.killServer(first);
    const second = await rehearsal.masterOtherThan(first);
    expect(await rehearsal.whole()).toBe(second);
    // By the agent of its pod, and not after down-after by the Sentinels: one promotion.
    await said(rehearsal, 'reason=server-gone', [first]);
    expect(timesSaid(rehearsal, first, 'reason=server-gone')).toBe(1);
    expect(await epochOf(rehearsal, second)).toBe(epoch + 1);

    await acknowledged(rehearsal, writer, 500);
    await rehearsal.replacePod(second);
    const third = await rehearsal.whole();
    expect(third).not.toBe(second);
    await said(rehearsal, 'handed-over', [second]);
    expect(timesSaid(rehearsal, second, 'handed-over')).toBe(1);
    expect(await epochOf(rehearsal, third)).toBe(epoch + 2);
    const paused = /handed-over .*writes-paused=(\d+)ms/.exec(rehearsal.log(second, 'agent'))?.[1];
    expect(Number(paused)).toBeLessThan(3000);

    await acknowledged(rehearsal, writer, 500);
    const report = await writer.report();
    expect(report).toMatchObject({ lostConfirmed: 0 });
    // What the planned stop acknowledged is kept without any confirmation.
    expect(report.lostWrites.filter(({ server }) => server === second)).toEqual([]);
    expect(reigns(writer.acks)).toEqual([first, second, third]);
  },
);

it('never lets a master that came back empty wipe its replicas', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  await fill(rehearsal, master);
  await rehearsal.crashPod(master);
  rehearsal.loseVolume(master);
  rehearsal.start([master]);
  const heir = await rehearsal.masterOtherThan(master);
  expect(await rehearsal.whole()).toBe(heir);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);

  // Nor is a replica promoted that was never filled: the last master comes back instead.
  const [fresh, other] = rehearsal.servers.filter((pod) => pod !== heir) as [string, string];
  await rehearsal.crashPod(other);
  await rehearsal.crashPod(fresh);
  rehearsal.loseVolume(fresh);
  await rehearsal.crashPod(heir);
  rehearsal.start([fresh, heir]);
  await rehearsal.until(async () => (await rehearsal.view.role(heir)) === 'master', 'the last master is not back');
  rehearsal.start([other]);
  expect(await rehearsal.whole()).toBe(heir);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

it('never lets a master without persistence wipe its replicas, and starts a cache anew when all of its pods were lost', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.CACHE, persistence: Persistence.none() });
  await fill(rehearsal, master);
  rehearsal.killServer(master);
  await rehearsal.masterOtherThan(master);
  await rehearsal.whole();
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
  await Promise.all(rehearsal.servers.map((pod) => rehearsal.crashPod(pod)));
  rehearsal.start();
  const anew = await rehearsal.whole(60_000);
  expect(await kept(rehearsal, anew)).toBe(0);
}, 120_000);
