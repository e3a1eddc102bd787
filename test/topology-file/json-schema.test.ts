import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SCHEMA_FILE, schemaLine, topologyJsonSchema } from '../../src/topology-file/json-schema.js';
import { CASES } from '../cases/cases.js';
import { WRONG } from './wrong.js';

const HOME = join(import.meta.dirname, '../..');
const CHARTS = join(HOME, 'charts');
const charts = readdirSync(CHARTS).filter((file) => file.endsWith('.yaml'));
const validate = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true }).compile(
  topologyJsonSchema(),
);

/** What the validator has against a topology; nothing when it is content. */
function faults(text: string): string[] {
  validate(parse(text, { merge: true }));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test('the schema in docs/ is that of the words (`npm run docs` writes it)', () => {
  const written = JSON.parse(readFileSync(join(HOME, SCHEMA_FILE), 'utf8'));
  expect(written).toEqual(JSON.parse(JSON.stringify(topologyJsonSchema())));
});

describe.each(charts)('charts/%s', (chart) => {
  const text = readFileSync(join(CHARTS, chart), 'utf8');

  test('names the schema in its first line, for editors', () => {
    expect(text.split('\n', 1)).toEqual([schemaLine(`../${SCHEMA_FILE}`)]);
  });

  test('is valid', () => {
    expect(faults(text)).toEqual([]);
  });
});

test.each(Object.entries(CASES))('takes what people run: %s', (_, { topology }) => {
  expect(faults(topology)).toEqual([]);
});

test.each(WRONG.filter(({ by }) => by === 'words').map(({ topology }) => topology))(
  'refuses %j as the command does',
  (topology) => {
    expect(faults(topology)).not.toEqual([]);
  },
);
