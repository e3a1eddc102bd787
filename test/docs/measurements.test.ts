import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Figure } from '../cluster/support/figures.js';
import type { Outcome } from '../faults/outcome.js';
import { FOLDER, pagesOf } from '../faults/pages.js';
import { read, root } from './support/pages.js';

const kept = <T>(file: string) =>
  JSON.parse(readFileSync(join(root, 'test/faults/measured', file), 'utf8')) as readonly T[];
const pages = pagesOf({ outcomes: kept<Outcome>('report.json'), figures: kept<Figure>('figures.json') }, read);

it.each([...pages])(
  '%s shows the figures of the fault suite and of the cluster tests as they were kept',
  (page, text) => {
    expect(existsSync(join(root, page)) && read(page)).toBe(text);
  },
);

it('has a page for each profile that was measured, and no others', () => {
  const found = readdirSync(join(root, FOLDER)).map((file) => `${FOLDER}/${file}`);
  expect(found.sort()).toEqual([...pages.keys()].filter((page) => page.startsWith(`${FOLDER}/`)).sort());
});
