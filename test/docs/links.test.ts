import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, type Link, linksOf, PAGES, read, root } from './support/pages.js';

const isElsewhere = ({ target }: Link) => /^[a-z]+:/.test(target);
const local = PAGES.flatMap(linksOf).filter((link) => !isElsewhere(link));

/** Where a relative link leads: a path from the repository's folder, and an anchor. */
function destination({ page, target }: Link): { path: string; anchor?: string } {
  const [path = '', anchor] = target.split('#');
  return { path: path === '' ? page : normalize(join(dirname(page), path)), anchor };
}

describe.each(PAGES)('%s', (page) => {
  it('links only to files and headings that exist', () => {
    const broken = local
      .filter((link) => link.page === page)
      .filter((link) => {
        const { path, anchor } = destination(link);
        if (path.startsWith('..') || !existsSync(join(root, path))) return true;
        return anchor !== undefined && !(path.endsWith('.md') && anchorsOf(path).has(anchor));
      })
      .map(({ target }) => target);
    expect(broken).toEqual([]);
  });
});

it('leads from the README to every page', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    for (const link of local) {
      if (link.page === page && PAGES.includes(destination(link).path)) reached.add(destination(link).path);
    }
  }
  expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
});

it('keeps the README to 200 lines', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(200);
});

it('names in code only files of this repository that are there', () => {
  const named = PAGES.flatMap((page) =>
    [...read(page).matchAll(/`((?:src|test|charts)\/[\w./-]*\w)`/g)].map(([, path = '']) => ({ page, path })),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ path }) => !statSync(join(root, path), { throwIfNoEntry: false }))).toEqual([]);
});
