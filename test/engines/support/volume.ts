import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';

/** A path on the pod's data volume. */
export function onVolume(rehearsal: Rehearsal, pod: string, ...path: string[]): string {
  return join(rehearsal.folder, pod, 'volumes/data', ...path);
}

/** The newest append-only file of that kind. */
export function appendOnlyFile(rehearsal: Rehearsal, pod: string, kind: 'base' | 'incr'): string {
  const folder = onVolume(rehearsal, pod, 'redis/appendonlydir');
  const number = (name: string) => Number(/\.(\d+)\./.exec(name)?.[1]);
  const [newest] = readdirSync(folder)
    .filter((name) => name.includes(`.${kind}.`))
    .sort((a, b) => number(b) - number(a));
  if (!newest) throw new Error(`${pod} has no ${kind} file in ${folder}`);
  return join(folder, newest);
}

/** As a bad sector does: a piece in the middle is not what was written. Wherever it begins, no command goes on like this. */
export function overwriteMiddle(path: string): void {
  const bytes = readFileSync(path);
  if (bytes.length < 200) throw new Error(`${path} has no middle: ${bytes.length} bytes`);
  bytes.fill('#\n', Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 64);
  writeFileSync(path, bytes);
}

/** As a file system does that has lost its end. */
export function cut(path: string, keep: (size: number) => number): void {
  const { length } = readFileSync(path);
  truncateSync(path, keep(length));
}

/** The number of the format in the first bytes of an RDB file: `REDIS0010`; returns what was there. */
export function setRdbVersion(path: string, version: string): string {
  const bytes = readFileSync(path);
  const before = bytes.toString('latin1', 5, 9);
  bytes.write(version, 5, 'latin1');
  writeFileSync(path, bytes);
  return before;
}

/** Adds a line to the configuration that the pod has just been given; only right after it was started. */
export function addToConfiguration(rehearsal: Rehearsal, pod: string, line: string): void {
  const path = join(rehearsal.folder, pod, 'volumes/config/redis.conf');
  if (!existsSync(path)) throw new Error(`${path} is not there`);
  appendFileSync(path, `\n${line}\n`);
}

/** May file systems be mounted here? As root of a machine; not in most containers. */
export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0;
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
}

/** An empty file system of that size, such as `64m`, in the place of the folder, until the test ends. */
export function mountSmall(folder: string, size: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
  // Lazily: what still has files open there ends after it.
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
}
