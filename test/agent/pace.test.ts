import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/agent/program/know/pace.js';
import { ownServerPause } from '../../src/agent/program/know/pauses.js';

const QUIET = { needs: { own: 1000, sentinels: 1000, confirmed: 250 }, again: 1000 };

function paced(decision = QUIET, due = 5000): Pace {
  const pace = new Pace();
  pace.decided(decision, 0, due);
  return pace;
}

describe('the pace of an agent', () => {
  it('is at ease where nothing is wanted within a second but the confirmation', () => {
    expect(paced().isAtEase).toBe(true);
    expect(paced({ ...QUIET, needs: { ...QUIET.needs, own: 100 } }).isAtEase).toBe(false);
    expect(paced({ ...QUIET, again: 200 }).isAtEase).toBe(false);
  });

  it('only asks when it wakes up, until decisions are nearly due', () => {
    expect(paced().onlyAsks(500, false)).toBe(true);
    expect(paced().onlyAsks(750, false)).toBe(false);
    // What else there is to do makes them due earlier.
    expect(paced(QUIET, 600).onlyAsks(500, false)).toBe(false);
  });

  it('decides anew at each wake-up where something is going on, or the own server does not answer', () => {
    expect(paced({ ...QUIET, again: 200 }).onlyAsks(1, false)).toBe(false);
    expect(paced().onlyAsks(500, true)).toBe(false);
  });

  it('sleeps until a decision or a question is due, and no longer than 250 ms where an answer is awaited', () => {
    expect(paced().sleepsUntil(0, 5000, false)).toBe(1000);
    expect(paced().sleepsUntil(0, 400, false)).toBe(400);
    expect(paced().sleepsUntil(100, 900, true)).toBe(350);
  });
});

describe('the pause between two attempts to connect to the own server', () => {
  it.each([
    ['is longest while its container waits', { state: 'waiting', since: 0 }, undefined, 10, 500],
    ['is shortest when it has just started', { state: 'running', since: 0 }, 0, 1999, 10],
    ['is longer after two seconds of that', { state: 'running', since: 0 }, 1500, 2000, 50],
    ['is longer still when it has been gone for a second', { state: 'running', since: 0 }, 3000, 4000, 200],
    ['counts from when it was gone', { state: 'running', since: 0 }, 3000, 3999, 50],
  ] as const)('%s', (_, process, goneSince, now, pause) => {
    expect(ownServerPause(process, goneSince, now)).toBe(pause);
  });
});
