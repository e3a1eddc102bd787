import { expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { said } from './support/agent.js';
import { SOON, stoppedWithOneBehind } from './support/all-stopped.js';
import { ALL, kept } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';

it.each([
  ['strict', Profile.STRICT, 'cache-1', 'cache-2'],
  ['default', Profile.DEFAULT, 'cache-2', 'cache-1'],
] as const)(
  'promotes in %s, when the last master does not return, the one that came further by less than a second',
  async (_, profile, ahead, behind) => {
    const { rehearsal, master } = await wholeRehearsal({ profile }, SOON);
    expect(master).toBe('cache-0');
    await stoppedWithOneBehind(rehearsal, master, ahead, behind);
    rehearsal.start([behind, ahead]);
    await rehearsal.until(async () => (await rehearsal.view.role(ahead)) === 'master', 'nobody is promoted');
    await said(rehearsal, 'reason=came-furthest', [ahead]);
    expect(await rehearsal.view.redis(ahead, 'GET', 'counter')).toBe('3');
    expect(await kept(rehearsal, ahead)).toBe(ALL);
    rehearsal.start([master]);
    expect(await rehearsal.whole()).toBe(ahead);
  },
);
