import { expect, it } from 'vitest';
import { Waiting } from '../../src/agent/program/log.js';

it('says a reason once, and again every 30 s while it lasts', () => {
  let now = 0;
  const lines: string[] = [];
  const waiting = new Waiting(
    () => now,
    (line) => lines.push(line),
  );
  for (; now < 61_000; now += 500) waiting.because('agent', 'for names');
  expect(lines).toEqual(['waiting for names', 'waiting for names', 'waiting for names']);
});

it('does not flood the log with two reasons that alternate', () => {
  let now = 0;
  const lines: string[] = [];
  const waiting = new Waiting(
    () => now,
    (line) => lines.push(line),
  );
  for (; now < 10_000; now += 500) waiting.because('agent', now % 1000 === 0 ? 'one' : 'two', 'error');
  expect(lines).toEqual(['error one', 'error two']);
});

it('tells since when something waits, whatever for', () => {
  let now = 100;
  const waiting = new Waiting(
    () => now,
    () => {},
  );
  waiting.because('server', 'one');
  now = 900;
  waiting.because('server', 'two');
  expect(waiting.reasons.get('server')).toEqual({ reason: 'two', since: 100 });
  waiting.over('server');
  expect(waiting.reasons.size).toBe(0);
});

it('tells of a volume at fault, whatever the decisions have the server wait for', () => {
  const waiting = new Waiting(
    () => 0,
    () => {},
  );
  const decided = { reason: 'for the Sentinels', since: 0 };
  expect(waiting.all(decided)).toEqual({ server: decided });
  waiting.because('server', 'the volume is full', 'error');
  for (const server of [decided, undefined])
    expect(waiting.all(server)).toEqual({ server: { reason: 'the volume is full', since: 0 } });
});
