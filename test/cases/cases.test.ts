import { describe, expect, test } from 'vitest';
import { CASES } from './cases.js';
import { lookAt } from './look.js';

test('there are all 32 of them', () => {
  expect(Object.keys(CASES)).toHaveLength(32);
});

describe.each(Object.entries(CASES))('%s', (_, { topology, found, expected }) => {
  test('has in its manifest what was asked for', () => {
    expect(found(lookAt(topology))).toEqual(expected);
  });
});
