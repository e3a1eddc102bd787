import { describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { Profile } from '../../src/topology/profile.js';
import { ALL, fill, kept } from './support/data.js';
import { rehearsed, wholeRehearsal } from './support/rehearsed.js';

/** A topology whose master is not the first server, with data. */
async function moved(profile: Profile): Promise<{ rehearsal: Rehearsal; master: string }> {
  const { rehearsal, master: first } = await wholeRehearsal({ profile });
  await fill(rehearsal, first);
  rehearsal.killServer(first);
  await rehearsal.masterOtherThan(first);
  return { rehearsal, master: await rehearsal.whole() };
}

async function crashAll(rehearsal: Rehearsal): Promise<void> {
  await Promise.all(rehearsal.servers.map((pod) => rehearsal.crashPod(pod)));
}

it('comes back with the last master and all data after a stop of all pods', async () => {
  const { rehearsal, master } = await moved(Profile.STRICT);
  await crashAll(rehearsal);
  rehearsal.start();
  expect(await rehearsal.whole()).toBe(master);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

it('does not start the first server empty when it lost its volume in a stop of all pods', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  expect(master).toBe('cache-0');
  await fill(rehearsal, master);
  await crashAll(rehearsal);
  rehearsal.loseVolume(master);
  rehearsal.start();
  await rehearsal.until(
    () => rehearsal.log(master, 'redis').includes('waiting this master has lost its data'),
    'the empty master does not say that it waits',
  );
  expect(await Promise.all(rehearsal.servers.map((pod) => rehearsal.view.role(pod)))).toEqual(['down', 'down', 'down']);
  // A person gives up what only the lost volume had: the server that is told to becomes master, with its own data.
  const told = await rehearsal.container('cache-1', 'redis').execute(PROMOTE, 10_000);
  expect(told).toMatchObject({ code: 0 });
  expect(await rehearsal.whole()).toBe('cache-1');
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

it('keeps the data when a replica lost its volume in a stop of all pods', async () => {
  const { rehearsal, master } = await moved(Profile.STRICT);
  await crashAll(rehearsal);
  rehearsal.loseVolume('cache-0');
  rehearsal.start();
  expect(await rehearsal.whole()).toBe(master);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

it('goes on by order of a person before the time is over, and takes no order where a master is there', async () => {
  const { rehearsal, master } = await moved(Profile.STRICT);
  const [heir, other] = rehearsal.servers.filter((pod) => pod !== master) as [string, string];
  expect(await rehearsal.container(heir, 'redis').execute(PROMOTE, 10_000)).toMatchObject({ code: 1 });
  await crashAll(rehearsal);
  rehearsal.start([heir, other]);
  await rehearsal.until(
    () => rehearsal.log(heir, 'redis').includes('after 120 s the one that came furthest is'),
    'it does not say what it waits for',
  );
  expect(await rehearsal.container(heir, 'redis').execute(PROMOTE, 10_000)).toMatchObject({ code: 0 });
  await rehearsal.until(async () => (await rehearsal.view.role(heir)) === 'master', 'the order is not carried out');
  expect(await kept(rehearsal, heir)).toBe(ALL);
  rehearsal.start([master]);
  expect(await rehearsal.whole()).toBe(heir);
});

/** Both that are left answer as candidates, long before the master is missed for good. */
const SOON = { environment: { WHEN_ABANDONED_AFTER: '5' } };

/**
 * All pods stop; one replica was behind by a single write, and by less than the keepers look around in. The master does not
 * come back. Returns the two replicas.
 */
async function stoppedWithOneBehind(
  rehearsal: Rehearsal,
  behind: 'first' | 'last',
): Promise<{ ahead: string; rest: string }> {
  rehearsal.start();
  const master = await rehearsal.whole();
  await fill(rehearsal, master);
  const replicas = rehearsal.servers.filter((pod) => pod !== master);
  const [rest, ahead] = (behind === 'first' ? replicas : replicas.reverse()) as [string, string];
  // Long enough for marks.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  rehearsal.killServer(rest, 'SIGSTOP');
  // The same command again and again: no other trace than the number of bytes.
  for (let time = 0; time < 3; time++) await rehearsal.view.redis(master, 'INCR', 'counter');
  await rehearsal.until(async () => (await rehearsal.view.redis(ahead, 'GET', 'counter')) === '3', 'replica lags');
  await crashAll(rehearsal);
  return { ahead, rest };
}

describe('a replica was behind by less than a second', () => {
  it.each([
    ['first', 'system'],
    ['last', 'system'],
    ['first', 'busybox'],
  ] as const)(
    'promotes in strict the other one, which has every confirmed write: the %s was behind, in the %s shell',
    async (behind, shell) => {
      const rehearsal = await rehearsed({ profile: Profile.STRICT }, { ...SOON, shell });
      const { ahead, rest } = await stoppedWithOneBehind(rehearsal, behind);
      rehearsal.start([rest, ahead]);
      await rehearsal.until(async () => (await rehearsal.view.role(ahead)) === 'master', 'nobody is promoted');
      await rehearsal.until(() => rehearsal.log(ahead, 'keeper').includes('reason=came-furthest'), 'without a reason');
      expect(await rehearsal.view.redis(ahead, 'GET', 'counter')).toBe('3');
      expect(await kept(rehearsal, ahead)).toBe(ALL);
    },
  );
});

it('waits for a person in strict where a majority does not know exactly how far it had come', async () => {
  const rehearsal = await rehearsed({ profile: Profile.STRICT }, SOON);
  const { ahead, rest } = await stoppedWithOneBehind(rehearsal, 'first');
  rehearsal.loseVolume(rest);
  rehearsal.start([rest, ahead]);
  await rehearsal.until(
    () => rehearsal.log(ahead, 'keeper').includes('is not certain (1 of 3 servers know'),
    'it does not say what is missing',
  );
  // As long again as it takes where it is certain.
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  expect(await Promise.all([rest, ahead].map((pod) => rehearsal.view.role(pod)))).toEqual(['replica', 'replica']);
  expect(await rehearsal.container(ahead, 'redis').execute(PROMOTE, 10_000)).toMatchObject({ code: 0 });
  await rehearsal.until(async () => (await rehearsal.view.role(ahead)) === 'master', 'the order is not carried out');
  expect(await kept(rehearsal, ahead)).toBe(ALL);
});

it('promotes the server that came furthest when the last master does not return', async () => {
  const rehearsal = await rehearsed({ profile: Profile.DEFAULT }, SOON);
  rehearsal.start();
  const first = await rehearsal.whole();
  await fill(rehearsal, first);
  // cache-2 misses the last writes.
  await rehearsal.crashPod('cache-2');
  await rehearsal.view.redis(first, 'SET', 'last', 'write');
  await rehearsal.until(async () => (await rehearsal.view.redis('cache-1', 'GET', 'last')) === 'write', 'replica lags');
  await crashAll(rehearsal);
  rehearsal.start(['cache-2', 'cache-1']);
  await rehearsal.until(async () => (await rehearsal.view.role('cache-1')) === 'master', 'nobody is promoted');
  expect(rehearsal.log('cache-1', 'keeper')).toContain('reason=came-furthest');
  expect(await kept(rehearsal, 'cache-1')).toBe(ALL);
  expect(await rehearsal.view.redis('cache-1', 'GET', 'last')).toBe('write');
  rehearsal.start([first]);
  expect(await rehearsal.whole()).toBe('cache-1');
});

it('starts a cache anew when all of its pods were lost', async () => {
  const { rehearsal } = await wholeRehearsal({ profile: Profile.CACHE });
  await crashAll(rehearsal);
  rehearsal.start();
  await rehearsal.whole();
});

/** The documented command; the shell finds its folder in the container's environment. */
const PROMOTE = ['/bin/sh', '-c', 'exec sh "$CONFIG_DIR/promote.sh"'];
