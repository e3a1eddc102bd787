import { describe, expect, it } from 'vitest';
import type { LostWrite } from '../cluster/load/checker.js';
import type { FaultEntry, HistoryEntry, WriteEntry } from '../cluster/load/history.js';
import { type Judgement, judge } from '../cluster/load/judge.js';
import { CATALOGUE } from '../faults/catalogue.js';
import { randomOrder } from '../faults/choice.js';
import type { Promises } from '../faults/fault.js';
import { type Outcome, outcomeOf } from '../faults/outcome.js';
import { pagesOf } from '../faults/pages.js';
import { plot } from '../faults/plot.js';
import { daysOf, filled, table } from '../faults/report.js';
import { NO_GUARD, NO_HAND_OVER, NO_PRIORITY_RULE, sabotaged } from '../faults/sabotage.js';
import { factsOf, topologyOf } from '../faults/topologies.js';
import { brokenPromises } from '../faults/verdict.js';

const strict = factsOf(topologyOf('strict', 'redis'), 'strict');

const promises: Promises = { lost: 'none', lostConfirmed: 'none', outage: 1000, twoMasters: 'never', whole: 60 };
const measure = { writers: 5, maxLag: 2000 };

const kept: Judgement = {
  fault: 'kill',
  window: { from: 0, healed: 100, to: 9000 },
  operations: 10,
  acknowledged: 10,
  confirmed: 10,
  unknown: 0,
  lost: [],
  lostConfirmed: [],
  writeOutage: { from: 0, to: 900, ms: 900 },
  clientsIdle: 20,
  readOutage: { from: 0, to: 900, ms: 900 },
  twoMasters: { ms: 0, writes: 0 },
  staleReads: [],
  pinnedStaleReads: [],
  reigns: [],
  wholeAfter: { fault: 9000, healed: 8900 },
};
const reign = (server: string) => ({ server, from: 0, to: 1, acknowledged: 1 });
const lost = (...times: number[]): LostWrite[] =>
  times.map((acknowledgedAt, seq) => ({ writer: 0, seq, acknowledgedAt, master: 'a', found: null }));

describe('the verdict on a run', () => {
  it('is that nothing is broken when all is kept', () => {
    expect(brokenPromises(kept, promises, measure)).toEqual([]);
  });

  it.each<[string, Partial<Judgement>, Partial<Promises>, string]>([
    ['a lost write', { lost: lost(1) }, {}, '1 acknowledged writes lost: w0:0 of a'],
    ['a lost confirmed write', { lostConfirmed: lost(1) }, { lost: 'any' }, '1 confirmed writes lost'],
    ['more lost writes than were in flight', { lost: lost(1, 2, 3, 4, 5) }, { lost: 'in-flight' }, 'at most 4'],
    [
      'lost writes of a longer time than max-lag + 2 s',
      { lost: lost(1, 4100) },
      { lost: 'cut-off' },
      'of 4099 ms lost',
    ],
    ['a long outage of writes', { writeOutage: { from: 0, to: 1, ms: 1001 } }, {}, '1001 ms without an answered write'],
    ['a long outage of reads', { readOutage: { from: 0, to: 1, ms: 1001 } }, {}, '1001 ms without an answered read'],
    ['two masters', { twoMasters: { ms: 0, writes: 1 } }, {}, 'two servers accepted writes'],
    [
      'a master that was replaced without need',
      { reigns: [reign('a'), reign('b')] },
      { master: 'stays' },
      'the master had no fault, and was replaced: a, b were master',
    ],
    [
      'a client that was left with the old master',
      { clingingDisconnected: false },
      { clingingClients: 'disconnected' },
      'never disconnected',
    ],
    ['a topology that is not whole', { wholeAfter: undefined }, {}, 'not whole again'],
    ['one that is whole too late', { wholeAfter: { fault: 1, healed: 60_001 } }, {}, 'whole again after 60001 ms'],
    ['no write at all', { acknowledged: 0 }, {}, 'the run proves nothing'],
    ['no confirmed write', { confirmed: 0 }, {}, 'proves nothing about those'],
  ])('names %s', (_, found, promised, sentence) => {
    const broken = brokenPromises({ ...kept, ...found }, { ...promises, ...promised }, measure);
    expect(broken).toEqual([expect.stringContaining(sentence)]);
  });

  it.each<[string, Partial<Judgement>, Partial<Promises>]>([
    ['writes in flight at a crash', { lost: lost(1, 2, 3, 4) }, { lost: 'in-flight' }],
    ['writes of a master that is cut off', { lost: lost(1, 4000) }, { lost: 'cut-off' }],
    ['two masters', { twoMasters: { ms: 5000, writes: 9 } }, { twoMasters: 'while-cut-off' }],
    ['another master', { reigns: [reign('a'), reign('b')] }, {}],
    ['a master that paused', { reigns: [reign('a'), reign('a')] }, { master: 'stays' }],
  ])('allows %s where that is all that is promised', (_, found, promised) => {
    expect(brokenPromises({ ...kept, ...found }, { ...promises, ...promised }, measure)).toEqual([]);
  });

  it('has slack for times alone', () => {
    const slow = {
      writeOutage: { from: 0, to: 1, ms: 1900 },
      wholeAfter: { fault: 1, healed: 110_000 },
      lost: lost(1),
    };
    const broken = brokenPromises({ ...kept, ...slow }, promises, { ...measure, slack: 2 });
    expect(broken).toEqual([expect.stringContaining('1 acknowledged writes lost')]);
  });
});

describe('the catalogue', () => {
  it('has no two faults of the same name', () => {
    const names = CATALOGUE.map((fault) => fault.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(['strict', 'default', 'cache'] as const)('promises in %s that confirmed writes survive', (profile) => {
    const facts = factsOf(topologyOf(profile, 'valkey'), profile);
    for (const fault of CATALOGUE) expect(fault.promises(facts)?.lostConfirmed ?? 'none').toBe('none');
  });

  it('promises in strict that there are never two masters', () => {
    for (const fault of CATALOGUE) expect(fault.promises(strict)?.twoMasters).toBe('never');
  });

  it('is tried in an order that the seed decides, each fault as often as the others', () => {
    const order = randomOrder(CATALOGUE, 2 * CATALOGUE.length, 3);
    expect(order).toEqual(randomOrder(CATALOGUE, 2 * CATALOGUE.length, 3));
    expect(order).not.toEqual(randomOrder(CATALOGUE, 2 * CATALOGUE.length, 4));
    for (const fault of CATALOGUE) expect(order.filter((other) => other === fault)).toHaveLength(2);
  });
});

describe('a sabotage', () => {
  it.each([NO_GUARD, NO_PRIORITY_RULE, NO_HAND_OVER])('switches off $name in the manifest', async (sabotage) => {
    const manifest = topologyOf('default', 'redis');
    const before = JSON.stringify(manifest.objects);
    expect(JSON.stringify((await sabotaged(manifest, sabotage)).objects)).not.toBe(before);
    expect(JSON.stringify(manifest.objects)).toBe(before);
  });

  it("is refused where the agent's source is not as it expects", async () => {
    const changed = { ...NO_GUARD, to: { source: 'decide/start.ts', from: 'no such line', to: '' } };
    const refusal = /the guard cannot be switched off/;
    await expect(sabotaged(topologyOf('default', 'redis'), changed)).rejects.toThrow(refusal);
  });
});

/** A writes until 1000, B from 2500. */
const history = (): HistoryEntry[] => {
  const at = (master: string, from: number, to: number): WriteEntry[] =>
    Array.from({ length: (to - from) / 10 }, (_, i) => from + i * 10).map((time) => ({
      kind: 'write',
      writer: 0,
      seq: time / 10,
      invoked: time - 4,
      completed: time,
      outcome: 'ok',
      master,
      waited: 1,
    }));
  const writes = [...at('10.0.0.1', 0, 1000), ...at('10.0.0.2', 2500, 8000)];
  const fault: FaultEntry = {
    kind: 'fault',
    name: 'master killed',
    from: 1000,
    healed: 1100,
    to: 6000,
    whole: true,
    pinned: [],
    servers: { '10.0.0.1': 'cache-0', '10.0.0.2': 'cache-1' },
  };
  return [
    ...writes,
    ...writes.map(({ writer, seq }) => ({ kind: 'read-back' as const, writer, seq, value: String(seq) })),
    fault,
  ];
};

const outcome = (props: Partial<Outcome> = {}): Outcome => ({
  ...outcomeOf(judge(history()), {
    topology: { profile: 'strict', engine: 'redis', image: 'docker.io/library/redis:8.2.2' },
    promises,
    broken: [],
    history: 'h.jsonl',
  }),
  ...props,
});

describe('the report', () => {
  it('has a row for each fault of each topology, and the sum of all', () => {
    const text = table([
      outcome(),
      outcome({ writeOutage: 2510, clientsIdle: 333, lost: 1, broken: ['1 acknowledged writes lost'] }),
      outcome({ fault: 'node crash' }),
    ]);
    const cells = (text.split('\n').find((line) => line.startsWith('| master killed')) ?? '').split(/ *\| */);
    expect(cells).toEqual(expect.arrayContaining(['2', '2010', '2510', '333', 'in 1 of 2']));
    expect(text).toContain('**strict, redis:8.2.2**');
    expect(text).toContain('3 faults: 1,950 writes acknowledged, 1,950 of them confirmed by a replica; 1 lost');
  });

  it('keeps runs under another load apart', () => {
    const text = table([outcome(), outcome({ pause: 1 }), outcome({ pause: 1 })]);
    expect(text.match(/^\*\*.*$/gm)).toEqual([
      '**strict, redis:8.2.2**',
      '**strict, redis:8.2.2, writers that pause 1 ms**',
    ]);
  });

  it('says on which days a row was measured, as the names of the histories tell', () => {
    const on = (day: string) => outcome({ history: `strict-redis-kill-${Date.parse(day).toString(36)}.jsonl` });
    expect(daysOf([on('2026-11-26T23:00Z'), on('2026-11-25T01:00Z')])).toBe('2026-11-25 to 2026-11-26');
    expect(daysOf([on('2026-11-25T23:00Z'), on('2026-11-25T01:00Z')])).toBe('2026-11-25');
  });

  it('is put between its marks, again and again', () => {
    const text = 'a\n<!-- faults:begin -->\nold\n<!-- faults:end -->\nb\n';
    const once = filled(text, 'faults', 'new\n');
    expect(once).toBe('a\n<!-- faults:begin -->\n\nnew\n\n<!-- faults:end -->\nb\n');
    expect(filled(once, 'faults', 'new\n')).toBe(once);
    expect(() => filled('a', 'cluster', 'b')).toThrow('<!-- cluster:begin -->');
  });
});

describe('the pages of the report', () => {
  const marked = (part: string) => `<!-- ${part}:begin -->\n<!-- ${part}:end -->\n`;
  const read = () => marked('faults') + marked('cluster');
  const pages = pagesOf(
    {
      outcomes: [
        outcome({ confirmed: 1200 }),
        outcome({ pause: 1, twoMasters: { ms: 9, writes: 3 }, wholeAfter: undefined }),
        outcome({
          topology: { profile: 'cache', engine: 'valkey', image: 'valkey:9' },
          history: `h-${Date.parse('2026-11-25').toString(36)}.jsonl`,
        }),
      ],
      figures: [],
    },
    read,
  );

  it('are one for each profile, with a table for each engine and load', () => {
    expect([...pages.keys()]).toEqual([
      'README.md',
      'docs/measurements.md',
      'docs/measurements/strict.md',
      'docs/measurements/cache.md',
    ]);
    expect(pages.get('docs/measurements/strict.md')?.match(/^## .*$/gm)).toEqual([
      '## redis:8.2.2',
      '## redis:8.2.2, writers that pause 1 ms',
    ]);
  });

  it('are led to by a row for each of those tables', () => {
    const rows = pages
      .get('docs/measurements.md')
      ?.split('\n')
      .map((line) => line.split(/ *\| */));
    expect(rows).toContainEqual(
      expect.arrayContaining(['[redis:8.2.2](measurements/strict.md#redis822)', '1,200', 'never', 'always']),
    );
    expect(rows).toContainEqual(
      expect.arrayContaining(['[valkey:9](measurements/cache.md#valkey9)', '2026-11-25', '650']),
    );
    expect(rows).toContainEqual(
      expect.arrayContaining([
        '[redis:8.2.2, writers that pause 1 ms](measurements/strict.md#redis822-writers-that-pause-1-ms)',
      ]),
    );
  });
});

describe('the plot of a failover', () => {
  it('shows the gap, and both servers by name', () => {
    const svg = plot(history());
    expect(svg).toContain('1510 ms');
    expect(svg).toContain('cache-0');
    expect(svg).toContain('cache-1');
    expect(svg).not.toContain('NaN');
  });
});
