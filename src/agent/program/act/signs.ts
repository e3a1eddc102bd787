import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Sign } from '../decide/orders.js';
import { syncDirectory } from '../files.js';
import { signPath } from '../paths.js';

/** Facts that must outlive the pod, as files of the data volume. They are on the disk before anything that follows. */
export class Signs {
  /** What is known to be there, or not to be. */
  private readonly known = new Map<Sign, boolean>();

  constructor(private readonly dataDir: string) {}

  async write(sign: Sign, set: boolean): Promise<void> {
    if (this.known.get(sign) === set) return;
    const path = signPath(this.dataDir, sign);
    if (set) await (await open(path, 'a', 0o600)).close();
    else await rm(path, { force: true });
    await syncDirectory(dirname(path));
    this.known.set(sign, set);
  }
}
