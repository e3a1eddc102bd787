import { describe, expect, it } from 'vitest';
import { Dialogue } from '../cluster/support/dialogue.js';
import { median } from '../cluster/support/figures.js';
import { kindOf } from '../cluster/support/images.js';
import { shuffled } from '../cluster/support/random.js';
import { RenderedTopology } from '../cluster/support/rendered-topology.js';
import { Pending, until } from '../cluster/support/wait.js';

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

it.each([
  ['production', ['password']],
  ['secure', ['password', 'shop', 'verification']],
])('dist/%s.k8s.yaml mounts of its Secret the keys %j', (name, keys) => {
  expect(RenderedTopology.of(name).passwordKeys).toEqual(keys);
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

describe('a dialogue', () => {
  const among = (script: string) => new Dialogue('sh', ['-c', script]);

  it('asks the same program again and again, one question at a time', async () => {
    const dialogue = among('while read -r line; do sleep 0.05; echo "$$ $line"; done');
    const answers = await Promise.all([dialogue.ask('a'), dialogue.ask('b')]);
    const [[first], [second]] = answers.map((answer) => answer.split(' ')) as [string[], string[]];
    expect(answers).toEqual([`${first} a`, `${second} b`]);
    expect(second).toBe(first);
  });

  it('starts the program anew once it has ended', async () => {
    const dialogue = among('read -r line; echo "$$ $line"');
    const first = await dialogue.ask('a');
    await until('another process', 5, async () => {
      const second = await dialogue.ask('a').catch(String);
      return /^\d+ a$/.test(second) && second !== first ? true : new Pending(second);
    });
  });

  it('names the program that ends in place of an answer, and what it said', async () => {
    await expect(among('echo "no such pod" >&2; exit 3').ask()).rejects.toThrow(/sh -c .*: ended with 3: no such pod/);
  });

  it('kills the program that is silent, and asks another the next time', async () => {
    const dialogue = among('read -r line; [ "$line" = b ] || exec sleep 100; echo "$line"');
    await expect(dialogue.ask('a', 100)).rejects.toThrow(/no answer in 100 ms/);
    expect(await dialogue.ask('b')).toBe('b');
  });
});
