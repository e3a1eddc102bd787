import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { VolumeFact } from '../decide/orders.js';
import { replaceFileOnDisk, syncDirectory } from '../files.js';
import { baseOf } from '../know/append-only.js';
import { factPath } from '../paths.js';

/** Facts that must outlive the pod, as files of the data volume. They are on the disk before anything that follows. */
export class VolumeFacts {
  /** What is known to be there, or not to be. */
  private readonly known = new Map<VolumeFact, boolean>();

  constructor(private readonly dataDir: string) {}

  async write(fact: VolumeFact, holds: boolean): Promise<void> {
    // It tells of the file that is there now, which may be another than when it was noted last.
    const isOfFile = holds && fact === 'outdated';
    if (this.known.get(fact) === holds && !isOfFile) return;
    const path = factPath(this.dataDir, fact);
    if (isOfFile) await replaceFileOnDisk(path, await baseOf(this.dataDir));
    else {
      if (holds) await (await open(path, 'a', 0o600)).close();
      else await rm(path, { force: true });
      await syncDirectory(dirname(path));
    }
    this.known.set(fact, holds);
  }
}
