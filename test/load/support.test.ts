import { describe, expect, it } from 'vitest';
import { median } from '../cluster/support/figures.js';
import { kindOf } from '../cluster/support/images.js';
import { shuffled } from '../cluster/support/random.js';

describe('the kind of an image', () => {
  it.each([
    ['docker.io/library/redis:8.2.2', 'redis'],
    ['docker.io/library/redis:8.2.2-alpine', 'redis-alpine'],
    ['docker.io/library/redis:alpine3.22', 'redis-alpine'],
    ['docker.io/valkey/valkey:9.1.2', 'valkey'],
    ['registry:5000/valkey/valkey:9.1.2-alpine3.22', 'valkey-alpine'],
    ['docker.io/library/node:22.21.1-alpine', 'node'],
    [`docker.io/library/redis:8.2.2-alpine@sha256:${'0'.repeat(64)}`, 'redis-alpine'],
    ['redis', 'redis'],
  ])('of %s is %s', (image, kind) => expect(kindOf(image)).toBe(kind));
});

describe('a median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

  it('of nothing is no number, and so within no bound', () => {
    expect(median([]) <= 1000).toBe(false);
  });
});

describe('a shuffled order', () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];

  it('has the same items, and is the same for the same seed', () => {
    expect(shuffled(items, 7).toSorted()).toEqual(items);
    expect(shuffled(items, 7)).toEqual(shuffled(items, 7));
  });

  it('differs with the seed, and leaves the original as it was', () => {
    expect(shuffled(items, 1)).not.toEqual(shuffled(items, 2));
    expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
