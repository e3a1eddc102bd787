import { join } from 'node:path';
import { hashOf } from './accounts.js';
import { readText, replaceFile } from './files.js';
import { readSecret } from './passwords.js';

/** What became of one user's password at a look. */
export interface Looked {
  readonly user: string;
  /** There is another one than before, and both are in force from now on. */
  readonly changed: boolean;
  /** Why its Secret cannot be used; what was in force stays. */
  readonly fault?: string;
}

/**
 * The passwords of the users whose Secrets are their own: the newest, and the one before it, which is let in until the pod is
 * made anew. Only their hashes are kept, in the pod's memory volume: this pod logs in as none of these users.
 */
export class ListedPasswords {
  private readonly path: string;
  /** By name, the newest first. */
  private kept: Readonly<Record<string, readonly string[]>>;

  constructor(
    keptDir: string,
    /** Holds a file for each of them, from its Secret. */
    private readonly dir: string,
    readonly users: readonly string[],
  ) {
    this.path = join(keptDir, 'user-passwords');
    this.kept = parse(readText(this.path));
  }

  /** One or two; none where there is no password yet. */
  hashesOf(user: string): readonly string[] {
    return this.kept[user] ?? [];
  }

  /** @throws where it cannot be written down; then nothing has changed */
  look(): Looked[] {
    const next: Record<string, readonly string[]> = { ...this.kept };
    const looked = this.users.map((user): Looked => {
      const { value, missing, fault } = readSecret(join(this.dir, user));
      if (value === undefined) return { user, changed: false, fault: missing ? 'its key is not in the Secret' : fault };
      const [newest] = this.hashesOf(user);
      const hash = hashOf(value);
      if (hash === newest) return { user, changed: false };
      next[user] = newest === undefined ? [hash] : [hash, newest];
      return { user, changed: true };
    });
    if (looked.some(({ changed }) => changed)) {
      replaceFile(this.path, JSON.stringify(next));
      this.kept = next;
    }
    return looked;
  }
}

function parse(text: string | undefined): Record<string, string[]> {
  try {
    return JSON.parse(text ?? '{}') as Record<string, string[]>;
  } catch {
    // It is written by a rename, so this is nobody's half of a file.
    return {};
  }
}
