import { nearest } from './nearest.js';
import { anyOf, isMapping, shown, type ValueKind } from './value-kind.js';

/** One of a few words. */
export function choice<const T extends string>(...words: T[]): ValueKind<T> {
  return {
    example: words[0] ?? '',
    schema: () => ({ enum: words }),
    read(input, at) {
      if (words.includes(input as T)) return input as T;
      const meant = typeof input === 'string' ? nearest(input, words) : undefined;
      return at.fault(`must be ${anyOf(words)}, got ${shown(input)}${meant ? `; did you mean ${meant}?` : ''}`);
    },
  };
}

/** One of a few words that each stand for something. */
export function named<T>(values: Readonly<Record<string, T>>): ValueKind<T> {
  const names = choice(...Object.keys(values));
  return {
    ...names,
    read(input, at) {
      const name = names.read(input, at);
      return name === undefined ? undefined : values[name];
    },
  };
}

export function text(example: string): ValueKind<string> {
  return {
    example,
    schema: () => ({ type: 'string' }),
    read(input, at) {
      if (typeof input === 'string') return input;
      if (typeof input === 'number' || typeof input === 'boolean') {
        return at.fault(`must be text; put it in quotes, '${at.typed ?? input}'`);
      }
      return at.fault(`must be text such as ${example}, got ${shown(input)}`);
    },
  };
}

/** A whole number of things. */
export function count(example: number): ValueKind<number> {
  return {
    example: String(example),
    schema: () => ({ type: 'integer' }),
    read(input, at) {
      if (Number.isSafeInteger(input)) return input as number;
      return at.fault(`must be a whole number such as ${example}, got ${shown(input)}`);
    },
  };
}

export function flag(): ValueKind<boolean> {
  return {
    example: 'true',
    schema: () => ({ type: 'boolean' }),
    read: (input, at) => (typeof input === 'boolean' ? input : at.fault(`must be true or false, got ${shown(input)}`)),
  };
}

/** Texts by names of one's own, such as labels. */
export function textsByName(example: string): ValueKind<Readonly<Record<string, string>>> {
  const value = text('"yes"');
  return {
    example,
    schema: () => ({ type: 'object', additionalProperties: { type: 'string' } }),
    read(input, at) {
      if (!isMapping(input)) return at.fault(`must be names with texts such as ${example}, got ${shown(input)}`);
      const texts: Record<string, string> = {};
      for (const [name, one] of Object.entries(input)) texts[name] = value.read(one, at.at(name)) ?? '';
      return texts;
    },
  };
}

export function listOf<T>(item: ValueKind<T>, example = `[${item.example}]`): ValueKind<readonly T[]> {
  return {
    example,
    schema: () => ({ type: 'array', items: item.schema() }),
    read(input, at) {
      if (!Array.isArray(input)) return at.fault(`must be a list such as ${example}, got ${shown(input)}`);
      return input.flatMap((each, i) => item.read(each, at.at(i)) ?? []);
    },
  };
}

/** A list of Kubernetes' own objects, or one of them: taken as it is. */
export function kubernetes<T extends object>(kind: string, example: string): ValueKind<T> {
  return {
    example,
    schema: () => ({ type: 'object' }),
    read: (input, at) =>
      isMapping(input)
        ? (input as T)
        : at.fault(`must be a ${kind} of Kubernetes such as ${example}, got ${shown(input)}`),
  };
}
