import { describe, expect, it } from 'vitest';
import {
  decideStaleVotes,
  STALE_VOTES_LOOK_MS,
  type StaleVotesKnown,
  type StaleVotesMemory,
} from '../../../src/agent/program/decide/stale-votes.js';

const UP = ['sentinel'];
const COUNTED = ['sentinel', 'master_down'];
const DOWN = ['s_down', 'sentinel', 'disconnected'];

type Look = Pick<StaleVotesKnown, 'isCalm' | 'others'>;

/** At which looks it is ended; they follow each other as the agent takes them. */
function ended(place: number, looks: readonly Look[]): number[] {
  let memory: StaleVotesMemory = {};
  return looks.flatMap((look, count) => {
    const step = decideStaleVotes({ now: 1000 + count * STALE_VOTES_LOOK_MS, place, ...look }, memory);
    memory = step.memory;
    expect(step.say).toEqual(step.end ? ['ended-sentinel reason=counts-votes-that-are-over'] : []);
    return step.end ? [count] : [];
  });
}

const looks = (look: Look, times: number) => Array<Look>(times).fill(look);
const calm = { isCalm: true, others: [COUNTED, UP] };

describe('a Sentinel that considers its master up', () => {
  it.each<[string, number, Look, number[]]>([
    ['and counts nobody, is left alone', 0, { isCalm: true, others: [UP, UP] }, []],
    ['and counts another, is ended after 30 s', 0, calm, [3]],
    ['is ended 30 s later where it is the second', 1, calm, [6]],
    ['is ended a minute later where it is the third', 2, calm, [9]],
    ['counts another while the third is down, and waits', 0, { isCalm: true, others: [COUNTED, DOWN] }, []],
    ['counts one that is down', 0, { isCalm: true, others: [[...COUNTED, 's_down'], UP] }, []],
    ['considers it down itself, or is at a failover', 0, { ...calm, isCalm: false }, []],
  ])('%s', (_, place, look, at) => {
    expect(ended(place, looks(look, 10)).slice(0, 1)).toEqual(at);
  });

  it('begins to count anew when it was not calm meanwhile, as Redis forgets by itself', () => {
    const all = [...looks(calm, 3), { ...calm, isCalm: false }, ...looks(calm, 3), { isCalm: true, others: [UP, UP] }];
    expect(ended(0, all)).toEqual([]);
  });

  it('is ended once, and not again while its container starts', () => {
    expect(ended(0, looks(calm, 12))).toEqual([3]);
  });
});

it('never are two down at a time, and in the end none counts a vote that is over', () => {
  const counting = [true, true, true];
  const backAt = [0, 0, 0];
  const memories: StaleVotesMemory[] = [{}, {}, {}];
  let most = 0;
  for (let now = 0; now < 400_000; now += 500) {
    for (const [place, memory] of memories.entries()) {
      if ((now + place * 3000) % STALE_VOTES_LOOK_MS !== 0) continue;
      const others = [0, 1, 2]
        .filter((other) => other !== place)
        .map((other) => {
          if (now < (backAt[other] as number)) return DOWN;
          return counting[place] ? COUNTED : UP;
        });
      const step = decideStaleVotes({ now, place, isCalm: now >= (backAt[place] as number), others }, memory);
      memories[place] = step.memory;
      if (!step.end) continue;
      counting[place] = false;
      backAt[place] = now + 12_000;
    }
    most = Math.max(most, backAt.filter((at) => now < at).length);
  }
  expect(counting).toEqual([false, false, false]);
  expect(most).toBe(1);
});
