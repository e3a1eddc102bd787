import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { wholeRehearsal } from './support/rehearsed.js';

const DOWN_AFTER = 3000;

it.each(['system', 'busybox'] as const)(
  'ends a strict master that hangs before another can be elected, and switches at once, in the %s shell',
  async (shell) => {
    const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT }, { shell });
    const writer = rehearsal.writer();
    await rehearsal.until(() => writer.acks.length > 200, 'no writes');
    const stopped = rehearsal.killServer(master, 'SIGSTOP');
    await rehearsal.until(() => rehearsal.log(master, 'redis').includes('kill reason=hung'), 'it was not ended');
    expect(performance.now() - stopped).toBeLessThan(DOWN_AFTER);
    await rehearsal.until(
      () => writer.firstAfter(stopped + 500) !== undefined,
      () => `no writes: ${writer.lastError}`,
    );
    // Sentinel alone: down-after and 1.2 s more.
    expect(performance.now() - stopped).toBeLessThan(DOWN_AFTER + 700);
    await rehearsal.whole();
    expect(await writer.report()).toMatchObject({ lost: 0 });
    expect(rehearsal.log(master, 'keeper')).toContain('reason=it-hangs');
  },
);

it('leaves a strict master alone that stalls for less than max-lag', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  for (let round = 0; round < 3; round++) {
    rehearsal.killServer(master, 'SIGSTOP');
    await sleep(1200);
    rehearsal.killServer(master, 'SIGCONT');
    await sleep(1000);
  }
  expect(await rehearsal.view.role(master)).toBe('master');
  expect(rehearsal.log(master, 'keeper')).not.toContain('ended-server');
});

it('gives a server that starts anew the time that it takes, whatever the one before it did', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  rehearsal.container(master, 'redis').hold();
  rehearsal.killServer(master);
  await rehearsal.masterOtherThan(master);
  // Longer than a master may be silent; and the next one answers nothing yet when it listens, as one that loads a large file.
  await sleep(3000);
  rehearsal.container(master, 'redis').release();
  await rehearsal.until(
    () => rehearsal.log(master, 'redis').split('Ready to accept connections').length > 2,
    'it does not start',
  );
  rehearsal.killServer(master, 'SIGSTOP');
  await sleep(4000);
  expect(rehearsal.log(master, 'redis')).not.toContain('redis-start kill');
  rehearsal.killServer(master, 'SIGCONT');
  await rehearsal.whole();
});

it('leaves a hanging master to the Sentinels where the topology is not strict', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  rehearsal.killServer(master, 'SIGSTOP');
  await rehearsal.masterOtherThan(master);
  expect(rehearsal.log(master, 'redis')).not.toContain('redis-start kill');
  rehearsal.killServer(master, 'SIGCONT');
  await rehearsal.whole();
});
