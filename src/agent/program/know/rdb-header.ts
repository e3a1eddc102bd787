import type { Engine } from '../settings.js';

/** How a snapshot begins: the format, and who wrote it. */
export interface RdbHeader {
  readonly magic: 'REDIS' | 'VALKEY';
  readonly version: number;
  /** `Redis 8.0.2`; undefined where it does not say. */
  readonly writer?: string;
}

/** So much is read of a file: the fields that tell who wrote it stand first. */
export const HEADER_BYTES = 512;

const AUXILIARY = 0xfa;

/** @returns undefined where this is no snapshot */
export function readRdbHeader(bytes: Buffer): RdbHeader | undefined {
  const match = /^(?:REDIS0?|VALKEY)(\d{3})/.exec(bytes.toString('latin1', 0, 9));
  if (!match) return undefined;
  const magic = bytes[0] === 0x52 ? 'REDIS' : 'VALKEY';
  return { magic, version: Number(match[1]), writer: writerOf(bytes) };
}

function writerOf(bytes: Buffer): string | undefined {
  let at = 9;
  while (bytes[at] === AUXILIARY) {
    const name = shortString(bytes, at + 1);
    const value = name && shortString(bytes, name.end);
    if (!value) return undefined;
    if (name.text === 'redis-ver') return `Redis ${value.text}`;
    if (name.text === 'valkey-ver') return `Valkey ${value.text}`;
    at = value.end;
  }
  return undefined;
}

/** Of up to 63 bytes, or a small number: all that these fields hold. */
function shortString(bytes: Buffer, at: number): { text: string; end: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x40) return { text: bytes.toString('latin1', at + 1, at + 1 + first), end: at + 1 + first };
  const width = [1, 2, 4][first - 0xc0];
  return width === undefined ? undefined : { text: '', end: at + 1 + width };
}

/** An engine as its `--version` line tells. */
export interface EngineVersion {
  readonly engine: Engine;
  readonly major: number;
  readonly minor: number;
  /** `Redis 8.0.2` */
  readonly name: string;
}

/** @param line `Redis server v=7.0.15 sha=…`, `Valkey server v=8.1.1 sha=…` */
export function parseEngineVersion(line: string): EngineVersion | undefined {
  const match = /^(Redis|Valkey) server v=((\d+)\.(\d+)\S*)/i.exec(line);
  if (!match) return undefined;
  const engine: Engine = /^valkey/i.test(match[1] as string) ? 'valkey' : 'redis';
  const name = `${engine === 'redis' ? 'Redis' : 'Valkey'} ${match[2]}`;
  return { engine, major: Number(match[3]), minor: Number(match[4]), name };
}

/** The first format of Valkey's own. Versions from 12 up to it are Redis' alone, and Valkey refuses them. */
const VALKEY_FORMAT = 80;

/**
 * The newest format of Redis' that it reads; those from before are all read.
 *
 * | engine            | format  | since                                         |
 * |-------------------|---------|-----------------------------------------------|
 * | Redis 7.0         | 10      | rdb.h of 7.0                                  |
 * | Redis 7.2, Valkey | 11      | rdb.h of 7.2; Valkey keeps it                 |
 * | Redis 7.4, 8.0    | 12      | rdb.h of 7.4                                  |
 * | Redis 8.6         | 13      | seen with 8.6.3                               |
 * | Redis 8.2, 8.4    | unknown | 12 or 13; what is newer is assumed to be read |
 * | later ones        | unknown | it grows; the same                            |
 */
function newestRead({ engine, major, minor }: EngineVersion): number {
  if (engine === 'valkey') return 11;
  if (major === 8 && minor === 6) return 13;
  if (major > 8 || (major === 8 && minor > 0)) return Number.POSITIVE_INFINITY;
  if (major === 8 || minor >= 4) return 12;
  return minor >= 2 ? 11 : 10;
}

/** Why the engine cannot read a snapshot of that format, in a person's words; undefined where it can, or may. */
export function whyUnreadable(file: string, header: RdbHeader, version: EngineVersion): string | undefined {
  if (canRead(header, version)) return undefined;
  const writer = header.writer ?? 'another engine';
  return (
    `${file} was written by ${writer} (format ${header.version}), which ${version.name} cannot read: ` +
    `give this topology ${writer} or newer again, or an empty volume to this pod, which then copies from the master`
  );
}

function canRead({ magic, version: format }: RdbHeader, version: EngineVersion): boolean {
  if (magic === 'REDIS') return format <= newestRead(version);
  if (version.engine === 'redis' || version.major < 9) return false;
  // Valkey 9 reads its first own format; of what comes after it nothing is known yet.
  return version.major > 9 || format <= VALKEY_FORMAT;
}
