import { expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { said } from './support/agent.js';
import { accepting, NEW, OLD, roll, startWithOld } from './support/passwords.js';
import { acknowledged, epochOf, reigns } from './support/reigns.js';

it('is changed by a roll of the pods: no write is lost, and both are accepted until then', async () => {
  const { rehearsal, master } = await startWithOld({ profile: Profile.STRICT });
  const before = rehearsal.writer({ password: OLD });
  const epoch = await epochOf(rehearsal, master);
  rehearsal.changePassword(NEW);
  for (const pod of rehearsal.servers) {
    rehearsal.refreshSecret(pod);
    await said(rehearsal, 'password-changed accepted-by=server,sentinel', [pod]);
    // All the time with what the pod's own processes know.
    expect(await rehearsal.ready(pod)).toBe(true);
    expect(await accepting(rehearsal, OLD)).toBe(6);
  }
  await said(rehearsal, 'password-used towards=all by=server,sentinel');
  expect([await accepting(rehearsal, OLD), await accepting(rehearsal, NEW)]).toEqual([6, 6]);
  expect(await rehearsal.whole()).toBe(master);
  expect(await epochOf(rehearsal, master)).toBe(epoch);
  expect(await before.report()).toMatchObject({ lost: 0 });
  expect(reigns(before.acks)).toEqual([master]);

  const after = rehearsal.writer({ password: NEW });
  await roll(rehearsal);
  expect(await after.report()).toMatchObject({ lost: 0 });
  expect(reigns(after.acks).length).toBeLessThanOrEqual(3);
  expect([await accepting(rehearsal, OLD), await accepting(rehearsal, NEW)]).toEqual([0, 6]);
  expect(await rehearsal.verify()).toMatchObject({ code: 0 });
}, 150_000);

it('lets a pod that was rolled too early wait for the others, and go on by itself', async () => {
  const { rehearsal, master } = await startWithOld();
  const writer = rehearsal.writer({ password: OLD });
  await acknowledged(rehearsal, writer, 100);
  const [first, second] = rehearsal.servers.filter((pod) => pod !== master) as [string, string];
  rehearsal.changePassword(NEW);
  await rehearsal.replacePod(first);
  await said(rehearsal, "refuse this pod's password", [first]);
  expect(await rehearsal.view.role(first)).toBe('down');
  rehearsal.refreshSecret(master);
  await said(rehearsal, 'password-changed', [master]);
  rehearsal.refreshSecret(second);
  expect(await rehearsal.whole()).toBe(master);
  await said(rehearsal, 'password-used', [master, second]);
  expect(await writer.report()).toMatchObject({ lost: 0 });
}, 120_000);
