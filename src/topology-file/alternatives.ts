import * as v from 'valibot';
import { nearest } from './nearest.js';
import { oneOf, shown } from './values.js';

type Entries = Readonly<Record<string, v.GenericSchema<unknown, unknown>>>;

/**
 * One of several ways, each with a word of its own: a bare word (`persistence: none`) or a word that holds more
 * (`persistence: { appendOnly: … }`). A union would name all branches in its error; this names what is wrong with the
 * branch that was chosen.
 */
export function alternatives<const W extends string, E extends Entries>(bare: readonly W[], holding: E) {
  const holders = Object.keys(holding);
  const allowed = oneOf([...bare, ...holders.map((word) => `{ ${word}: … }`)]);
  const wrong = v.custom<never>(
    () => false,
    ({ input }) => {
      const typed = typeof input === 'string' ? input : isObject(input) ? Object.keys(input).join() : '';
      const meant = nearest(typed, [...bare, ...holders]);
      return `must be ${allowed}, got ${shown(input)}${meant && meant !== typed ? `; did you mean ${meant}?` : ''}`;
    },
  );
  return v.lazy((input): v.GenericSchema<unknown, W | Chosen<E>> => {
    if (typeof input === 'string' && (bare as readonly string[]).includes(input)) {
      return v.picklist(bare) as v.GenericSchema<unknown, W>;
    }
    const [key, ...others] = isObject(input) ? Object.keys(input) : [];
    const schema = key !== undefined && others.length === 0 && Object.hasOwn(holding, key) ? holding[key] : undefined;
    if (key === undefined || !schema) return wrong;
    return v.object({ [key]: schema }) as v.GenericSchema<unknown, unknown> as v.GenericSchema<unknown, Chosen<E>>;
  });
}

/** Exactly one of the entries; the others are absent. */
type Chosen<E extends Entries> = {
  [K in keyof E]: { readonly [P in K]: v.InferOutput<E[K]> } & { readonly [P in Exclude<keyof E, K>]?: undefined };
}[keyof E];

function isObject(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}
