import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';

/** A topology of every word there is takes 3 kB; what is larger is another kind of file, or meant to do harm. */
const MAX_BYTES = 64 * 1024;

/** The file's text, or an error whose message says what to do (without the file's name, which the caller puts before it). */
export function readTopologyText(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new Error('there is no such file');
  if (stats.isDirectory())
    throw new Error(`this is a folder; name the files in it: ${path.replace(/\/+$/, '')}/*.yaml`);
  if (!stats.isFile()) throw new Error('this is not a regular file');
  if (stats.size > MAX_BYTES) {
    throw new Error(
      `a topology file has at most ${MAX_BYTES / 1024} KiB, this one has ${Math.ceil(stats.size / 1024)} KiB`,
    );
  }
  const bytes = readBytes(path);
  if (!isUtf8(bytes) || bytes.includes(0)) throw new Error('this is not UTF-8 text; save the file as UTF-8');
  return bytes.toString('utf8');
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(code === 'EACCES' ? 'permission to read the file is denied' : `the file cannot be read (${code})`);
  }
}
