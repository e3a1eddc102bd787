import { expect, it } from 'vitest';
import { ALL, fill, kept } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';

it.each(['system', 'busybox'] as const)(
  'tells all Sentinels of a promotion before the one that ordered it has noticed, in the %s shell',
  { timeout: 120_000 },
  async (shell) => {
    const { rehearsal, master: first } = await wholeRehearsal({}, { shell });
    await fill(rehearsal, first);
    let master = first;
    const proclaimed = () =>
      rehearsal.servers.map((pod) => rehearsal.log(pod, 'keeper').match(/ proclaimed /g)?.length ?? 0);
    // Sentinel notices by itself with an INFO that comes within 0 to 1 s: now and then it is first.
    for (let round = 0; round < 4; round++) {
      await rehearsal.crashPod(master);
      const heir = await rehearsal.masterOtherThan(master);
      rehearsal.start([master]);
      expect(await rehearsal.whole()).toBe(heir);
      master = heir;
    }
    expect(proclaimed().reduce((a, b) => a + b, 0)).toBeGreaterThan(0);
    expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
  },
);

it('proclaims nothing where a person has promoted a replica', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  const replica = rehearsal.servers.find((pod) => pod !== master) as string;
  await rehearsal.view.redis(replica, 'REPLICAOF', 'NO', 'ONE');
  // Its Sentinels make it a replica again.
  expect(await rehearsal.whole()).toBe(master);
  expect(rehearsal.log(replica, 'keeper')).not.toMatch(/proclaimed|Illegal number/);
});
