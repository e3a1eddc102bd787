import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** A folder of programs of which `redis-cli` stops the server named in the file `armed`, once, before it asks what holds `word`. */
function tripwire(word: string): { searchPath: string; armed: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tripwire-'));
  const armed = join(folder, 'armed');
  const real = spawnSync('sh', ['-c', 'command -v redis-cli'], { encoding: 'utf8' }).stdout.trim();
  const trip = `case "$*" in *${word}*) if pid=$(cat ${armed} 2>/dev/null); then kill -STOP "$pid" && rm ${armed}; fi ;; esac`;
  writeFileSync(join(folder, 'redis-cli'), `#!/bin/sh\n${trip}\nexec ${real} "$@"\n`, { mode: 0o755 });
  return { searchPath: `${folder}:${process.env.PATH}`, armed };
}

// The mark waited for its own answer in vain, and so did a look at the Secret after it: a second was gone when the silence began
// to count, and only then two more.
it('counts the silence of a strict master from the first question without an answer, the mark too', async () => {
  const { searchPath, armed } = tripwire('keeper:mark');
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT }, { searchPath });
  const info = await rehearsal.view.info(master, 'server');
  writeFileSync(`${armed}.new`, info.process_id ?? '');
  renameSync(`${armed}.new`, armed);
  await rehearsal.until(() => !existsSync(armed), 'it asks for no mark', { everyMs: 5 });
  const stopped = performance.now();
  await rehearsal.until(() => rehearsal.log(master, 'redis').includes('kill reason=hung'), 'it was not ended');
  // max-lag; half a second more is that of a question without an answer.
  expect(performance.now() - stopped).toBeLessThan(2450);
  await rehearsal.whole();
});

// The answer to the question before WAIT was taken for WAIT's: a server that hung just between the two was held for well once
// more, which cost most of the second that there is between max-lag and an election.
it.each([
  ['nothing', 'hangs', ''],
  ['the first of two questions', 'hangs', '1\n'],
  ['both', 'is well', '0\n1\n'],
])('takes a server that has answered %s for one that %s', (_what, verdict, answers) => {
  const script = '. "$1"; ask_server() { printf "$ANSWERS"; }; if fence; then echo is well; else echo hangs; fi';
  const fence = join(import.meta.dirname, '../../src/keeper/scripts/keeper-fence.sh');
  const { stdout } = spawnSync('sh', ['-c', script, 'sh', fence], {
    env: { PATH: process.env.PATH, ANSWERS: answers, MIN_REPLICAS: '1', HANDING_OVER: '/nonexistent' },
    encoding: 'utf8',
  });
  expect(stdout.trim()).toBe(verdict);
});
