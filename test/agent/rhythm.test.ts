import { describe, expect, it } from 'vitest';
import { isDue, Rhythm } from '../../src/agent/program/know/rhythm.js';

describe('what is due', () => {
  it.each([
    ['once a second, done up to 250 ms early', 1000, 750, 749],
    ['less often, no earlier', 10_000, 9750, 9749],
    ['more often, a quarter of its time', 100, 75, 74],
  ])('%s', (_, period, first, before) => {
    expect(isDue(period, period, first)).toBe(true);
    expect(isDue(period, period, before)).toBe(false);
  });

  it('is not early where it is wanted at once', () => {
    expect(isDue(3, 0, 2)).toBe(false);
    expect(isDue(3, 0, 3)).toBe(true);
  });
});

describe('rhythms', () => {
  it('need no wake-up of their own beside the questions to a master', () => {
    const starts = [130, 460, 610, 910];
    const slow = starts.map((start) => ({ start, rhythm: new Rhythm(1000), done: 0 }));
    const questions = new Rhythm(250);
    let now = 0;
    let wakeUps = 0;
    while (now < 20_000) {
      wakeUps++;
      questions.isUp(now);
      for (const one of slow) if (now >= one.start && one.rhythm.isUp(now)) one.done++;
      const dues = slow.map(({ start, rhythm }) => Math.max(start, rhythm.due));
      now = Math.min(questions.due, ...dues.filter((due) => due > now));
    }
    expect(wakeUps).toBeLessThanOrEqual(20 * 4 + starts.length);
    for (const { done } of slow) expect(done).toBeGreaterThanOrEqual(19);
  });

  it('can be hurried', () => {
    const rhythm = new Rhythm(1000);
    expect(rhythm.isUp(0)).toBe(true);
    expect(rhythm.isUp(500)).toBe(false);
    rhythm.hurry();
    expect(rhythm.isUp(500)).toBe(true);
    expect(rhythm.due).toBe(1500);
  });
});
