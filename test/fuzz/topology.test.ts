import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { topologyWords } from '../../src/topology/words.js';
import { parseTopology } from '../../src/topology-file/load.js';
import { TopologyFileError } from '../../src/topology-file/problem.js';

/** Sound, or refused with the place of each fault. */
function isAnswered(text: string): void {
  try {
    parseTopology('cache.yaml', text);
  } catch (error) {
    // Anything else would be a stack trace for the person who wrote the file.
    if (!(error instanceof TopologyFileError)) throw error;
    for (const line of error.message.split('\n').filter((each) => each.startsWith('cache.yaml'))) {
      expect(line).toMatch(/^cache\.yaml:\d+:\d+: ./);
    }
  }
}

/** Every word that a topology knows, at any depth. */
const WORDS = [...new Set(wordsIn(topologyWords.schema()))];

function wordsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(wordsIn)];
}

const SCALAR = fc.oneof(
  fc.constantFrom(true, false, null, 0, -1, 3, 1e21, Number.NaN, 'none', '1Gi', '3s', '', '~*', '+@all', '__proto__'),
  fc.string({ maxLength: 20 }),
  fc.integer(),
);
const { value: VALUE } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    SCALAR,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 8 })), tie('value'), { maxKeys: 3 }),
  ),
}));

it('any words with any values are answered with the place of each fault', () => {
  const topology = fc.dictionary(fc.constantFrom(...WORDS), VALUE, { maxKeys: 4 });
  fc.assert(
    fc.property(topology, (props) => isAnswered(stringify(props))),
    { numRuns: 1000 },
  );
});

it('any text is', () => {
  const yaml = fc.array(
    fc.oneof(
      fc.constantFrom(
        'auth:',
        ' - ',
        '{',
        '}',
        '[',
        ']',
        ': ',
        '\n',
        '  ',
        '&a ',
        '*a',
        '!!binary ',
        '|\n',
        '"',
        "'",
        '---\n',
        '<<: *a',
        '? ',
        '#',
        '\t',
        '%YAML 9.9\n',
      ),
      fc.constantFrom(...WORDS),
      fc.string({ maxLength: 10, unit: 'binary' }),
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(yaml, (parts) => isAnswered(parts.join(''))),
    { numRuns: 2000 },
  );
});

it('a file that grows to billions of words by aliases is refused, and soon', () => {
  const names = [...'abcdefghij'];
  const lines = names.map((name, index) => {
    const of = names[index - 1];
    return `${name}: &${name} [${of ? Array(10).fill(`*${of}`).join(', ') : '"x"'}]`;
  });
  const began = performance.now();
  expect(() => parseTopology('cache.yaml', `${lines.join('\n')}\n`)).toThrow(TopologyFileError);
  expect(performance.now() - began).toBeLessThan(5000);
});

it('lists in lists to any depth are refused', () => {
  for (const depth of [100, 5000]) isAnswered(`servers: ${'['.repeat(depth)}${']'.repeat(depth)}`);
});
