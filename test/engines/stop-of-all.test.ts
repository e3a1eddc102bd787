import { expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { promote, said } from './support/agent.js';
import { crashAll, moved } from './support/all-stopped.js';
import { ALL, fill, kept } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';

it('comes back with the last master and all data after a stop of all pods, also where a replica lost its volume', async () => {
  const { rehearsal, master } = await moved(Profile.STRICT);
  await crashAll(rehearsal);
  rehearsal.start();
  expect(await rehearsal.whole()).toBe(master);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
  await crashAll(rehearsal);
  expect(master).not.toBe('cache-0');
  rehearsal.loseVolume('cache-0');
  rehearsal.start();
  expect(await rehearsal.whole()).toBe(master);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

it('does not start the first server empty when it lost its volume in a stop of all pods; a person may go on', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  expect(master).toBe('cache-0');
  await fill(rehearsal, master);
  // There is a master: nothing to take upon oneself.
  expect((await promote(rehearsal, 'cache-1')).code).not.toBe(0);
  await crashAll(rehearsal);
  rehearsal.loseVolume(master);
  rehearsal.start();
  await said(rehearsal, 'waiting this master has lost its data', [master]);
  expect(await Promise.all(rehearsal.servers.map((pod) => rehearsal.view.role(pod)))).toEqual(['down', 'down', 'down']);
  // A person gives up what only the lost volume had: the server that is told to becomes master, with its own data.
  expect(await promote(rehearsal, 'cache-1')).toMatchObject({ code: 0 });
  expect(await rehearsal.whole()).toBe('cache-1');
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});
