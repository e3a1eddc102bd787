import { writeSync } from 'node:fs';

/**
 * Writes a line to standard output. Not `console.log`: to set up `process.stdout` takes node as long as to write a
 * manifest.
 */
export function print(text: string): void {
  printBytes(Buffer.from(`${text}\n`));
}

export function printBytes(bytes: Buffer): void {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A pipe that does not block, and is full: `process.stdout` knows how to wait. A reader that went away wants no more.
    if (code === 'EAGAIN') process.stdout.write(bytes.subarray(written));
    else if (code !== 'EPIPE') throw error;
  }
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}
