import { expect, it } from 'vitest';
import { jobOfPage, lineOf } from '../../src/docs/simulated.js';
import { rowOf } from '../../src/simulator/again.js';
import { CATALOGUE } from '../../src/simulator/catalogue.js';
import { measure } from '../../src/simulator/measure.js';
import { read } from './support/pages.js';

const page = read('docs/simulated-and-measured.md');
const { shapes, seeds, load } = jobOfPage();

/** All of them take half a minute; what changes the decisions changes most of them. */
const SAMPLE = [
  'master killed',
  'replica gone then master killed',
  'pod of the master deleted',
  'volume of the master lost',
];

it.each(SAMPLE)('says of %s what the simulator says (npm run docs)', (fault) => {
  for (const shape of shapes) {
    const results = [];
    for (let seed = seeds.first; seed <= seeds.last; seed++) results.push(measure({ shape, fault, load }, seed));
    expect(page).toContain(`${lineOf(rowOf({ shape, fault, load }, results))}\n`);
  }
});

it('has a line for every fault of the simulator', () => {
  const missing = CATALOGUE.filter(({ name }) => !page.includes(`| ${name} | strict |`));
  expect(missing).toEqual([]);
});
