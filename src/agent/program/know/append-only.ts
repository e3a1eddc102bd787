import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Position } from '../decide/known.js';
import { UNTOLD } from '../decide/position.js';

/**
 * The key of the mark. An append-only file does not tell the replication offset. So the master's agent writes a mark every
 * second in which there were writes, into a database of its own: its reign, and how far that had come. It reaches the file of
 * each server at the same place among the writes, and what follows there is the same on all servers, byte for byte. So the
 * newest mark, and the number of bytes after it, tell who has more; the one that has most has all that the others have.
 */
export const MARK_KEY = 'agent:mark';
/** The last one; redis.conf says how many there are. */
export const MARK_DATABASE = 16;
/** What the key was called before; a file may still hold it. */
const OLD_MARK_KEY = 'keeper:mark';

/** The first is enough for most, and quick; there is a mark in the second unless the file was rewritten just after one. */
const TAILS = [2 ** 20, 16 * 2 ** 20];

/** What a server's append-only files consist of, from its manifest. */
export interface AppendOnlyFiles {
  readonly manifest: string;
  /** Names within the folder. */
  readonly base?: string;
  /** From the oldest to the newest; while a file is rewritten, two are in use. */
  readonly increments: readonly string[];
}

/** @returns undefined where the manifest is missing or names nothing */
export async function readManifest(folder: string, names: readonly string[]): Promise<AppendOnlyFiles | undefined> {
  const manifest = names.find((name) => name.endsWith('.manifest') && !name.startsWith('temp-'));
  if (manifest === undefined) return undefined;
  let base: string | undefined;
  const increments: string[] = [];
  for (const line of (await readFile(join(folder, manifest), 'utf8')).split('\n')) {
    const match = /^file "?(.+?)"? seq \d+ type ([bhi])\b/.exec(line);
    if (!match) continue;
    // It names files of its own folder.
    const name = basename(match[1] as string);
    if (match[2] === 'b') base = name;
    else if (match[2] === 'i') increments.push(name);
  }
  return base === undefined && increments.length === 0 ? undefined : { manifest, base, increments };
}

/** The folder of the append-only files, in that of the server's data. */
export const APPEND_ONLY = 'appendonlydir';

/** The name of the base, which is another after each rewrite; empty where there is none. */
export async function baseOf(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'redis', APPEND_ONLY);
  const names = await readdir(folder).catch(() => []);
  return (await readManifest(folder, names).catch(() => undefined))?.base ?? '';
}

/** How far the server had come whose files these are. */
export async function readPosition(folder: string, { increments }: AppendOnlyFiles): Promise<Position> {
  for (const bytes of TAILS) {
    const position = afterLastMark(await tailOf(folder, increments.slice(-2), bytes));
    if (position) return position;
  }
  return UNTOLD;
}

/** The last bytes of all these files, one after the other. */
async function tailOf(folder: string, names: readonly string[], bytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let left = bytes;
  for (const name of [...names].reverse()) {
    const path = join(folder, name);
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    const length = Math.min(size, left);
    if (length === 0) continue;
    parts.unshift(await readAt(path, size - length, length));
    left -= length;
  }
  return Buffer.concat(parts);
}

/** As many bytes as there are from that position on, up to `length`. */
export async function readAt(path: string, position: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const MARKS = [MARK_KEY, OLD_MARK_KEY].map((key) => Buffer.from(`${key}\r\n$`));
const LINE_END = '\r\n';

/** A mark is `EPOCH/OFFSET`, behind its length. */
function afterLastMark(tail: Buffer): Position | undefined {
  const [at, mark] = MARKS.map((pattern) => [tail.lastIndexOf(pattern), pattern] as const).reduce((last, next) =>
    next[0] > last[0] ? next : last,
  );
  if (at < 0) return undefined;
  const start = tail.indexOf(LINE_END, at + mark.length) + LINE_END.length;
  const end = tail.indexOf(LINE_END, start);
  if (start < LINE_END.length || end < 0) return undefined;
  const match = /^(\d{1,15})\/(\d{1,15})$/.exec(tail.toString('latin1', start, Math.min(end, start + 40)));
  if (!match) return undefined;
  const from = end + LINE_END.length;
  return { epoch: Number(match[1]), offset: Number(match[2]), bytes: tail.length - from - selectBytes(tail, from) };
}

const SELECT = '*2\r\n$6\r\nSELECT\r\n$';

/** A SELECT does not count: each server has its own where a file begins, and after a restart. */
function selectBytes(tail: Buffer, from: number): number {
  let bytes = 0;
  for (let at = tail.indexOf(SELECT, from); at >= 0; at = tail.indexOf(SELECT, at + 1)) {
    const rest = tail.toString('latin1', at + SELECT.length, at + SELECT.length + 8);
    const length = /^\d\r\n\d+\r\n/.exec(rest)?.[0].length;
    if (length !== undefined) bytes += SELECT.length + length;
  }
  return bytes;
}
