import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { promote, said } from './support/agent.js';
import { SOON, stoppedWithOneBehind } from './support/all-stopped.js';
import { ALL, kept } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';

it('waits for a person in strict where a majority does not know exactly how far it had come', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT }, SOON);
  const [ahead, rest] = rehearsal.servers.filter((pod) => pod !== master) as [string, string];
  await stoppedWithOneBehind(rehearsal, master, ahead, rest);
  rehearsal.loseVolume(rest);
  rehearsal.start([rest, ahead]);
  await said(rehearsal, 'is not certain (1 of 3 servers know', [ahead]);
  // As long again as it takes where it is certain.
  await sleep(12_000);
  expect(await Promise.all([rest, ahead].map((pod) => rehearsal.view.role(pod)))).toEqual(['replica', 'replica']);
  expect(await promote(rehearsal, ahead)).toMatchObject({ code: 0 });
  await rehearsal.until(async () => (await rehearsal.view.role(ahead)) === 'master', 'the order is not carried out');
  expect(await kept(rehearsal, ahead)).toBe(ALL);
});
