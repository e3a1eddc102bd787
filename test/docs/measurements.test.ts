import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Figure, tableOf } from '../cluster/support/figures.js';
import type { Outcome } from '../faults/outcome.js';
import { filled, table } from '../faults/report.js';

const root = join(import.meta.dirname, '../..');
const measured = <T>(file: string) =>
  JSON.parse(readFileSync(join(root, 'test/faults/measured', file), 'utf8')) as readonly T[];
const page = readFileSync(join(root, 'docs/measurements.md'), 'utf8');

it('shows the figures of the fault suite as its kept report has them, and no others', () => {
  expect(filled(page, 'faults', table(measured<Outcome>('report.json')))).toBe(page);
});

it('shows the figures of the cluster tests as they were kept, and no others', () => {
  expect(filled(page, 'cluster', tableOf(measured<Figure>('figures.json')))).toBe(page);
});
