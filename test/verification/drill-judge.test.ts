// What is made of a drill's history, without servers: histories of every kind, also such as must not be.
import { describe, expect, test } from 'vitest';
import { judge, describe as line, measure, type Story } from '../../src/verification/program/drill-judge.js';
import type { Ack, History } from '../../src/verification/program/load.js';

const STORY: Story = {
  from: 'a:1',
  to: 'b:1',
  began: 1000,
  orderedAt: 2000,
  pausedMs: 90.4,
  wholeAt: 4500,
  ended: 5000,
};
const SWITCHOVER = { mode: 'switchover', limitSeconds: 60, writers: 2 } as const;
const OBSERVE = { ...SWITCHOVER, mode: 'observe' } as const;

const ack = (at: number, confirmed = true): Ack => ({ key: `k${at}`, value: `${at}`, at, confirmed });
/** Not in their order, as several writers give them; 600 ms without one. */
const ACKS = [
  ack(1500),
  ack(1100),
  ack(2010),
  ack(2000),
  ack(2610),
  ack(3300, false),
  ack(3000),
  ack(3700),
  ack(4300),
  ack(4900),
];
const history = (acks: readonly Ack[] = ACKS): History => ({ acks, refused: 3, unanswered: 1 });

function found(changes: Record<string, string | null> = {}): Map<string, string | null> {
  return new Map([...ACKS.map(({ key, value }): [string, string | null] => [key, value]), ...Object.entries(changes)]);
}

describe('the figures', () => {
  test('are the longest time without an acknowledgement, and what became of the writes', () => {
    expect(measure(STORY, history(), found(), 2)).toEqual({
      from: 'a:1',
      to: 'b:1',
      outageMs: 600,
      wholeMs: 2500,
      pausedMs: 90,
      writers: 2,
      acknowledged: 10,
      lost: 0,
      confirmed: 9,
      lostConfirmed: 0,
      refused: 3,
      unanswered: 1,
    });
  });

  test('count a write as lost that is gone, and one that has another value', () => {
    const figures = measure(STORY, history(), found({ k1500: null, k3300: 'other' }), 2);
    expect(figures).toMatchObject({ lost: 2, lostConfirmed: 1 });
    expect(line(figures)).toBe(
      'from a:1 to b:1, no write acknowledged for 600 ms, whole after 2.5 s, 10 writes acknowledged, 2 lost, 9 confirmed by WAIT, 1 of them lost',
    );
  });

  test('count a write as lost that was not read back', () => {
    expect(measure(STORY, history(), new Map(), 2).lost).toBe(10);
  });

  test('are bounded by the end of the load, where an outage lasted until then, and by its beginning', () => {
    expect(measure({ ...STORY, ended: 9000 }, history(), found(), 2).outageMs).toBe(4100);
    expect(measure({ ...STORY, began: 0 }, history(), found(), 2).outageMs).toBe(1100);
    expect(measure(STORY, history([]), found(), 2).outageMs).toBe(4000);
  });

  test('count the time until all was whole from the outage, where nobody ordered it', () => {
    expect(measure({ ...STORY, orderedAt: undefined }, history(), found(), 2).wholeMs).toBe(4500 - 2010);
    expect(
      measure({ ...STORY, wholeAt: undefined, to: undefined, pausedMs: undefined }, history(), found(), 2),
    ).toMatchObject({
      to: null,
      wholeMs: null,
      pausedMs: null,
    });
  });
});

describe('the judgement', () => {
  const faults = (story: Story, drill: typeof SWITCHOVER | typeof OBSERVE, changes = {}, acks = ACKS) =>
    judge(story, history(acks), found(changes), drill).map((fault) => fault.found);

  test('of a switch without loss is sound', () => {
    expect(faults(STORY, SWITCHOVER)).toEqual([]);
    expect(faults(STORY, OBSERVE)).toEqual([]);
  });

  test('of an unconfirmed write that is lost is unsound in a switchover only', () => {
    expect(faults(STORY, SWITCHOVER, { k3300: null })).toEqual([
      '1 acknowledged writes lost, 0 of them confirmed by WAIT',
    ]);
    expect(faults(STORY, OBSERVE, { k3300: null })).toEqual([]);
  });

  test('of a confirmed write that is lost is unsound always', () => {
    const lost = ['1 acknowledged writes lost, 1 of them confirmed by WAIT'];
    expect(faults(STORY, SWITCHOVER, { k1500: null })).toEqual(lost);
    expect(faults(STORY, OBSERVE, { k1500: null })).toEqual(lost);
  });

  test('of an outage that is still there at the end is unsound, whatever else there is', () => {
    const story = { ...STORY, to: undefined, wholeAt: undefined, ended: 9000 };
    expect(faults(story, OBSERVE)).toEqual(['no write acknowledged in the last 4.1 s']);
    expect(faults({ ...STORY, ended: 6000 }, OBSERVE, {}, [])).toEqual(['no write acknowledged in the last 5.0 s']);
  });

  test('of a topology that is not whole again is unsound, once the master has moved', () => {
    expect(faults({ ...STORY, wholeAt: undefined }, OBSERVE)).toEqual(['the topology not whole again within 60 s']);
    expect(faults({ ...STORY, wholeAt: undefined, to: undefined }, OBSERVE)).toEqual([]);
  });
});
