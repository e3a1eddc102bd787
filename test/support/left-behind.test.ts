import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { leftBehind, processesOf } from './left-behind.js';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'left-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

/** Started by a shell that has ended since. */
function orphan(command: string, options: object): number {
  const pid = Number(
    execFileSync('sh', ['-c', `${command} >/dev/null 2>&1 & echo $!`], { ...options, encoding: 'utf8' }),
  );
  onTestFinished(() => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  });
  return pid;
}

it.each([
  ['works in the folder', (at: string) => orphan('exec sleep 100', { cwd: at })],
  ['has it in its environment', (at: string) => orphan('exec sleep 100', { env: { ...process.env, TMPDIR: at } })],
  ['has it among its arguments', (at: string) => orphan(`exec tail -f /dev/null ${at}/file`, {})],
])('finds a process that %s, until it has ended', async (_, start) => {
  const at = folder();
  const pid = start(at);
  const found = await leftBehind(at, 200);
  expect(found.map((left) => left.pid)).toContain(pid);
  expect(found[0]?.command).toMatch(/^(sleep 100|tail -f .*)$/);
  process.kill(pid, 'SIGKILL');
  expect(await leftBehind(at)).toEqual([]);
});

it('leaves out what descends from this process, and ends with it', async () => {
  const at = folder();
  const child = spawn('sleep', ['100'], { cwd: at });
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(readFileSync(`/proc/${child.pid}/stat`, 'utf8')).not.toBe('');
  expect(processesOf(at)).toEqual([]);
});

it('finds nothing where there is nothing', () => {
  expect(processesOf(folder())).toEqual([]);
});
