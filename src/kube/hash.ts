import { createHash } from 'node:crypto';

/** Eight hexadecimal digits of a value's content, for a name that changes when it does. Keys count in their order. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
}
