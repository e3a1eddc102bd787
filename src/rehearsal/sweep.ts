import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, processesInside, signalAll } from './processes.js';

/** Every rehearsal's folder in the system's folder for temporary files begins so. */
export const FOLDER_PREFIX = 'redis-sentinel-rehearsal-';
const OWNER = 'owner';

/** Notes in a rehearsal's folder which process it belongs to. */
export function own(folder: string): void {
  writeFileSync(join(folder, OWNER), `${process.pid} ${processNamespace()}`);
}

/** Leaves the folder to people: no later rehearsal sweeps it away. */
export function disown(folder: string): void {
  rmSync(join(folder, OWNER), { force: true });
}

/**
 * Clears up after rehearsals that were themselves killed by SIGKILL and could not do it: ends the processes that work
 * inside the folder of an owner that is gone, and removes the folder. Never touches anything else.
 */
export function sweep(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(FOLDER_PREFIX))) {
    const folder = join(tmpdir(), name);
    if (!existsSync(join(folder, OWNER)) || ownerLives(folder)) continue;
    signalAll(processesInside(folder), 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownerLives(folder: string): boolean {
  try {
    const [pid, namespace] = readFileSync(join(folder, OWNER), 'utf8').split(' ');
    // A container that shares the folder for temporary files cannot see the processes of the others.
    return namespace !== processNamespace() || isAlive(Number(pid));
  } catch {
    // Another rehearsal is sweeping it right now.
    return true;
  }
}

function processNamespace(): string {
  return readlinkSync('/proc/self/ns/pid');
}
