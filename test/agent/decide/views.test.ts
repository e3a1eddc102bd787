import { describe, expect, it } from 'vitest';
import type { MasterView } from '../../../src/agent/program/decide/known.js';
import { isSilent, majority, namedMaster } from '../../../src/agent/program/decide/views.js';
import { type Mute, Scene } from './known.js';

type Said = Partial<MasterView> | Mute;

function named(...said: Said[]) {
  const scene = new Scene({ sentinels: said.length });
  for (const [place, what] of said.entries()) scene.sentinelsSay(what, [`q${place}`]);
  const { votes, master, answered, epoch } = namedMaster(scene.forget().askAll().known(), scene.now);
  return { votes, master, answered, epoch };
}

describe('whom the Sentinels name', () => {
  it.each<[string, Said[], object]>([
    ['all the same', [{}, {}, {}], { master: 's0', votes: 3, answered: 3, epoch: 5 }],
    ['the newest epoch wins', [{}, {}, { master: 's1', epoch: 6 }], { master: 's1', votes: 1, answered: 3, epoch: 6 }],
    ['whoever does not answer has no word', [{}, 'silent', 'denied'], { master: 's0', votes: 1, answered: 1 }],
    ['nobody answers', ['refused', 'silent', 'busy'], { master: undefined, votes: 0, answered: 0, epoch: -1 }],
    ['two in one epoch are no answer', [{}, { master: 's1' }, {}], { master: undefined, answered: 3, epoch: 5 }],
    [
      'two in an older epoch do not matter',
      [{}, { master: 's1' }, { master: 's2', epoch: 6 }],
      { master: 's2', votes: 1 },
    ],
    [
      'one at a failover has the new epoch before the new master',
      [
        { master: 's0', epoch: 6, failoverInProgress: true },
        { master: 's1', epoch: 6 },
        { master: 's1', epoch: 6 },
      ],
      { master: 's1', votes: 2 },
    ],
    [
      'in whatever order they are asked',
      [
        { master: 's1', epoch: 6 },
        { master: 's0', epoch: 6, failoverInProgress: true },
        { master: 's1', epoch: 6 },
      ],
      { master: 's1', votes: 2 },
    ],
    [
      'one at a failover counts where it names the same',
      [{ failoverInProgress: true }, {}, {}],
      { master: 's0', votes: 3 },
    ],
    [
      'alone, one at a failover is believed',
      [{ master: 's0', epoch: 6, failoverInProgress: true }, {}, {}],
      { master: 's0', votes: 1, epoch: 6 },
    ],
  ])('%s', (_, said, expected) => {
    expect(named(...said)).toMatchObject(expected);
  });

  it('is what they said since then, and not before', () => {
    const scene = new Scene();
    scene.advance(10);
    expect(namedMaster(scene.known(), scene.now).answered).toBe(0);
    expect(namedMaster(scene.known(), scene.now - 10).answered).toBe(3);
  });

  it('can be asked for without one of them', () => {
    expect(namedMaster(new Scene().known(), 0, 'q0').answered).toBe(2);
  });
});

describe('a majority', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
  ])('of %i is %i', (count, expected) => {
    expect(majority(count)).toBe(expected);
  });
});

describe('silence', () => {
  const seen = { contact: 'answered', askedAt: 0, infoAt: 0, positionAt: 0 } as const;

  it.each([
    { what: 'no question is open', its: seen, silent: false },
    { what: 'a question is open for less than the patience', its: { ...seen, pendingSince: 1001 }, silent: false },
    { what: 'a question is open for as long', its: { ...seen, pendingSince: 1000 }, silent: true },
    { what: 'the last question was in vain', its: { ...seen, contact: 'silent' as const }, silent: true },
    {
      what: 'the last question was in vain, and it is just being asked again',
      its: { ...seen, contact: 'silent' as const, pendingSince: 1990 },
      silent: true,
    },
    { what: 'nothing is known', its: undefined, silent: false },
  ])('is it where $what: $silent', ({ its, silent }) => {
    expect(isSilent(its, 2000, 1000)).toBe(silent);
  });
});
