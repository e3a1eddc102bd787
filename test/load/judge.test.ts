import { describe, expect, it } from 'vitest';
import type { FaultEntry, HistoryEntry, ReadEntry, WriteEntry } from '../cluster/load/history.js';
import { judge } from '../cluster/load/judge.js';
import { reigns, twoMasters } from '../cluster/load/masters.js';
import { staleReads } from '../cluster/load/reads.js';

/** A write that took 4 ms. */
const write = (seq: number, completed: number, master: string, props: Partial<WriteEntry> = {}): WriteEntry => ({
  kind: 'write',
  writer: 0,
  seq,
  invoked: completed - 4,
  completed,
  outcome: 'ok',
  master,
  waited: 1,
  ...props,
});

/** One write each 10 ms by one server. */
const series = (master: string, from: number, to: number, writer = 0): WriteEntry[] =>
  Array.from({ length: (to - from) / 10 + 1 }, (_, i) => write(from + i * 10, from + i * 10, master, { writer }));

const read = (invoked: number, ...values: (string | null)[]): ReadEntry => ({
  kind: 'read',
  reader: 0,
  invoked,
  completed: invoked + 4,
  outcome: 'ok',
  master: 'a',
  values,
});

describe('two masters', () => {
  it('are not seen where one follows the other', () => {
    expect(twoMasters([...series('a', 0, 1000), ...series('b', 1010, 2000)])).toEqual({ ms: 0, writes: 0 });
  });

  it('are seen for the time in which both accepted writes', () => {
    const seen = twoMasters([...series('a', 0, 3000, 9), ...series('b', 2000, 5000)]);
    // b's first write is complete at 2000, a's last is sent at 2996.
    expect(seen).toEqual({ ms: 996, writes: expect.any(Number) });
    expect(seen.writes).toBeGreaterThan(100);
  });

  it('are seen by a single write that another accepted between two of the master', () => {
    expect(twoMasters([...series('b', 2000, 3000), write(1, 2504, 'a', { writer: 9 })])).toEqual({ ms: 0, writes: 1 });
  });

  it('are not seen where a server is master again after another was', () => {
    const there = [...series('a', 0, 1000), ...series('b', 2500, 4000), ...series('a', 5500, 7000)];
    expect(twoMasters(there)).toEqual({ ms: 0, writes: 0 });
    expect(reigns(there).map(({ server }) => server)).toEqual(['a', 'b', 'a']);
  });

  it('are not seen where an answer of the old master comes late', () => {
    const late = write(999, 1500, 'a', { invoked: 990, writer: 9 });
    expect(twoMasters([...series('a', 0, 980), late, ...series('b', 1400, 2500)])).toEqual({ ms: 0, writes: 0 });
  });
});

describe('a stale read', () => {
  const writes = [write(0, 100, 'a'), write(1, 200, 'a'), write(2, 300, 'a')];
  const all = () => true;

  it('misses a write that was acknowledged before it was sent', () => {
    expect(staleReads([read(250, '0')], writes, all)).toEqual([
      expect.objectContaining({ value: '0', expected: 1, ms: 50 }),
    ]);
  });

  it.each([
    ['sees it', read(250, '1')],
    ['sees a later one', read(250, '2')],
    ['is older than every write', read(50, null)],
    ['was not answered', { ...read(250, '0'), outcome: 'unknown' as const }],
  ])('is none when it %s', (_, entry) => {
    expect(staleReads([entry], writes, all)).toEqual([]);
  });

  it('is none when what it misses was lost', () => {
    expect(staleReads([read(250, '0')], writes, ({ seq }) => seq !== 1)).toEqual([]);
  });

  it('is none when it sees a write that nobody answered, which may have come late', () => {
    const unanswered = write(0, 100, 'a', { outcome: 'unknown' });
    expect(staleReads([read(250, '0')], [unanswered, write(1, 200, 'a')], all)).toEqual([]);
  });

  it('is looked for among the writes of each writer alone', () => {
    const second = write(0, 200, 'a', { writer: 1 });
    expect(staleReads([read(250, '1', null)], [...writes, second], all)).toEqual([
      expect.objectContaining({ writer: 1, value: null, expected: 0 }),
    ]);
  });
});

describe('the judgement of a fault', () => {
  const fault: FaultEntry = {
    kind: 'fault',
    name: 'kill',
    from: 1000,
    healed: 1200,
    to: 5000,
    whole: true,
    pinned: [100],
    servers: { a: 'cache-0', b: 'cache-1' },
  };
  const withReadBack = (writes: readonly WriteEntry[], ...rest: HistoryEntry[]): HistoryEntry[] => [
    ...writes,
    ...writes.map(({ writer, seq }) => ({ kind: 'read-back' as const, writer, seq, value: String(seq) })),
    ...rest,
  ];

  it('tells outages of clients that ask Sentinel, not of the one that clings to a server', () => {
    const writes = [...series('a', 0, 1000), ...series('b', 2500, 6000), ...series('a', 0, 2000, 100)];
    const found = judge(withReadBack(writes, fault, read(990, '900'), read(1900, '900'), read(4990, '4000')));
    expect(found.writeOutage.ms).toBe(1500);
    expect(found.readOutage.ms).toBe(3090);
    expect(found.wholeAfter).toEqual({ fault: 4000, healed: 3800 });
    expect(found.reigns.map(({ server }) => server)).toEqual(['cache-0', 'cache-1']);
  });

  it('tells how long the clients themselves stood still in the outage', () => {
    const writes = [...series('a', 0, 1000), ...series('b', 2500, 6000)];
    const reads = [...[960, 980, 1000, 1400, 1420, 2500].map((at) => read(at)), read(1020, '0')];
    const clinging = { ...read(1700), reader: 100 };
    // From the answer at 1424 to the end of the outage; before it only from 1024 to 1400.
    expect(judge(withReadBack(writes, fault, ...reads, clinging)).clientsIdle).toBe(1076);
    expect(judge(withReadBack(writes, fault)).clientsIdle).toBe(0);
  });

  it('keeps stale reads of the clinging client apart', () => {
    const stale = read(4000, '500');
    const found = judge(withReadBack(series('a', 0, 6000), fault, stale, { ...stale, reader: 100 }));
    expect([found.staleReads.length, found.pinnedStaleReads.length]).toEqual([1, 1]);
  });

  it('has no time until it was whole where it never was', () => {
    expect(judge(withReadBack(series('a', 0, 6000), { ...fault, whole: false })).wholeAfter).toBeUndefined();
  });

  it('refuses a history without its fault', () => {
    expect(() => judge(withReadBack(series('a', 0, 100)))).toThrow('a history must hold one fault, has 0');
  });
});
