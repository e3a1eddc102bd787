import { Yaml } from 'cdk8s';
import { expect, test } from 'vitest';
import { encode } from '../../src/cli/yaml.js';

const stringify = (objects: readonly unknown[]) => encode(objects).toString();

const ODD_TEXTS = [
  '',
  ' ',
  'y',
  'No',
  'on',
  'null',
  '~',
  '1',
  '1.5',
  '1e3',
  '0x1F',
  '1_000',
  '12:30:45',
  '2026-01-01',
  '.inf',
  '.nan',
  '=',
  '<<',
  '- a',
  '-',
  '--',
  '-a',
  '? b',
  ': c',
  'a: b',
  'a:',
  'a:b',
  ':',
  'a #b',
  '#b',
  'a#b',
  '* -::*',
  '*x',
  '&x',
  '!x',
  '%x',
  '@x',
  '`x`',
  "it's",
  'a "b"',
  `both ' and "`,
  '{a}',
  '[a]',
  'a, b',
  '| x',
  '> x',
  'a\tb',
  '\ta',
  'a ',
  ' a',
  'a  b',
  'tab\t',
  'e\u0301',
  'é',
  '\u0000',
  '\u2028',
  '😀',
  '\ud800',
  'true',
  'True',
  '$(NAMESPACE)',
  'a\\b',
  '/bin/sh',
  'cache-0:26379,cache-1:26379',
  'a-0.$(NAMESPACE).svc. a-1.$(NAMESPACE).svc.',
  'a,',
  'a, b',
  '$(x)',
  '96Mi',
  '25%',
  '--eval',
  '-e',
  '-/',
  '{"a":"b"}',
  '{"a":"it\'s"}',
  '[1, 2]',
  '["a"]',
  '#',
  '%',
  '@',
  '!',
  '&',
  '|',
  '>',
  '{\\}',
  '{ ',
  '* ',
  '127.0.0.1',
  '1.2.3.4.5',
  'yes',
  'NO',
  'nO',
  'off',
  'false',
  '0',
  '007',
  '50m',
  '1:30',
  '4503599627370497000',
  '1m',
  '1Gi',
  '8G',
  'docker.io/library/redis:8.2.2',
  'x@sha256:ab',
  '---',
  '--- a',
  '...',
  'a\n',
  'a\nb',
  'a\nb\n',
  '\na\n',
  'a\n\n',
  'a\n \n',
  ' a\nb\n',
  'a\n\n\nb\n',
  'a\n  b\n\tc\n',
  'a \nb\n',
  'a\r\nb\r\n',
  'a\nb \n',
  'a\n---\nb\n',
  'é\nb\n',
  '# comment\nx\n',
  'a'.repeat(500),
  `${'a b '.repeat(100)}c`,
  'key: value\nother: value\n',
  'a\n\u0085\n',
]; // prettier-ignore

test.each(ODD_TEXTS)('writes the text %j as cdk8s does, wherever it stands', (text) => {
  const objects = [
    { value: text, list: [text, { in: text }, [text]], deep: { er: { still: text } } },
    { [text]: text },
    { data: { script: text } },
    { a: [{ b: [{ args: ['x', text] }] }] },
  ];
  for (const object of objects) expect(stringify([object])).toBe(Yaml.stringify(object));
});

test('writes other values as cdk8s does', () => {
  const shared = { a: 1 };
  const objects = [
    {
      empty: {},
      none: [],
      list: [{}, [], [[]], [{}], [1, [2, [3]]]],
      number: 1,
      negative: -1,
      zero: 0,
      fraction: 0.5,
      large: 1e21,
    },
    { yes: true, no: false, nothing: null, list: [null, true, { a: null }] },
    { one: shared, two: shared },
    {},
    [],
    'text',
    null,
  ];
  for (const object of objects) expect(stringify([object])).toBe(Yaml.stringify(object));
  expect(stringify(objects)).toBe(Yaml.stringify(...objects));
  expect(stringify([])).toBe(Yaml.stringify());
});

test('writes 2,000 random objects as cdk8s does', () => {
  let state = 1;
  const random = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const value = (depth: number): unknown => {
    const kind = random(depth > 4 ? 3 : 6);
    if (kind === 0) return random(1000) - 500;
    if (kind <= 2) return random(3) === 0 ? ODD_TEXTS[random(ODD_TEXTS.length)] : `word-${random(99)}`;
    if (kind === 3) return Array.from({ length: random(4) }, () => value(depth + 1));
    return object(depth + 1);
  };
  const object = (depth: number) =>
    Object.fromEntries(Array.from({ length: random(5) }, (_, i) => [`key${i}`, value(depth)]));
  for (let i = 0; i < 2000; i++) {
    const one = object(0);
    expect(stringify([one])).toBe(Yaml.stringify(one));
  }
});

test.each(['0o17', '9E0_', '+_1', '-_1', '0_8', '9e_1', '0b11', '017', '1_000', '.5', '1E5'])(
  'quotes %s, which kubectl would take for a number',
  (text) => {
    expect(stringify([{ labels: { a: text } }])).toBe(`labels:\n  a: "${text}"\n`);
  },
);

test('leaves names and addresses without quotes that only begin as a number', () => {
  expect(stringify([{ a: ['1abc', '10.0.0.1', '5Gi', '1-2'] }])).toBe(
    Yaml.stringify({ a: ['1abc', '10.0.0.1', '5Gi', '1-2'] }),
  );
});
