import {
  copyFileSync,
  type Dirent,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** What became of one file of the output folder. */
export type Change = 'new' | 'changed' | 'unchanged' | 'removed';

/** Files of this form are removed from the folder itself when their topology is gone. All others are left alone. */
const SUFFIX = '.k8s.yaml';
/** In every file that is written beside the objects, such as a kustomization. */
export const MADE_BY = 'Made by cdk8s-redis-sentinel';
/** A file that has neither this, which is on every object, nor the words above came from somebody else. */
const OURS = ['app.kubernetes.io/managed-by: cdk8s-redis-sentinel', MADE_BY];
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

  /**
   * Says what `commit` will do with the file.
   * @param file its place below the folder
   */
  add(file: string, bytes: Buffer): Change {
    this.kept.add(file);
    const before = readIfThere(join(this.folder, file));
    if (before?.equals(bytes)) return 'unchanged';
    const staged = join(this.staging, file);
    mkdirSync(dirname(staged), { recursive: true });
    writeFileSync(staged, bytes);
    this.staged.push(file);
    return before ? 'changed' : 'new';
  }

  /** Manifests of ours in the folder itself that were not added: their topologies are gone. `commit` removes them. */
  removeOthers(): string[] {
    const others = readdirSync(this.folder)
      .filter((file) => file.endsWith(SUFFIX))
      .filter((file) => this.isLeftOver(file))
      .sort();
    this.removals = [...this.removals, ...others];
    return others;
  }

  /**
   * Files of ours in the folder's own folders that were not added. `commit` removes them, and the folders that are then
   * empty.
   * @param only these folders. @default - all of them
   * @returns the folders of which nothing is to stay
   */
  removeOthersInFolders(only?: readonly string[]): string[] {
    const folders = entriesOf(this.folder)
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .filter((name) => only === undefined || only.includes(name))
      .sort();
    return folders.filter((folder) => {
      const files = filesBelow(this.folder, folder, DEPTH);
      const others = files.filter((file) => this.isLeftOver(file));
      this.removals = [...this.removals, ...others];
      const stays = [...this.kept].some((file) => file.startsWith(join(folder, '/')));
      return !stays && others.length > 0 && others.length === files.length;
    });
  }

  private isLeftOver(file: string): boolean {
    if (this.kept.has(file)) return false;
    const bytes = readIfThere(join(this.folder, file));
    return OURS.some((mark) => bytes?.includes(mark));
  }

  commit(): void {
    const undo: (() => void)[] = [];
    try {
      for (const file of this.staged) {
        const created = mkdirSync(dirname(join(this.folder, file)), { recursive: true });
        if (created !== undefined) undo.push(() => rmSync(created, { recursive: true, force: true }));
        undo.push(this.backUp(file));
        renameSync(join(this.staging, file), join(this.folder, file));
      }
      for (const file of this.removals) {
        undo.push(this.backUp(file));
        rmSync(join(this.folder, file));
      }
      for (const file of this.removals) removeEmptyFolders(this.folder, dirname(file));
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
    mkdirSync(dirname(backup), { recursive: true });
    try {
      linkSync(place, backup);
    } catch {
      // Not every file system has hard links.
      copyFileSync(place, backup);
    }
    return () => renameSync(backup, place);
  }
}

/** A chart has its templates two folders down; nothing of ours is deeper. */
const DEPTH = 2;

/** @returns paths from `root` */
function filesBelow(root: string, folder: string, depth: number): string[] {
  if (depth === 0) return [];
  return entriesOf(join(root, folder)).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(root, path, depth - 1);
    return entry.isFile() ? [path] : [];
  });
}

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true });
}

function removeEmptyFolders(root: string, folder: string): void {
  for (let each = folder; each !== '.'; each = dirname(each)) {
    try {
      rmdirSync(join(root, each));
    } catch {
      // It holds something else still, or went with another file.
      return;
    }
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
