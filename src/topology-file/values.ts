import { Duration, Size } from 'cdk8s';
import * as v from 'valibot';
import { nearest } from './nearest.js';

// The kinds of value that a topology file holds. Each message says what is allowed, with an example, and what was found
// instead; the value's name is put before it, `'failover.downAfter' must be …`.

/** One of a few words. */
export function choice<const T extends string>(...words: T[]) {
  return v.picklist(words, ({ input }) => {
    const meant = typeof input === 'string' ? nearest(input, words) : undefined;
    return `must be ${oneOf(words)}, got ${shown(input)}${meant ? `; did you mean ${meant}?` : ''}`;
  });
}

export function text(example: string) {
  return v.string(({ input }) =>
    typeof input === 'number' || typeof input === 'boolean'
      ? `must be text; put it in quotes, '${input}'`
      : `must be text such as ${example}, got ${shown(input)}`,
  );
}

/** A whole number of things. */
export function count(example: number) {
  const message = ({ input }: { input: unknown }) => `must be a whole number such as ${example}, got ${shown(input)}`;
  return v.pipe(v.number(message), v.safeInteger(message));
}

export function flag() {
  return v.boolean(({ input }) => `must be true or false, got ${shown(input)}`);
}

const DURATIONS: Readonly<Record<string, (amount: number) => Duration>> = {
  ms: Duration.millis,
  s: Duration.seconds,
  m: Duration.minutes,
  h: Duration.hours,
};

/** `500ms`, `3s`, `2m`, `1h`. */
export function duration(example: string) {
  return quantity(`a time such as ${example} (a whole number of ms, s, m or h)`, example, DURATIONS);
}

const SIZES: Readonly<Record<string, (amount: number) => Size>> = {
  Ki: Size.kibibytes,
  Mi: Size.mebibytes,
  Gi: Size.gibibytes,
  Ti: Size.tebibytes,
};

/** `512Mi`, `1Gi`: Kubernetes' binary units. */
export function size(example: string) {
  return quantity(`a size such as ${example} (a whole number of Ki, Mi, Gi or Ti)`, example, SIZES);
}

function quantity<T>(allowed: string, example: string, units: Readonly<Record<string, (amount: number) => T>>) {
  const parse = (input: string): T | undefined => {
    const [, amount = '', unit = ''] = /^(\d{1,9})([A-Za-z]+)$/.exec(input) ?? [];
    return Object.hasOwn(units, unit) ? units[unit]?.(Number(amount)) : undefined;
  };
  return v.pipe(
    v.string(({ input }) =>
      typeof input === 'number'
        ? `must have a unit, such as ${example}, got the bare number ${input}`
        : `must be ${allowed}, got ${shown(input)}`,
    ),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const parsed = parse(dataset.value);
      if (parsed !== undefined) return parsed;
      addIssue({ message: `must be ${allowed}, got ${shown(dataset.value)}` });
      return NEVER;
    }),
  );
}

/** Kubernetes' CPU: `100m`, `0.5`, `2`; YAML takes the last two for numbers. */
export function cpu() {
  const message = ({ input }: { input: unknown }) =>
    `must be an amount of CPU such as 100m (a tenth of one) or 2, got ${shown(input)}`;
  return v.pipe(
    v.union([v.string(), v.number()], message),
    v.transform(String),
    v.regex(/^(\d+m|\d+(\.\d{1,3})?)$/, message),
  );
}

export function listOf<T extends v.GenericSchema>(item: T, example: string) {
  return v.array(item, ({ input }) => `must be a list such as ${example}, got ${shown(input)}`);
}

/** Names of one's own, such as labels. */
export function textsByName(example: string) {
  return v.pipe(mapping(`must be names with texts such as ${example}`), v.record(v.string(), text('"yes"')));
}

/** A list is an object too, to JavaScript and to the schema library; not to people. */
function mapping(rule: string) {
  return v.custom<Record<string, unknown>>(
    (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
    ({ input }) => `${rule}, got ${shown(input)}`,
  );
}

/** Known words with their values; an unknown one is answered with the word that was probably meant. */
export function words<T extends v.ObjectEntries>(entries: T, example: string) {
  const known = Object.keys(entries);
  return v.pipe(
    mapping(`must hold further words, such as ${example}`),
    // Not strictObject: it names only the first unknown word.
    v.looseObject(entries, `is missing, as in ${example}`),
    v.rawCheck(({ dataset, addIssue }) => {
      const input = dataset.value as Record<string, unknown>;
      for (const [key, value] of Object.entries(input)) {
        if (known.includes(key)) continue;
        const meant = nearest(key, known);
        addIssue({
          message: meant
            ? `is unknown here; did you mean '${meant}'?`
            : `is unknown here; known are ${known.join(', ')}`,
          path: [{ type: 'object', origin: 'key', input, key, value }],
        });
      }
    }),
  );
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

export function oneOf(allowed: readonly string[]): string {
  return allowed.length < 2 ? allowed.join('') : `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`;
}
