import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Data } from '../decide/known.js';
import { NO_DATA, UNTOLD } from '../decide/position.js';
import { factPath } from '../paths.js';
import { APPEND_ONLY, type AppendOnlyFiles, readAt, readManifest, readPosition } from './append-only.js';
import { HEADER_BYTES, parseEngineVersion, readRdbHeader, whyUnreadable } from './rdb-header.js';

/** What is on the server's volume, and what only the driver looks at. */
export interface VolumeLook {
  readonly data: Data;
  /** Changes with any of the append-only files: a failure to load them is remembered for these, and no others. */
  readonly fingerprint: string;
  /** Bytes that a killed server left behind, and that are gone now; names for the log. */
  readonly removed: readonly string[];
}

/** A server ended while it read its file. */
export interface LoadFailure {
  readonly status: number;
  /** Of the file that it read; undefined: of what is there now. */
  readonly fingerprint?: string;
}

/** As much as the first file of a server may need where nothing else fits any more. */
const ROOM_BYTES = 65_536;
const SNAPSHOT = 'dump.rdb';
/** Of a rewrite or a full copy that a SIGKILL ended: of the size of the data each, and nobody else removes them. */
const LEFTOVER = /^temp-.*\.(rdb|aof|manifest)$/;
/** A snapshot ends in this, and eight bytes of check sum. */
const SNAPSHOT_END = 0xff;
const SNAPSHOT_TAIL = 9;

/** The folder of the data, beside the facts: `DATA_DIR/redis`. */
export class Volume {
  private readonly dir: string;

  constructor(
    private readonly dataDir: string,
    private readonly persistent: boolean,
    /** Whether the data is in a snapshot alone, without append-only files. */
    private readonly snapshots = false,
  ) {
    this.dir = join(dataDir, 'redis');
  }

  /** @throws where nothing can be written there; in a person's words */
  async makeRoom(): Promise<void> {
    await assertRoom(this.dir);
  }

  /** @param version the engine's `--version` line */
  async look(version: string, failure: LoadFailure | undefined): Promise<VolumeLook> {
    const removed = await this.removeLeftovers();
    if (this.snapshots) return { ...(await this.lookAtSnapshot(version, failure)), removed };
    const folder = join(this.dir, APPEND_ONLY);
    const names = (await readdir(folder).catch(() => [])).sort();
    const fingerprint = await fingerprintOf(folder, names);
    const firstStart = await exists(factPath(this.dataDir, 'first-start'));
    const hasFiles = this.persistent && (await hasContent(folder, names));
    if (!hasFiles) return { data: { there: false, firstStart, position: NO_DATA }, fingerprint, removed };
    const files = await readManifest(folder, names).catch(() => undefined);
    // What was there as a full copy was taken; once there is another, that holds the copy.
    const copiedOver = await readFile(factPath(this.dataDir, 'outdated'), 'utf8').catch(() => undefined);
    const outdated = copiedOver !== undefined && copiedOver === (files?.base ?? '');
    const isWritten = copiedOver !== undefined && !outdated;
    // Files that never held a whole copy are no data; but a server that cannot load them would end over and over again.
    const there = isWritten || !(await exists(factPath(this.dataDir, 'incomplete')));
    const fault = files
      ? await faultOf(folder, files, version, isOf(failure, fingerprint) ? failure : undefined)
      : { fault: 'its append-only files have no manifest that can be read' };
    const position = there && files && !fault ? await readPosition(folder, files) : NO_DATA;
    return { data: { there, firstStart, position, ...(outdated && { outdated }), ...fault }, fingerprint, removed };
  }

  /** A snapshot does not tell how far its server had come: any is more than an empty volume, and none is more than another. */
  private async lookAtSnapshot(
    version: string,
    failure: LoadFailure | undefined,
  ): Promise<Pick<VolumeLook, 'data' | 'fingerprint'>> {
    const names = [SNAPSHOT];
    const fingerprint = await fingerprintOf(this.dir, names);
    const firstStart = await exists(join(this.dataDir, 'redis.first-start'));
    const there = !(await exists(join(this.dataDir, 'redis.incomplete'))) && (await hasContent(this.dir, names));
    if (!there) return { data: { there, firstStart, position: NO_DATA }, fingerprint };
    const file = { manifest: SNAPSHOT, base: SNAPSHOT, increments: [] };
    const fault = await faultOf(this.dir, file, version, isOf(failure, fingerprint) ? failure : undefined);
    return { data: { there, firstStart, position: fault ? NO_DATA : UNTOLD, ...fault }, fingerprint };
  }

  /** Puts what cannot be read aside, in the place of what was put aside before: once the data's size at the most. */
  async setAside(): Promise<string> {
    const data = this.snapshots ? SNAPSHOT : APPEND_ONLY;
    const damaged = join(this.dir, `${data}.damaged`);
    await rm(damaged, { recursive: true, force: true });
    await rename(join(this.dir, data), damaged);
    await rm(factPath(this.dataDir, 'outdated'), { force: true });
    return damaged;
  }

  /**
   * Puts back what was put aside last.
   * @returns undefined where nothing was, or a server has begun other files meanwhile, and not just a copy of its master's
   */
  async putBack(): Promise<string | undefined> {
    const data = join(this.dir, this.snapshots ? SNAPSHOT : APPEND_ONLY);
    const damaged = `${data}.damaged`;
    if (!(await exists(damaged))) return undefined;
    const isCopy = await exists(factPath(this.dataDir, 'incomplete'));
    if ((await exists(data)) && !isCopy) return undefined;
    await rm(data, { recursive: true, force: true });
    await rename(damaged, data);
    return data;
  }

  private async removeLeftovers(): Promise<string[]> {
    const removed: string[] = [];
    for (const folder of [this.dir, join(this.dir, APPEND_ONLY)]) {
      for (const name of await readdir(folder).catch(() => [])) {
        // Without persistence a server would still load the snapshot that a full copy once left behind.
        const stale = !this.persistent && folder === this.dir && name === SNAPSHOT;
        if (!LEFTOVER.test(name) && !stale) continue;
        const path = join(folder, name);
        const { size } = await stat(path);
        await rm(path, { force: true });
        removed.push(`${name}(${size})`);
      }
    }
    return removed;
  }
}

/** @throws in a person's words */
export async function assertRoom(dir: string): Promise<void> {
  const room = join(dir, '.room');
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeFile(room, Buffer.alloc(ROOM_BYTES));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `volume: ${dir} cannot be written by uid ${process.getuid?.()}: it is read-only, full, or lacks fsGroup (${code}); nothing was started`,
    );
  } finally {
    await rm(room, { force: true }).catch(() => {});
  }
}

function isOf(failure: LoadFailure | undefined, fingerprint: string): boolean {
  return failure !== undefined && (failure.fingerprint ?? fingerprint) === fingerprint;
}

type Fault = Pick<Data, 'fault' | 'foreign'> | undefined;

async function faultOf(
  folder: string,
  files: AppendOnlyFiles,
  versionLine: string,
  failure: LoadFailure | undefined,
): Promise<Fault> {
  const { base, increments, manifest } = files;
  for (const name of base === undefined ? increments : [base, ...increments]) {
    if (!(await exists(join(folder, name)))) return { fault: `${name} is missing, which ${manifest} names` };
  }
  const foreign = base && (await foreignFault(folder, base, versionLine));
  if (foreign) return { fault: foreign, foreign: true };
  const cut = base && (await cutShort(folder, base));
  if (cut) return { fault: cut };
  if (!failure) return undefined;
  return {
    fault: `its files could not be loaded (status ${failure.status}; the log of the redis container says why)`,
  };
}

async function foreignFault(folder: string, base: string, versionLine: string): Promise<string | undefined> {
  const header = readRdbHeader(await readAt(join(folder, base), 0, HEADER_BYTES));
  const version = parseEngineVersion(versionLine);
  return header && version ? whyUnreadable(base, header, version) : undefined;
}

async function cutShort(folder: string, base: string): Promise<string | undefined> {
  const path = join(folder, base);
  const { size } = await stat(path);
  if (size === 0) return `${base} is empty`;
  const isSnapshot = readRdbHeader(await readAt(path, 0, HEADER_BYTES)) !== undefined;
  if (!isSnapshot) return undefined;
  const [first] = await readAt(path, Math.max(0, size - SNAPSHOT_TAIL), 1);
  return first === SNAPSHOT_END ? undefined : `${base} is cut short`;
}

async function fingerprintOf(folder: string, names: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const name of names) {
    const file = await stat(join(folder, name)).catch(() => undefined);
    if (file) parts.push(`${name}:${file.size}:${Math.floor(file.mtimeMs)}`);
  }
  return parts.join(' ');
}

async function hasContent(folder: string, names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    const file = await stat(join(folder, name)).catch(() => undefined);
    if (file && file.size > 0) return true;
  }
  return false;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
