import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { marksOf, tablesOf, withTables } from '../../src/build/docs.mjs';
import { read, root } from './support/pages.js';

const DECIDE = join(root, 'src/agent/program/decide');
const page = read('docs/internals.md');
const decisions = readdirSync(DECIDE)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ name: file.replace('.ts', ''), tables: tablesOf(readFileSync(join(DECIDE, file), 'utf8')) }));

describe('the decision tables', () => {
  it('are those of the docblocks (`npm run docs` writes them)', () => {
    expect(withTables(page)).toBe(page);
  });

  it('are all there, each once', () => {
    const all = decisions.flatMap(({ name, tables }) => tables.map((_, index) => `${name} ${index + 1}`));
    expect(all.length).toBeGreaterThan(10);
    expect(marksOf(page).sort()).toEqual(all.sort());
  });

  const rows = decisions.flatMap(({ name, tables }) =>
    tables.flatMap((table) => table.map((row) => ({ name, row, cells: row.split('|').slice(1, -1), head: table[0] }))),
  );

  it('have as many cells in each row as in their heads', () => {
    expect(rows.filter(({ cells, head }) => cells.length !== (head ?? '').split('|').length - 2)).toEqual([]);
  });

  it('have each row on one line, since a page would show two', () => {
    const isRest = ({ cells }: { cells: string[] }) => cells.slice(0, -1).every((cell) => cell.trim() === '');
    expect(rows.filter(isRest).map(({ name, row }) => `${name}: ${row}`)).toEqual([]);
  });
});

describe('copying a table', () => {
  const source = ' * | a   | b |\n * |-----|---|\n * | 1   | 2 |\n *\n * | c |\n * |---|\n * | 3 |\n';

  it('takes them out of a comment, one after the other', () => {
    expect(tablesOf(source)).toEqual([
      ['| a | b |', '| --- | --- |', '| 1 | 2 |'],
      ['| c |', '| --- |', '| 3 |'],
    ]);
  });

  it('replaces what stands between the marks, and nothing else', () => {
    const text = 'x\n<!-- table: one 2 -->\nold\n<!-- end -->\ny\n';
    expect(withTables(text, () => source)).toBe(
      'x\n<!-- table: one 2 -->\n\n| c |\n| --- |\n| 3 |\n\n<!-- end -->\ny\n',
    );
  });

  it('fails where the source has no such table', () => {
    expect(() => withTables('<!-- table: one 3 -->\n<!-- end -->', () => source)).toThrow(
      'decide/one.ts has no table 3',
    );
  });
});

describe('the log', () => {
  const sources = readdirSync(join(root, 'src/agent/program'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('http/'))
    .map((file) => read(join('src/agent/program', file)))
    .join('\n');
  const [, log = ''] = page.split('## The log\n');
  const explained = [...log.matchAll(/^\| (`.+?) \| /gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([a-z-]+)/g)].map(([, word = '']) => word),
  );

  it('is explained with lines that the agent writes, and no others', () => {
    expect(explained.length).toBeGreaterThan(20);
    expect(explained.filter((word) => !new RegExp(`['\`"]${word}[ :'\`"]`).test(sources))).toEqual([]);
  });

  it('is explained with all lines that say `decision detail key=value`', () => {
    const lines = [...sources.matchAll(/['`]([a-z]+(?:-[a-z]+)*):? [^'`]*[a-z]=/g)].map(([, word = '']) => word);
    expect(new Set(lines).size).toBeGreaterThan(20);
    // The first line of log.ts tells the form itself.
    expect(lines.filter((word) => word !== 'time' && !explained.includes(word))).toEqual([]);
  });
});

it('lists the metrics of the agent, with their kinds', () => {
  const source = read('src/agent/program/http/metrics.ts');
  const metrics = [...source.matchAll(/family\(\s*'(\w+)',\s*'(\w+)'/g)].map(([, name, kind]) => `${name} ${kind}`);
  const listed = [...read('docs/metrics.md').matchAll(/^\| `(\w+)` \| (gauge|counter) \| /gm)].map(
    ([, name, kind]) => `${name} ${kind}`,
  );
  expect(metrics.length).toBeGreaterThan(5);
  expect(listed.sort()).toEqual(metrics.sort());
});
