import { describe, expect, it } from 'vitest';
import { check, lostBy } from '../cluster/load/checker.js';
import { formatEntry, type HistoryEntry, parseHistory, type WriteEntry } from '../cluster/load/history.js';

/** A write that took 5 ms and was confirmed by one replica. */
const write = (seq: number, props: Partial<WriteEntry> = {}): WriteEntry => {
  const invoked = props.invoked ?? 1000 + seq * 10;
  return { kind: 'write', writer: 0, seq, invoked, completed: invoked + 5, outcome: 'ok', waited: 1, ...props };
};

/** Everything that was acknowledged is found, but for what `found` says otherwise. */
const readBack = (writes: readonly WriteEntry[], found: Record<number, string | null> = {}): HistoryEntry[] => [
  ...writes,
  ...writes.map(({ writer, seq, outcome }) => ({
    kind: 'read-back' as const,
    writer,
    seq,
    value: seq in found ? (found[seq] ?? null) : outcome === 'ok' ? String(seq) : null,
  })),
];

describe('the checker', () => {
  it('reports no loss when every acknowledged write is read back', () => {
    const report = check(readBack([write(0), write(1), write(2)]));
    expect(report).toMatchObject({ operations: 3, acknowledged: 3, confirmed: 3, lost: [], lostConfirmed: [] });
  });

  it('finds an acknowledged write that is missing', () => {
    const report = check(readBack([write(0), write(1), write(2)], { 1: null }));
    expect(report.lost).toEqual([expect.objectContaining({ writer: 0, seq: 1, acknowledgedAt: 1015, found: null })]);
    expect(report.lostConfirmed).toHaveLength(1);
  });

  it('finds an acknowledged write that came back with another value', () => {
    expect(check(readBack([write(0), write(1)], { 1: '7' })).lost).toEqual([
      expect.objectContaining({ seq: 1, found: '7' }),
    ]);
  });

  it.each([
    ['no replica had it', 0],
    ['WAIT was not answered', undefined],
  ])('does not count a lost write as confirmed when %s', (_, waited) => {
    const report = check(readBack([write(0, { waited })], { 0: null }));
    expect([report.lost.length, report.lostConfirmed.length, report.confirmed]).toEqual([1, 0, 0]);
  });

  it('does not call a refused or an unanswered write lost', () => {
    const writes = [write(0, { outcome: 'error' }), write(1, { outcome: 'unknown' }), write(2, { outcome: 'unknown' })];
    const report = check(readBack(writes, { 2: '2' }));
    expect(report).toMatchObject({ acknowledged: 0, refused: 1, unknown: 2, unknownApplied: 1, lost: [] });
  });

  it('keeps the writers apart', () => {
    const report = check(
      readBack([write(0), write(0, { writer: 1 })])
        .filter((e) => e.kind === 'write' || (e.kind === 'read-back' && e.writer === 0))
        .concat({ kind: 'read-back', writer: 1, seq: 0, value: null }),
    );
    expect(report.lost).toEqual([expect.objectContaining({ writer: 1, seq: 0 })]);
  });

  it('refuses a history in which an acknowledged write was never read back', () => {
    const [first, ...rest] = readBack([write(0), write(1)]);
    const cut = [first as HistoryEntry, ...rest.slice(0, -1)];
    expect(() => check(cut)).toThrow('write 1 of writer 0 was never read back');
  });

  it('blames a lost write on the first fault that came after it', () => {
    const faults = [
      { name: 'first', from: 100, to: 200 },
      { name: 'second', from: 300, to: 400 },
    ];
    const lost = [50, 150, 250, 350, 450].map((acknowledgedAt, seq) => ({
      writer: 0,
      seq,
      acknowledgedAt,
      found: null,
    }));
    expect(faults.map((_, i) => lostBy(lost, faults, i).map((l) => l.acknowledgedAt))).toEqual([
      [50, 150],
      [250, 350, 450],
    ]);
  });
});

describe('an outage', () => {
  const at = (...completed: number[]) => completed.map((time, seq) => write(seq, { invoked: time - 5 }));
  const fault = { name: 'kill', from: 1000, to: 3000 };

  it('is the longest gap between acknowledged writes that contains the fault', () => {
    const [outage] = check(readBack(at(900, 990, 2200, 2300, 3100)), [fault]).outages;
    expect(outage).toMatchObject({ fault: 'kill', from: 990, to: 2200, ms: 1210 });
  });

  it('is found when it begins some time after the fault was ordered', () => {
    const [outage] = check(readBack(at(990, 1100, 1500, 2400, 2900, 3001)), [fault]).outages;
    expect(outage?.ms).toBe(900);
  });

  it('does not count a longer gap of another fault', () => {
    const [outage] = check(readBack(at(990, 1500, 2000, 2500, 3010, 9000)), [fault]).outages;
    expect(outage?.ms).toBe(510);
  });

  it('counts writes of all writers together, and of each alone', () => {
    const others = at(990, 1400, 1800, 2200, 2600, 3100).map((w) => ({ ...w, writer: 1 }));
    const [outage] = check(readBack([...at(990, 3050), ...others]), [fault]).outages;
    expect(outage?.ms).toBe(450);
    expect(outage?.perWriter.get(0)?.ms).toBe(2060);
    expect(outage?.perWriter.get(1)?.ms).toBe(500);
  });

  it('that never ended lasts to the end of the window', () => {
    expect(check(readBack(at(900, 950)), [fault]).outages[0]?.ms).toBe(2050);
  });

  it('ignores refused writes', () => {
    const writes = [...at(990, 2500), write(9, { invoked: 1500, outcome: 'error' })];
    expect(check(readBack(writes), [fault]).outages[0]?.ms).toBe(1510);
  });
});

describe('a history', () => {
  it('is the same after writing and parsing', () => {
    const history = readBack([write(0), write(1, { outcome: 'unknown', error: 'Command timed out' })]);
    expect(parseHistory(history.map(formatEntry).join(''))).toEqual(history);
  });

  it.each([
    ['a cut line', '{"kind":"write","wri', 'history line 2 is not JSON'],
    ['a foreign line', '{"kind":"reed"}', "'kind' must be one of write, read-back"],
  ])('is refused with %s', (_, line, message) => {
    expect(() => parseHistory(`${formatEntry(write(0))}${line}\n`)).toThrow(message);
  });
});
