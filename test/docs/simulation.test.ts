import { expect, it } from 'vitest';
import { KINDS } from '../../src/simulation/faults.js';
import { read } from './support/pages.js';

const page = read('docs/simulation.md');
const section = (heading: string) => (page.split(`## ${heading}\n`)[1] ?? '').split('\n## ')[0] ?? '';

it('names every kind of fault, and no other', () => {
  const named = [...section('Faults').matchAll(/`([a-z-]+)`/g)].map(([, kind]) => kind);
  expect(named.sort()).toEqual([...KINDS].sort());
});

it.each([
  [
    'invariant',
    'src/simulation/checks.ts',
    /export type Invariant =\n([\s\S]*?);/,
    'What must hold',
    /^\| ([a-z -]+) \| /gm,
  ],
  ['severity', 'src/simulation/settings.ts', /export type Severity = (.*);/, 'Severity', /^\| `(\w+)` \| /gm],
])('names every %s, and no other', (_, source, type, heading, cell) => {
  const [, union = ''] = type.exec(read(source)) ?? [];
  const known = [...union.matchAll(/'([^']+)'/g)].map(([, word]) => word);
  const named = [...section(heading).matchAll(cell)].map(([, word]) => word).filter((word) => word !== 'invariant');
  expect(known.length).toBeGreaterThan(2);
  expect(named.sort()).toEqual(known.sort());
});
