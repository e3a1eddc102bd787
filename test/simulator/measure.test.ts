import { describe, expect, it } from 'vitest';
import { runAgain } from '../../src/simulator/again.js';
import { CATALOGUE, findFault } from '../../src/simulator/catalogue.js';
import { measure, type Result } from '../../src/simulator/measure.js';
import { why } from '../../src/simulator/why.js';
import { CATALOGUE as ON_CLUSTER } from '../faults/catalogue.js';
import { CONFIRMED, shape, UNCONFIRMED } from './support.js';

const strict = shape('profile: strict');
const byDefault = shape('profile: default');
const cache = shape('profile: cache');

const seeds = (of: typeof strict, fault: string, load = UNCONFIRMED): Result[] =>
  [1, 2, 3].map((seed) => measure({ shape: of, fault, load }, seed));

it('gives the same result and the same events for the same seed', () => {
  const once = runAgain({ shape: strict, fault: 'master killed', load: CONFIRMED }, 7);
  const again = runAgain({ shape: strict, fault: 'master killed', load: CONFIRMED }, 7);
  expect(once.notes.length).toBeGreaterThan(30);
  expect(again).toEqual(once);
});

it.each(CATALOGUE.map(({ name }) => name))('%s loses no confirmed write in strict, and all becomes whole', (fault) => {
  const { lostConfirmed, whole, gap } = measure({ shape: strict, fault, load: CONFIRMED }, 1);
  expect({ lostConfirmed, whole: Number.isFinite(whole), writes: Number.isFinite(gap) }).toEqual({
    lostConfirmed: 0,
    whole: true,
    writes: true,
  });
});

describe('a master that is cut off with a client', () => {
  const fault = 'node of the master isolated';

  it('loses in default what it took until the last answer of its replicas was maxLag old', () => {
    for (const { lost } of seeds(byDefault, fault)) {
      expect(lost).toBeGreaterThan(50);
      expect(lost).toBeLessThan(300);
    }
  });

  it('loses less in strict, where its agent pauses it', () => {
    const [inDefault, inStrict] = [byDefault, strict].map((of) => seeds(of, fault).map(({ lost }) => lost));
    expect(Math.max(...(inStrict as number[]))).toBeLessThan(Math.min(...(inDefault as number[])));
  });

  it('loses in cache all that the client writes until it is back', () => {
    for (const { lost } of seeds(cache, fault)) expect(lost).toBeGreaterThan(1000);
  });

  it('loses nothing that was confirmed, in none of the profiles', () => {
    for (const of of [strict, byDefault, cache]) {
      for (const { lostConfirmed } of seeds(of, fault, CONFIRMED)) expect(lostConfirmed).toBe(0);
    }
  });
});

describe('a zone', () => {
  it('may be lost where there are three', () => {
    for (const { gap } of seeds(byDefault, 'zone of the master lost')) expect(gap).toBeLessThan(6000);
  });

  it('takes the majority with it where there are two', () => {
    const two = shape('profile: default', { zones: 2 });
    for (const { gap } of seeds(two, 'zone of the master lost')) expect(gap).toBeGreaterThan(20_000);
  });
});

describe('the names of the faults', () => {
  it('are those of the faults on the cluster, but for what only a simulator can do', () => {
    const known = new Set(ON_CLUSTER.map(({ name }) => name));
    const own = CATALOGUE.map(({ name }) => name).filter((name) => !known.has(name));
    expect(own.sort()).toEqual(['slow disk', 'zone of the master lost']);
  });

  it('are found by what people call them too', () => {
    expect(findFault('Node lost')?.name).toBe('node of the master crashes');
    expect(findFault('master cut off with a client')?.name).toBe('node of the master isolated');
    expect(findFault('all stopped and started')?.name).toBe('all pods deleted at once');
    expect(findFault('meteor')).toBeUndefined();
  });
});

describe('why', () => {
  const told = (of: typeof strict, fault: string) => {
    const { result, notes } = runAgain({ shape: of, fault, load: UNCONFIRMED }, 1);
    return why(of, result, notes);
  };

  it.each([
    [
      strict,
      'master killed',
      /^agent-0 saw its own server end and had redis-\d promoted at once, \d+ ms after the fault\.$/,
    ],
    [
      strict,
      'master hangs',
      /^agent-0 ended its server, which had not answered for 2\.\d+ s, before any other could be elected/,
    ],
    [strict, 'pod of the master deleted', /^agent-0 handed over to redis-\d: writes were paused for \d+ ms\.$/],
    [
      strict,
      'node of the master isolated',
      /only after downAfter \(3 s\).* those that the cut-off master took before its agent paused it\.$/,
    ],
    [byDefault, 'node of the master isolated', /went on until its replicas' last answer was 3 s old \(maxLag\)\.$/],
    [cache, 'node of the master isolated', /went on taking writes, as it needs no replica\.$/],
    [byDefault, 'replica killed', /^The master stayed, and nothing that a write waits for was broken\.$/],
    [
      byDefault,
      'all pods deleted at once',
      /^Nobody else was promoted; redis-\d came back as master [\d.]+ s after the fault\.$/,
    ],
  ] as const)('is told of %#', (of, fault, sentence) => {
    expect(told(of, fault)).toMatch(sentence);
  });
});
