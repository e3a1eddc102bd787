import { createHash } from 'node:crypto';

/** The agent's program is one of them: every topology has it, and it is gone over once. */
const LONG_TEXT = 4096;
const digests = new Map<string, string>();

/** Eight hexadecimal digits of a value's content, for a name that changes when it does. Keys count in their order. */
export function contentHash(value: unknown): string {
  return sha256(JSON.stringify(value, shortened)).slice(0, 8);
}

function shortened(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || value.length < LONG_TEXT) return value;
  let digest = digests.get(value);
  if (digest === undefined) {
    digest = sha256(value);
    digests.set(value, digest);
  }
  return digest;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
