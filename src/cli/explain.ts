import { FOREIGN_WORDS } from '../topology/foreign.js';
import { GROUPS, topologyWords } from '../topology/words.js';
import { nearest } from '../words/nearest.js';
import type { Entry, JsonSchema } from '../words/value-kind.js';
import { UsageError } from './command.js';

/** All that is known of a word of a topology file, from the one place where the word stands. */
export interface Explanation {
  readonly key: string;
  readonly meaning: string;
  readonly type: string;
  /** In words. */
  readonly default: string;
  readonly required: boolean;
  /** A line of a topology file. */
  readonly example: string;
  /** Words below it. */
  readonly words: readonly { readonly key: string; readonly meaning: string }[];
}

type Entries = Readonly<Record<string, Entry<unknown>>>;

/**
 * @param key with dots: `persistence.appendOnly`
 * @throws UsageError where there is no such word, with the one that is meant
 */
export function explain(key: string): Explanation {
  const path = key.split('.');
  let entries: Entries = topologyWords.entries;
  let found: Entry<unknown> | undefined;
  let above: Entry<unknown> | undefined;
  const steps: Step[] = [];
  for (const [depth, word] of path.entries()) {
    found = Object.hasOwn(entries, word) ? entries[word] : undefined;
    if (!found) throw unknown(path.slice(0, depth), word, Object.keys(entries), path);
    steps.push({ word, beside: companion(word, above) });
    above = found;
    entries = entriesOf(found);
  }
  const { kind, meaning, standard, required = false } = found as Entry<unknown>;
  return {
    key,
    meaning,
    type: typeText(kind.schema()),
    default: required ? 'must be given' : (standard ?? 'none'),
    required,
    example: exampleLine(steps, kind.example),
    words: Object.entries(entries).map(([name, below]) => ({ key: `${key}.${name}`, meaning: below.meaning })),
  };
}

/** The words at the top, by what they are about. */
export function groups() {
  return GROUPS.map(({ title, words }) => ({
    title,
    words: Object.entries(words as Entries).map(([key, { meaning }]) => ({ key, meaning })),
  }));
}

/** Of all words, with those below them. */
export function allKeys(entries: Entries = topologyWords.entries, above = ''): string[] {
  return Object.entries(entries).flatMap(([name, entry]) => {
    const key = `${above}${name}`;
    return [key, ...allKeys(entriesOf(entry), `${key}.`)];
  });
}

export function explanationText({ key, meaning, type, default: standard, example, words }: Explanation): string {
  const width = Math.max(0, ...words.map((word) => word.key.length));
  return [
    `${key}: ${meaning}`,
    '',
    `  type     ${type}`,
    `  default  ${standard}`,
    `  example  ${example}`,
    ...(words.length > 0 ? ['', 'Below it:'] : []),
    ...words.map((word) => `  ${word.key.padEnd(width)}  ${word.meaning}`),
  ].join('\n');
}

export function groupsText(): string {
  const all = groups();
  const width = Math.max(...all.flatMap(({ words }) => words.map(({ key }) => key.length)));
  return all
    .map(({ title, words }) =>
      [title, ...words.map(({ key, meaning }) => `  ${key.padEnd(width)}  ${meaning}`)].join('\n'),
    )
    .join('\n\n');
}

function entriesOf({ kind }: Entry<unknown>): Entries {
  return 'entries' in kind ? (kind.entries as Entries) : {};
}

function unknown(
  above: readonly string[],
  word: string,
  known: readonly string[],
  path: readonly string[],
): UsageError {
  const there = [...above, word].join('.');
  const foreign = FOREIGN_WORDS.answer([...above, word]);
  if (foreign !== undefined) return new UsageError(`'${there}' is unknown here: ${foreign}`);
  const near = nearest(word, known);
  const last = path.at(-1);
  // The word by itself, without those that stand above it.
  const elsewhere = above.length > 0 ? undefined : allKeys().find((key) => key.split('.').at(-1) === last);
  const meant = near === undefined ? elsewhere : [...above, near].join('.');
  if (meant) return new UsageError(`'${there}' is unknown; did you mean '${meant}'?`);
  return new UsageError(
    known.length > 0
      ? `'${there}' is unknown; known are ${known.join(', ')}`
      : `'${above.join('.')}' has no words below it, got '${word}'`,
  );
}

interface Step {
  readonly word: string;
  /** What must stand beside it. */
  readonly beside?: string;
}

/** A word that is none of several ways by itself stands beside the first of them. */
function companion(word: string, above: Entry<unknown> | undefined): string | undefined {
  if (!above || !('ways' in above.kind)) return undefined;
  const names = above.kind.ways as readonly string[];
  const [first = ''] = names;
  if (names.includes(word)) return undefined;
  return `${first}: ${valueText(first, entriesOf(above)[first]?.kind.example ?? '')}`;
}

/** As it stands in a file, on one line: `persistence: { appendOnly: { size: 8Gi } }`. */
function exampleLine(steps: readonly Step[], example: string): string {
  const last = steps.at(-1)?.word ?? '';
  return steps.reduceRight(
    (inner, { word, beside }, depth) => {
      const line = `${beside ? `${beside}, ` : ''}${word}: ${inner}`;
      return depth === 0 ? line : `{ ${line} }`;
    },
    valueText(last, example),
  );
}

function valueText(word: string, example: string): string {
  const given = example.startsWith(`${word}: `) ? example.slice(word.length + 2) : example;
  // A text that would end where it does not.
  return /^[^[{"'].*(, |: |[{}[\]#])/.test(given) ? JSON.stringify(given) : given;
}

function typeText(schema: JsonSchema): string {
  const { type, pattern, enum: choices, anyOf, oneOf, items, properties, additionalProperties } = schema;
  if (Array.isArray(choices)) return choices.length > 1 ? `one of ${choices.join(', ')}` : String(choices[0]);
  if (Array.isArray(anyOf)) return anyOf.map((each: JsonSchema) => typeText(each)).join(', or ');
  if (Array.isArray(oneOf)) {
    const names = oneOf.map((each: { required: string[] }) => each.required[0]);
    return names.length > 1 ? `one of the words ${names.join(', ')}` : `the word ${names[0]}`;
  }
  if (type === 'array') return `a list, each ${typeText(items as JsonSchema)}`;
  if (type === 'object') {
    if (properties) return 'further words';
    return additionalProperties ? 'names with texts' : 'an object as Kubernetes has it';
  }
  if (type === 'integer') return 'a whole number';
  if (type === 'boolean') return 'true or false';
  if (typeof pattern !== 'string') return 'text';
  if (pattern.includes('ms')) return 'a time: a whole number of ms, s, m or h';
  return pattern.includes('Ki') || pattern.includes(']i)')
    ? 'a size: Ki, Mi, Gi, Ti'
    : 'an amount of CPU: 100m, 0.5, 2';
}
