import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Nobody but this pod's user reads what may hold a password. */
const PRIVATE = 0o600;

/** For the pod's memory volume: whoever reads sees the old content or the new one, never half of it. */
export function replaceFile(path: string, text: string): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: PRIVATE });
  renameSync(draft, path);
}

/** The same for the data volume, where it must outlive a loss of power; it does not block the agent while the disk is slow. */
export async function replaceFileOnDisk(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, 'w', PRIVATE);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncDirectory(dirname(path));
}

/** Makes what was created, renamed or removed in a directory outlive a loss of power. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** The text of a small file; undefined where there is none, or where it cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

export function remove(path: string): void {
  rmSync(path, { force: true });
}

export function writePrivate(path: string, text: string): void {
  writeFileSync(path, text, { mode: PRIVATE });
}
