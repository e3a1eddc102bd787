import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** What became of one file of the output folder. */
export type Change = 'new' | 'changed' | 'unchanged' | 'removed';

/** Files of this form are written, and are removed when their topology is gone. All others are left alone. */
const SUFFIX = '.k8s.yaml';
/** On every object that is written here, so a file without it came from somebody else. */
const OURS = 'app.kubernetes.io/managed-by: cdk8s-redis-sentinel';
const STAGING = '.synth-';
/** No run takes longer; a staging folder that is older was left by one that was killed. */
const HOUR_MS = 3_600_000;

/**
 * The files of an output folder, replaced together or not at all.
 *
 * They are first written in full to a hidden folder inside the output folder (inside, as that is the one place sure to
 * be on the same file system), so that a full disk is found before anything is touched. `commit` then puts each in its
 * place by a rename, and takes all back when one fails. A reader never sees half a file; the folder itself is never gone.
 * A kill in the midst of the renames, some microseconds, leaves some files new and others old: run it again.
 */
export class Output {
  private stagingFolder: string | undefined;
  private readonly created: string | undefined;
  private readonly staged: string[] = [];
  private readonly kept = new Set<string>();
  private removals: readonly string[] = [];

  constructor(private readonly folder: string) {
    this.created = mkdirSync(folder, { recursive: true });
    removeLeftovers(folder);
  }

  private get staging(): string {
    this.stagingFolder ??= mkdtempSync(join(this.folder, `${STAGING}${process.pid}-`));
    return this.stagingFolder;
  }

  /** Says what `commit` will do with the file. */
  add(name: string, bytes: Buffer): Change {
    const file = name + SUFFIX;
    this.kept.add(file);
    const before = readIfThere(join(this.folder, file));
    if (before?.equals(bytes)) return 'unchanged';
    writeFileSync(join(this.staging, file), bytes);
    this.staged.push(file);
    return before ? 'changed' : 'new';
  }

  /** Files of ours that were not added: their topologies are gone. `commit` removes them. */
  removeOthers(): string[] {
    const others = readdirSync(this.folder)
      .filter((file) => file.endsWith(SUFFIX) && !this.kept.has(file))
      .filter((file) => readIfThere(join(this.folder, file))?.includes(OURS))
      .sort();
    this.removals = others;
    return others.map((file) => file.slice(0, -SUFFIX.length));
  }

  commit(): void {
    const undo: (() => void)[] = [];
    try {
      for (const file of this.staged) {
        undo.push(this.backUp(file));
        renameSync(join(this.staging, file), join(this.folder, file));
      }
      for (const file of this.removals) {
        undo.push(this.backUp(file));
        rmSync(join(this.folder, file));
      }
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    } finally {
      this.removeStaging();
    }
  }

  /** Leaves the folder as it was found. */
  discard(): void {
    this.removeStaging();
    if (this.created !== undefined) rmSync(this.created, { recursive: true, force: true });
  }

  private removeStaging(): void {
    if (this.stagingFolder !== undefined) rmSync(this.stagingFolder, { recursive: true, force: true });
  }

  /** Returns what brings the file back as it is now. */
  private backUp(file: string): () => void {
    const place = join(this.folder, file);
    const backup = join(this.staging, `${file}.before`);
    if (!statSync(place, { throwIfNoEntry: false })) return () => rmSync(place, { force: true });
    try {
      linkSync(place, backup);
    } catch {
      // Not every file system has hard links.
      copyFileSync(place, backup);
    }
    return () => renameSync(backup, place);
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(STAGING)) continue;
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) continue;
    const owner = Number.parseInt(name.slice(STAGING.length), 10);
    if (!isAlive(owner) || Date.now() - stats.mtimeMs > HOUR_MS) rmSync(path, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
