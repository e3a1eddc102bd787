import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that was started for a run of tests. */
export interface Left {
  readonly pid: number;
  /** What it was started as. */
  readonly command: string;
}

/**
 * The processes that have to do with a folder: they work in it, or their arguments or environment name it. Not those that
 * descend from this one, which end with it.
 */
export function processesOf(folder: string): Left[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers
    .filter((pid) => !isOurs(pid) && concerns(pid, folder))
    .map((pid) => ({ pid: Number(pid), command: part(pid, 'cmdline').replaceAll('\0', ' ').trim() }));
}

/** What is still there of them once they have had some time to end. */
export async function leftBehind(folder: string, patienceMs = 5000): Promise<Left[]> {
  const end = performance.now() + patienceMs;
  let left = processesOf(folder);
  while (left.length > 0 && performance.now() < end) {
    await sleep(100);
    left = processesOf(folder);
  }
  return left;
}

function concerns(pid: string, folder: string): boolean {
  return part(pid, 'cmdline').includes(folder) || part(pid, 'environ').includes(folder) || cwd(pid).startsWith(folder);
}

function isOurs(pid: string): boolean {
  for (let at = pid; at !== '' && at !== '0'; at = parentOf(at)) if (Number(at) === process.pid) return true;
  return false;
}

function parentOf(pid: string): string {
  return (
    part(pid, 'stat')
      .replace(/^.*\) /s, '')
      .split(' ')[1] ?? ''
  );
}

function cwd(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function part(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    // It has ended.
    return '';
  }
}
