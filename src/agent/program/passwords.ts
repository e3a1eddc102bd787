import { linkSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText, remove, replaceFile, writePrivate } from './files.js';

/** What the Secret's mounted file holds: a password, or why it cannot be one. */
export interface Secret {
  readonly value?: string;
  readonly fault?: string;
  /** There is no such file (yet). */
  readonly missing?: boolean;
}

/** @param path PASSWORD_FILE */
export function readSecret(path: string): Secret {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return { missing: true, fault: `${path} cannot be read; give the Secret the key that the topology names` };
  }
  const value = bytes.toString('utf8');
  if (!Buffer.from(value, 'utf8').equals(bytes))
    return { fault: "the Secret's value is not UTF-8; clients would send another password" };
  if (hasControlCharacter(value)) {
    return {
      fault:
        "the Secret's value holds a line break or another control character (a trailing one comes from 'echo'; use 'printf %s' or --from-literal); clients would send another password",
    };
  }
  return value === '' ? { fault: "the Secret's value is empty; it needs at least one character" } : { value };
}

function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

/** Why a pod without its Secret waits. */
export const NO_SECRET =
  "the Secret's password is not there: make the Secret, or give it the key that the topology names (auth, by default the key 'password'); the kubelet then mounts it within a minute or two";

/**
 * The passwords in force in this pod: the one that it uses towards all and, while the password is being changed, another
 * that its server and Sentinel accept too. All of a pod goes by these and not by the Secret's mounted file: the kubelet may
 * change that at any time, to one that nobody knows yet. Kept for the pod's life in its memory volume.
 */
export class Passwords {
  /** Of servers, or Sentinels, that want none: nothing is sent to them, and nothing ever changes. */
  static none(): Passwords {
    return new Passwords('', [undefined]);
  }

  private constructor(
    private readonly path: string,
    private current: readonly [used: string | undefined, accepted?: string],
  ) {}

  /** What is in force already, or else what the Secret holds; undefined where neither is there. */
  static load(
    runDir: string,
    secret: Secret,
    name: 'passwords' | 'sentinel-passwords' = 'passwords',
  ): Passwords | undefined {
    const path = join(runDir, name);
    const kept = readText(path);
    if (kept) return new Passwords(path, parse(kept));
    if (secret.value === undefined) return undefined;
    // A promote sub-command may start at the same time: what the first one read is in force.
    const draft = `${path}.${process.pid}`;
    writePrivate(draft, format([secret.value]));
    try {
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      remove(draft);
    }
    return new Passwords(path, parse(readText(path) ?? format([secret.value])));
  }

  /** The one that this pod uses towards all; undefined where there is none. */
  get used(): string | undefined {
    return this.current[0];
  }

  /** Another one that its server and its Sentinel accept. */
  get accepted(): string | undefined {
    return this.current[1];
  }

  /** @throws where it cannot be written down; then nothing has changed */
  putInForce(used: string, accepted?: string): void {
    replaceFile(this.path, format([used, accepted]));
    this.current = [used, accepted];
  }

  /** For what a server said: it may quote the command that it did not understand. */
  redacted(text: string): string {
    return this.current.reduce<string>((rest, password) => (password ? rest.replaceAll(password, '***') : rest), text);
  }
}

function format([used, accepted = '']: readonly [string, string?]): string {
  return `${used}\n${accepted}\n`;
}

function parse(text: string): [string, string?] {
  const [used = '', accepted = ''] = text.split('\n');
  return [used, accepted === '' ? undefined : accepted];
}
