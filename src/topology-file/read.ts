import { isUtf8 } from 'node:buffer';
import { readFileSync, readSync, statSync } from 'node:fs';

/** A topology of every word there is takes 3 kB; what is larger is another kind of file, or meant to do harm. */
const MAX_BYTES = 64 * 1024;

/** Named in the place of a file: standard input. */
export const STDIN = '-';

/** The file's text, or an error whose message says what to do (without the file's name, which the caller puts before it). */
export function readTopologyText(path: string): string {
  if (path === STDIN) return decoded(readStandardInput());
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
  return decoded(readBytes(path));
}

function decoded(bytes: Buffer): string {
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

/** To its end, or to the byte that is too much. */
function readStandardInput(): Buffer {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(MAX_BYTES + 1);
  for (let size = 0; size <= MAX_BYTES; ) {
    const count = readSome(chunk);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(Buffer.from(chunk.subarray(0, count)));
    size += count;
  }
  throw new Error(`a topology has at most ${MAX_BYTES / 1024} KiB, standard input has more`);
}

function readSome(chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(0, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw new Error(`standard input cannot be read (${code})`);
      // Who writes has made the pipe one that does not wait.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
