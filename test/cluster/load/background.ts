import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { sleep } from './client.js';

/** The files by which a load in the background is watched and told, all beside its history. */
export interface Files {
  readonly history: string;
  /** Whoever makes it ends the load. */
  readonly stop: string;
  /** The load makes it when each of its writers has had its first acknowledgement. */
  readonly flowing: string;
  /** The load makes it last; it holds its exit code. */
  readonly ended: string;
  readonly log: string;
}

export const filesOf = (history: string): Files => ({
  history,
  stop: `${history}.stop`,
  flowing: `${history}.flowing`,
  ended: `${history}.ended`,
  log: `${history}.log`,
});

/** Starts this program's `write` on its own, and returns when writes flow. */
export async function start(files: Files, args: readonly string[], patienceMs: number): Promise<void> {
  for (const file of Object.values(files)) rmSync(file, { force: true });
  const log = openSync(files.log, 'w');
  spawn(process.execPath, [process.argv[1] as string, 'write', ...args], {
    detached: true,
    stdio: ['ignore', log, log],
  }).unref();
  await appearance(files.flowing, files, patienceMs, 'no acknowledged write of each writer');
}

/** Ends the load, and returns when all is read back and written. */
export async function stop(files: Files, patienceMs: number): Promise<void> {
  writeFileSync(files.stop, '');
  await appearance(files.ended, files, patienceMs, 'the load has not read everything back');
  const code = readFileSync(files.ended, 'utf8');
  if (code !== '0') throw new Error(`the load ended with ${code}: ${tail(files.log)}`);
}

/** @throws with the complaint where the load has ended without making that file, or time is up */
export async function appearance(
  file: string,
  files: Files,
  patienceMs: number,
  complaint: string,
  exists: (path: string) => boolean = existsSync,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    // Before the look at the file, which may come in between.
    const isOver = exists(files.ended) || Date.now() > deadline;
    if (exists(file)) return;
    if (isOver) throw new Error(`${complaint} in ${patienceMs} ms: ${tail(files.log)}`);
    await sleep(20);
  }
}

const tail = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8').slice(-2000) : '');
