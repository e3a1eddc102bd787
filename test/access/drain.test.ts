import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../src/access/scripts/drain.sh');

/** What the script calls, in this order; `kill`, which the shell has itself, is a function of that name. */
function calls(args: readonly string[]): { status: number | null; log: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'drain-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const log = join(folder, 'log');
  writeFileSync(log, '');
  const fake = join(folder, 'sleep');
  writeFileSync(fake, `#!/bin/sh\necho "sleep $*" >> ${log}\n`);
  chmodSync(fake, 0o755);
  const text = `kill() { echo "kill $*" >> ${log}; }\n${readFileSync(SCRIPT, 'utf8')}`;
  const { status } = spawnSync('/bin/sh', ['-c', text, 'drain.sh', ...args], {
    env: { PATH: `${folder}:${process.env.PATH}` },
  });
  return { status, log: readFileSync(log, 'utf8').trim().split('\n') };
}

it('takes connections for a while, has HAProxy stop softly, and stays until it has', () => {
  expect(calls(['5', '52'])).toEqual({ status: 0, log: ['sleep 5', 'kill -USR1 1', 'sleep 52'] });
});

it('does nothing without its times', () => {
  const { status, log } = calls([]);
  expect(status).not.toBe(0);
  expect(log).toEqual(['']);
});
