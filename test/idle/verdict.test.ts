import { describe, expect, it } from 'vitest';
import { type Cost, costs, type Usage, usagesOf } from './usage.js';
import { complaints, growth, type Sample, tableOf } from './verdict.js';

const MIB = 2 ** 20;

const cost = (container: string, millicores: number, mebibytes = 10): Cost => ({
  pod: 'cache-0',
  container,
  millicores,
  workingSetBytes: mebibytes * MIB,
  ms: 60_000,
});

const usage = (props: Partial<Usage>): Usage => ({
  pod: 'cache-0',
  container: 'redis',
  at: 0,
  cpuNanoseconds: 0,
  workingSetBytes: MIB,
  ...props,
});

describe('what a container costs', () => {
  it('is the time of a processor that it used, by the clock of the kubelet that looked', () => {
    const [found] = costs([usage({ cpuNanoseconds: 1e9 })], [usage({ at: 50_000, cpuNanoseconds: 1.5e9 })]);
    expect(found).toMatchObject({ millicores: 10, ms: 50_000, workingSetBytes: MIB });
  });

  it.each([
    ['was not looked at before', [], usage({ at: 1 })],
    ['was looked at once', [usage({ at: 5 })], usage({ at: 5 })],
    ['has started anew', [usage({ cpuNanoseconds: 2 })], usage({ at: 1, cpuNanoseconds: 1 })],
  ])('is unknown where it %s', (_, before, after) => {
    expect(() => costs(before, [after])).toThrow('cache-0, redis: its kubelet must look at it twice');
  });

  it("is read from the kubelets' summaries, of these pods alone", () => {
    const container = (name: string) => ({
      name,
      cpu: { time: '2026-01-01T00:00:00Z', usageCoreNanoSeconds: 7 },
      memory: { workingSetBytes: 9 },
    });
    const pods = [
      { podRef: { name: 'cache-0', namespace: 'a' }, containers: [container('redis'), { name: 'agent' }] },
      { podRef: { name: 'cache-0', namespace: 'b' }, containers: [container('redis')] },
      { podRef: { name: 'other', namespace: 'a' }, containers: [container('redis')] },
    ];
    const at = Date.parse('2026-01-01T00:00:00Z');
    expect(usagesOf([{ pods }], 'a', new Set(['cache-0']))).toEqual([
      { pod: 'cache-0', container: 'redis', at, cpuNanoseconds: 7, workingSetBytes: 9 },
    ]);
  });
});

describe('the bounds of an idle pod', () => {
  it('are kept', () => {
    expect(complaints([cost('redis', 9), cost('sentinel', 8), cost('agent', 8, 64)])).toEqual([]);
    expect(complaints([cost('redis', 9), cost('sentinel', 8), cost('agent', 9.9, 64)], 1.25)).toEqual([]);
    expect(complaints([cost('agent', 10.1, 64)], 1.25)).toEqual(['cache-0, agent: 10.1 m, at most 8 m']);
  });

  it.each<[string, Cost[], string]>([
    ['the whole pod', [cost('redis', 18), cost('agent', 7.5)], 'cache-0: 25.5 m, at most 25 m'],
    ["the agent's processor", [cost('agent', 8.1)], 'cache-0, agent: 8.1 m, at most 8 m'],
    ["the agent's memory", [cost('agent', 1, 64.5)], 'cache-0, agent: 64.5 MiB, at most 64 MiB'],
    ['a pod without an agent', [cost('redis', 1)], 'cache-0: has no agent'],
  ])('name %s', (_, found, sentence) => expect(complaints(found)).toEqual([sentence]));

  it('stand beside a table with each container and the sum', () => {
    const text = tableOf([cost('redis', 5), cost('agent', 2.5, 40)], new Map([['cache-0', 'master']]));
    expect(text).toMatch(/cache-0 \(master\) +\| all +\| 7\.5 +\| 50\.0 /);
  });
});

describe('a soak', () => {
  const samples = (of: (minute: number) => Partial<Sample>): Sample[] =>
    Array.from({ length: 60 }, (_, minute) => ({
      minute,
      pod: 'cache-0',
      workingSetBytes: 45 * MIB,
      sockets: 12,
      ...of(minute),
    }));

  it('is flat whatever the first ten minutes took, and whatever a failover takes', () => {
    const flat = samples((minute) => ({
      workingSetBytes: (minute < 10 ? 30 + minute : 45 + (minute % 5)) * MIB,
      sockets: minute % 7 === 0 ? 30 : 12,
    }));
    expect(growth(flat)).toEqual([]);
  });

  it('names memory that grows by a fifth of a MiB a minute', () => {
    const leaking = samples((minute) => ({ workingSetBytes: (45 + minute / 5) * MIB }));
    expect(growth(leaking)).toEqual([expect.stringContaining('cache-0: memory grew from 47.0 to 53.8 MiB')]);
  });

  it('names sockets that are left open', () => {
    expect(growth(samples((minute) => ({ sockets: 12 + Math.floor(minute / 5) })))).toEqual([
      'cache-0: sockets grew from 14 to 20',
    ]);
  });

  it('says nothing good of a soak that is too short', () => {
    expect(growth(samples(() => ({})).slice(0, 15))).toEqual([expect.stringContaining('say nothing about growth')]);
  });
});
