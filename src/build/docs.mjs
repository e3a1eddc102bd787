// `npm run docs`: writes the decision tables into docs/internals.md. They stand once, in the docblocks of the decisions
// (src/agent/program/decide), where whoever changes a decision sees them; the page gets them between its marks:
//   <!-- table: start -->    the table of decide/start.ts; `<!-- table: sentinel 2 -->` the second one of that file
//   <!-- end -->
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(fileURLToPath(import.meta.url), '../../..');
const PAGE = join(root, 'docs/internals.md');
const MARKED = /<!-- table: ([a-z-]+)(?: (\d+))? -->[\s\S]*?<!-- end -->/g;

/** The tables in the comments of a source, each as the lines of a Markdown table. */
export function tablesOf(source) {
  const tables = [];
  let table;
  for (const line of source.split('\n')) {
    const [, cells] = /^\s*\*\s*\|(.*)\|\s*$/.exec(line) ?? [];
    if (cells === undefined) {
      table = undefined;
      continue;
    }
    if (table === undefined) {
      table = [];
      tables.push(table);
    }
    table.push(`| ${cells.split('|').map(trimmed).join(' | ')} |`);
  }
  return tables;
}

function trimmed(cell) {
  return /^-+$/.test(cell.trim()) ? '---' : cell.trim();
}

/** The page with its tables as the sources have them. @param read gives the source of a decision by its name */
export function withTables(page, read = readDecision) {
  return page.replaceAll(MARKED, (_, name, which = '1') => {
    const table = tablesOf(read(name))[Number(which) - 1];
    if (!table) throw new Error(`decide/${name}.ts has no table ${which} in a comment`);
    const mark = `<!-- table: ${name}${which === '1' ? '' : ` ${which}`} -->`;
    return [mark, '', ...table, '', '<!-- end -->'].join('\n');
  });
}

/** Names and numbers of the tables that a page has. */
export function marksOf(page) {
  return [...page.matchAll(MARKED)].map(([, name, which = '1']) => `${name} ${which}`);
}

function readDecision(name) {
  return readFileSync(join(root, 'src/agent/program/decide', `${name}.ts`), 'utf8');
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8')));
}
