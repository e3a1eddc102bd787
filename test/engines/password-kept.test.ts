import { expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { Sentinels } from '../../src/topology/sentinels.js';
import { said, timesSaid } from './support/agent.js';
import { accepting, NEW, OLD, roll, startWithOld } from './support/passwords.js';
import { acknowledged } from './support/reigns.js';

it('replaces a master that crashes, or hands over, while only one pod has the new password', async () => {
  const { rehearsal, master } = await startWithOld({ profile: Profile.STRICT });
  const writer = rehearsal.writer({ password: OLD });
  await acknowledged(rehearsal, writer, 100);
  rehearsal.changePassword(NEW);
  rehearsal.refreshSecret(master);
  await said(rehearsal, 'password-changed', [master]);
  rehearsal.killServer(master);
  const second = await rehearsal.masterOtherThan(master);
  // Containers that start again begin with what their pod knows.
  for (const pod of rehearsal.sentinels) rehearsal.killServer(pod, 'SIGKILL', 'sentinel');
  expect(await rehearsal.whole()).toBe(second);
  expect([await accepting(rehearsal, OLD), await accepting(rehearsal, NEW)]).toEqual([6, 2]);

  await rehearsal.replacePod(second);
  expect(timesSaid(rehearsal, second, 'handed-over')).toBe(1);
  // The successor has never heard of the old one.
  for (const pod of rehearsal.servers) rehearsal.refreshSecret(pod);
  const third = await rehearsal.whole();
  expect(third).not.toBe(second);
  expect(await writer.report()).toMatchObject({ lost: 0 });
}, 120_000);

it('ignores a new password that cannot be one, and leaves everything as it was when it is changed back', async () => {
  const { rehearsal, master } = await startWithOld();
  const bringToAll = (password: string) => {
    rehearsal.changePassword(password);
    for (const pod of rehearsal.servers) rehearsal.refreshSecret(pod);
  };
  bringToAll('');
  await said(rehearsal, "password-ignored reason=the Secret's value is empty");
  bringToAll('secret\n');
  await said(rehearsal, "a trailing one comes from 'echo'");
  rehearsal.killServer(master);
  rehearsal.killServer(master, 'SIGKILL', 'sentinel');
  await said(rehearsal, 'start-replica', [master]);
  await rehearsal.until(async () => (await accepting(rehearsal, OLD)) === 6, 'the old one is refused');

  bringToAll(NEW);
  await said(rehearsal, 'password-used');
  bringToAll(OLD);
  for (const pod of rehearsal.servers) {
    await rehearsal.until(() => timesSaid(rehearsal, pod, 'password-used') === 2, `${pod} does not use the old one`);
  }
  expect(await rehearsal.whole()).not.toBe(master);
  expect(await accepting(rehearsal, OLD)).toBe(6);
}, 120_000);

it('changes it in pods of Sentinels alone too', async () => {
  const { rehearsal, master } = await startWithOld({
    servers: 2,
    sentinels: Sentinels.separate({ count: 3 }),
    writeSafety: { minReplicasToWrite: 0 },
  });
  rehearsal.changePassword(NEW);
  for (const pod of rehearsal.pods) rehearsal.refreshSecret(pod);
  await said(rehearsal, 'password-used');
  expect([await accepting(rehearsal, OLD), await accepting(rehearsal, NEW)]).toEqual([5, 5]);
  expect(await rehearsal.whole()).toBe(master);
  await roll(rehearsal, rehearsal.sentinels);
  await roll(rehearsal);
  expect([await accepting(rehearsal, OLD), await accepting(rehearsal, NEW)]).toEqual([0, 5]);
}, 120_000);
