import { GROUPS } from '../topology/words.js';
import type { Entry, ValueKind } from '../words/value-kind.js';

const MARKED = /<!-- words -->[\s\S]*?<!-- end -->/;

/** The page about configuration with its tables of words as the props have them. */
export function withWordTables(page: string): string {
  if (!MARKED.test(page)) throw new Error('the page has no marks <!-- words --> and <!-- end -->');
  return page.replace(MARKED, () => `<!-- words -->\n\n${wordTables()}\n\n<!-- end -->`);
}

/** A table for each group of props. */
function wordTables(): string {
  return GROUPS.map(({ title, words }) => {
    const rows = Object.entries(words).flatMap(([word, entry]) => rowsOf(word, entry));
    return [`### ${title}`, '', '| word | meaning | example | default |', '|---|---|---|---|', ...rows].join('\n');
  }).join('\n\n');
}

/** Of a word, and of those in it. */
function rowsOf(path: string, { kind, meaning, standard, required }: Entry<unknown>): string[] {
  const inside = Object.entries(entriesOf(kind)).flatMap(([name, entry]) => rowsOf(`${path}.${name}`, entry));
  const example = inside.length > 0 && kind.example.includes(':') ? '' : `\`${kind.example}\``;
  const cells = [`\`${path}\``, meaning, example, required ? 'must be given' : (standard ?? 'none')];
  return [`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`, ...inside];
}

function entriesOf(kind: ValueKind<unknown>): Readonly<Record<string, Entry<unknown>>> {
  return 'entries' in kind ? (kind.entries as Readonly<Record<string, Entry<unknown>>>) : {};
}
