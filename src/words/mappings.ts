import { nearest } from './nearest.js';
import type { Reading } from './reading.js';
import { anyOf, type Entry, isMapping, type JsonSchema, shown, type ValueKind } from './value-kind.js';

/** An entry for each prop of an interface: one without an entry fails to compile. */
export type EntriesOf<P> = { readonly [K in keyof P]-?: Entry<NonNullable<P[K]>> };

type AnyEntries = Readonly<Record<string, Entry<unknown>>>;

/** A mapping of known words. */
export interface Mapping<P> extends ValueKind<P> {
  readonly entries: AnyEntries;
}

/**
 * Known words with their values; an unknown one is answered with the word that was probably meant.
 * @param example with the word that stands before it, where that helps
 */
export function mapping<P extends object>(entries: EntriesOf<P>, example: string): Mapping<P> {
  const known = entries as AnyEntries;
  return {
    example,
    entries: known,
    schema: () => schemaOf(known),
    read(input, at) {
      if (!isMapping(input)) {
        return at.fault(`must hold further words, such as ${example}, got ${shown(input)}`);
      }
      return readEntries(known, input, at, example) as P;
    },
  };
}

/** What is sound of them; each that is not is left out. */
function readEntries(entries: AnyEntries, input: Readonly<Record<string, unknown>>, at: Reading, example: string) {
  const values: Record<string, unknown> = {};
  for (const [key, { kind, required }] of Object.entries(entries)) {
    const there = at.at(key);
    if (Object.hasOwn(input, key)) {
      const value = there.sound(() => kind.read(input[key], there));
      if (value !== undefined) values[key] = value;
    } else if (required) {
      there.fault(`is missing, as in ${example}`);
    }
  }
  const known = Object.keys(entries);
  for (const key of Object.keys(input)) if (!Object.hasOwn(entries, key)) tellUnknown(at.at(key), key, known);
  return values;
}

function tellUnknown(at: Reading, key: string, known: readonly string[]): void {
  const exact = at.foreign;
  const meant = exact === undefined ? nearest(key, known) : undefined;
  const foreign = exact ?? (meant === undefined ? at.foreignAnywhere : undefined);
  if (foreign !== undefined) at.unknown(`is unknown here: ${foreign}`);
  else if (meant) at.unknown(`is unknown here; did you mean '${meant}'?`);
  else at.unknown(`is unknown here; known are ${known.join(', ')}`);
}

export function schemaOf(entries: AnyEntries): JsonSchema {
  const properties = Object.entries(entries).map(([key, { kind, meaning, standard }]) => {
    const description = standard === undefined ? meaning : `${meaning}. Default: ${standard}`;
    return [key, { description, ...kind.schema() }];
  });
  const needed = Object.entries(entries).flatMap(([key, { required }]) => (required ? [key] : []));
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    ...(needed.length > 0 && { required: needed }),
  };
}

/** A bare word that stands for something (`persistence: none`), or further words. */
export function either<T>(bare: Readonly<Record<string, T>>, further: Mapping<T> | Ways<T>): Mapping<T> | Ways<T> {
  const words = Object.keys(bare);
  const allowed = anyOf([...words, ...shapesOf(further)]);
  const isFlag = words.includes('true');
  return {
    ...further,
    example: words[0] ?? further.example,
    schema: () => ({ anyOf: [{ enum: isFlag ? [true, false] : words }, further.schema()] }),
    read(input, at) {
      if (isMapping(input)) return 'ways' in further ? further.choose(input, at, words) : further.read(input, at);
      const typed = typeof input === 'string' || typeof input === 'boolean' ? String(input) : undefined;
      const matches =
        typed !== undefined && Object.hasOwn(bare, typed) && typeof input === (isFlag ? 'boolean' : 'string');
      if (matches) return bare[typed];
      const meant = typed === undefined ? undefined : nearest(typed, words);
      const hint = meant && meant !== typed ? `; did you mean ${meant}?` : '';
      return at.fault(`must be ${allowed}, got ${shown(input)}${hint}`);
    },
  };
}

function shapesOf(further: Mapping<unknown> | Ways<unknown>): string[] {
  if ('ways' in further) return further.ways.map((way) => `{ ${way}: … }`);
  const [first = ''] = Object.keys(further.entries);
  return [`{ ${first}: … }`];
}

/** One of several ways, each with a word of its own. */
export interface Ways<T> extends ValueKind<T> {
  readonly ways: readonly string[];
  readonly entries: AnyEntries;
  /** @param bare words that may stand in the place of all of them, for the message */
  choose(input: unknown, at: Reading, bare: readonly string[]): T | undefined;
}

/**
 * Exactly one of several ways. A union would name all branches in its error; this names what is wrong with the one that
 * was chosen.
 * @param besides what may stand beside each of them
 */
export function ways<W extends object, B extends object, T>(
  holding: EntriesOf<W>,
  besides: EntriesOf<B>,
  make: (way: Partial<W>, besides: B) => T,
): Ways<T> {
  const each = holding as AnyEntries;
  const further = besides as AnyEntries;
  const names = Object.keys(each);
  const choose = (input: unknown, at: Reading, bare: readonly string[]): T | undefined => {
    const keys = isMapping(input) ? Object.keys(input) : [];
    const chosen = keys.filter((key) => Object.hasOwn(each, key));
    const name = chosen[0];
    const foreign = name === undefined ? keys.filter((key) => at.at(key).foreign !== undefined) : [];
    if (foreign.length > 0) {
      for (const key of foreign) tellUnknown(at.at(key), key, names);
      return undefined;
    }
    if (!isMapping(input) || name === undefined || chosen.length > 1) {
      const typed = typeof input === 'string' ? input : keys.join();
      const meant = chosen.length > 0 ? undefined : nearest(typed, names);
      const hint = meant && meant !== typed ? `; did you mean ${meant}?` : '';
      const allowed = anyOf([...bare, ...names.map((way) => `{ ${way}: … }`)]);
      return at.fault(`must be ${allowed}, got ${shown(input)}${hint}`);
    }
    return at.sound(() => {
      const values = readEntries({ [name]: each[name] as Entry<unknown>, ...further }, input, at, name);
      return make(values as Partial<W>, values as B);
    });
  };
  return {
    ways: names,
    entries: { ...each, ...further },
    example: `{ ${names[0]}: ${each[names[0] ?? '']?.kind.example} }`,
    schema: () => ({
      ...schemaOf({ ...each, ...further }),
      oneOf: names.map((name) => ({ required: [name] })),
    }),
    choose,
    read: (input, at) => choose(input, at, []),
  };
}
