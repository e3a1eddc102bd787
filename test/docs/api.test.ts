import { expect, it } from 'vitest';
import { librarySymbols } from '../../src/docs/api.js';
import { withApi } from '../../src/docs/api-page.js';
import { read, root } from './support/pages.js';

const symbols = librarySymbols(root);

it('the reference of the library says what its docstrings say', () => {
  const page = read('docs/api.md');
  expect(withApi(page, symbols) === page, 'docs/api.md is not current; run: npm run docs').toBe(true);
});

it('at least 95 % of what is exported, and of its members, has a docstring', () => {
  const all = symbols.flatMap(({ name, text, members }) => [
    { name, text },
    ...members.map((member) => ({ name: `${name}.${member.name}`, text: member.text })),
  ]);
  const silent = all.filter(({ text }) => text === '').map(({ name }) => name);
  expect(all.length).toBeGreaterThan(300);
  expect(silent.length / all.length, `without one: ${silent.join(' ')}`).toBeLessThanOrEqual(0.05);
});

it('every prop that may be left out says its default', () => {
  const props = symbols.filter(({ name, kind }) => kind === 'interface' && name.endsWith('Props'));
  const silent = props.flatMap(({ name, members }) =>
    members
      .filter(({ optional, tags }) => optional && !tags.some((tag) => tag.name === 'default'))
      .map((member) => `${name}.${member.name}`),
  );
  expect(props.length).toBeGreaterThan(20);
  expect(silent).toEqual([]);
});
