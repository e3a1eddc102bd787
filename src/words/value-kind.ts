import type { Reading } from './reading.js';

/** A JSON Schema, draft 7: the one that editors know best. */
export type JsonSchema = { readonly [key: string]: unknown };

/**
 * A kind of value that a topology file holds: how it is read, and how a schema and the documentation describe it.
 * Each message says what is allowed, with an example, and what was found instead.
 */
export interface ValueKind<T> {
  /** As it stands in a file: `3s`, `{ downAfter: 3s }`. */
  readonly example: string;
  schema(): JsonSchema;
  /** @returns undefined where something is wrong, which `at` is then told */
  read(input: unknown, at: Reading): T | undefined;
}

/** A word of a file with its value: one entry of a mapping. */
export interface Entry<T> {
  readonly kind: ValueKind<T>;
  /** In one line. */
  readonly meaning: string;
  /** In words; undefined: none. */
  readonly standard?: string;
  readonly required?: true;
}

/** @param standard the default, in words */
export function entry<T>(kind: ValueKind<T>, meaning: string, standard?: string): Entry<T> {
  return { kind, meaning, standard };
}

export function required<T>(kind: ValueKind<T>, meaning: string): Entry<T> {
  return { kind, meaning, required: true };
}

/** The same values, turned into something else. What the kind has besides, such as its entries, stays. */
export function mapped<W extends ValueKind<unknown>, U>(
  kind: W,
  map: (value: W extends ValueKind<infer T> ? T : never) => U,
): Omit<W, 'read'> & ValueKind<U> {
  return {
    ...kind,
    read(input, at) {
      const value = at.sound(() => kind.read(input, at));
      return value === undefined ? undefined : map(value as Parameters<typeof map>[0]);
    },
  };
}

/** The value as the person would recognise it; never a long one, never `[object Object]`. */
export function shown(input: unknown): string {
  if (input === null || input === undefined) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object')
    return Object.keys(input).length > 0 ? `words (${Object.keys(input).join(', ')})` : '{}';
  const text = String(input);
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return typeof input === 'string' ? `'${short}'` : short;
}

export function anyOf(allowed: readonly string[]): string {
  return allowed.length < 2 ? allowed.join('') : `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`;
}

/** A list is an object too, to JavaScript; not to people. */
export function isMapping(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}
