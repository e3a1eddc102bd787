import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../../..');

/** Paths of all pages, from the repository's folder. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
    .sort(),
];

export function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** A fenced block: the first word after the fence is its language, what follows says what is tried with it. */
export interface Block {
  readonly page: string;
  /** Of its first line in the page, from 1. */
  readonly line: number;
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
  /** `docs/cli.md:12`, for messages. */
  readonly place: string;
}

export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; info: string; text: string[] } | undefined;
  for (const [index, line] of read(page).split('\n').entries()) {
    if (open && line === '```') {
      const [language = '', ...words] = open.info.split(' ');
      const place = `${page}:${open.line}`;
      blocks.push({ page, line: open.line, language, words, text: `${open.text.join('\n')}\n`, place });
      open = undefined;
    } else if (open) open.text.push(line);
    else if (line.startsWith('```')) open = { line: index + 2, info: line.slice(3), text: [] };
  }
  if (open) throw new Error(`${page}:${open.line - 1}: the block has no end`);
  return blocks;
}

export const BLOCKS: readonly Block[] = PAGES.flatMap(blocksOf);

/** The page without its fenced blocks: what is written in it is prose. */
export function proseOf(page: string): string {
  return read(page).replace(/^```[\s\S]*?^```$/gm, '');
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(page).matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

export interface Link {
  readonly page: string;
  readonly target: string;
}

/** Links and images of a page. */
export function linksOf(page: string): Link[] {
  const prose = proseOf(page).replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({ page, target }));
}
