import { expect, it } from 'vitest';
import { Clock, LATE_MS } from '../../src/agent/program/clock.js';

/** A clock over a time that the test sets. */
function clockAt(start: number) {
  const time = { real: start };
  return { time, clock: new Clock(() => time.real) };
}

it('runs with real time while every wake-up comes when it is due', () => {
  const { time, clock } = clockAt(1000);
  clock.expect(1100);
  time.real = 1100 + LATE_MS;
  expect(clock.now()).toBe(1100 + LATE_MS);
  expect(clock.stalls).toBe(0);
});

it('leaves out what a wake-up comes too late', () => {
  const { time, clock } = clockAt(0);
  clock.expect(100);
  time.real = 5000;
  expect(clock.now()).toBe(100 + LATE_MS);
  expect(clock.realNow()).toBe(5000);
  time.real = 5010;
  expect(clock.now()).toBe(110 + LATE_MS);
  expect(clock).toMatchObject({ stalls: 1, stalledMs: 4850, longestStallMs: 4850 });
});

it('notices a stall at the first reading after it, before the wake-up itself has run', () => {
  const { time, clock } = clockAt(0);
  clock.expect(100);
  time.real = 3000;
  const seen = clock.now();
  // The late wake-up sets the next one, and is no second stall.
  clock.expect(seen + 100);
  time.real = 3100;
  expect(clock.now()).toBe(seen + 100);
  expect(clock.stalls).toBe(1);
});

it('sees a stall within a turn, after one that was seen already', () => {
  const { time, clock } = clockAt(0);
  clock.expect(100);
  time.real = 1000;
  const seen = clock.now();
  time.real = 2000;
  expect(clock.now()).toBe(seen + LATE_MS);
  expect(clock.stalls).toBe(2);
});

it('counts no time that is not due yet as a stall', () => {
  const { time, clock } = clockAt(0);
  clock.expect(1000);
  time.real = 900;
  expect(clock.now()).toBe(900);
});
