import { setTimeout as sleep } from 'node:timers/promises';
import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';
import type { Profile } from '../../../src/topology/profile.js';
import { fill } from './data.js';
import { wholeRehearsal } from './rehearsed.js';

/** All that are left answer as candidates, long before the master is missed for good. */
export const SOON = { environment: { WHEN_ABANDONED_AFTER: '5' } };

/** A topology whose master is not the first server, with data. */
export async function moved(
  profile: Profile,
  surroundings?: { readonly environment: Readonly<Record<string, string>> },
): Promise<{ rehearsal: Rehearsal; master: string }> {
  const { rehearsal, master: first } = await wholeRehearsal({ profile }, surroundings);
  await fill(rehearsal, first);
  rehearsal.killServer(first);
  await rehearsal.masterOtherThan(first);
  return { rehearsal, master: await rehearsal.whole() };
}

export async function crashAll(rehearsal: Rehearsal): Promise<void> {
  await Promise.all(rehearsal.servers.map((pod) => rehearsal.crashPod(pod)));
}

/**
 * All pods stop; one replica was behind by a few writes, and by less than the agents look around in. The master does not come
 * back.
 */
export async function stoppedWithOneBehind(
  rehearsal: Rehearsal,
  master: string,
  ahead: string,
  behind: string,
): Promise<void> {
  await fill(rehearsal, master);
  // Long enough for marks.
  await sleep(3000);
  rehearsal.killServer(behind, 'SIGSTOP');
  // The same command again and again: no other trace than the number of bytes.
  for (let time = 0; time < 3; time++) await rehearsal.view.redis(master, 'INCR', 'counter');
  await rehearsal.until(async () => (await rehearsal.view.redis(ahead, 'GET', 'counter')) === '3', 'replica lags');
  await crashAll(rehearsal);
}
