import { expect, test } from 'vitest';
import { nearest } from '../../src/words/nearest.js';

const WORDS = ['servers', 'sentinels', 'quorum', 'downAfter', 'failoverTimeout', 'none', 'open'];

test.each([
  ['server', 'servers'],
  ['severs', 'servers'],
  ['sevrers', 'servers'],
  ['sentinel', 'sentinels'],
  ['down-after', 'downAfter'],
  ['down_after', 'downAfter'],
  ['DOWNAFTER', 'downAfter'],
  ['failover-timout', 'failoverTimeout'],
  ['non', 'none'],
  ['replicas', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
])('%s is a slip for %s', (typed, meant) => {
  expect(nearest(typed, WORDS)).toBe(meant);
});
