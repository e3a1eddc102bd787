import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leftBehind } from './left-behind.js';

/**
 * Before all tests of a run: a folder for everything temporary, by which all is known that belongs to the run. After them:
 * no process may be left behind; one that is makes the run fail, and is ended.
 */
export default function setup(): (() => Promise<void>) | undefined {
  // Each project does this; the run is the first one's.
  if (process.env.TEST_RUN_FOLDER !== undefined) return;
  const usual = process.env.TMPDIR;
  const folder = mkdtempSync(join(tmpdir(), 'tests-'));
  process.env.TEST_RUN_FOLDER = folder;
  process.env.TMPDIR = folder;
  return async () => {
    const left = await leftBehind(folder);
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    delete process.env.TEST_RUN_FOLDER;
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    if (left.length === 0) return;
    // What a teardown throws is told, but does not make the run fail.
    process.exitCode = 1;
    throw new Error(`left behind by the tests:\n${left.map(({ pid, command }) => `  ${pid} ${command}`).join('\n')}`);
  };
}
