import { describe, expect, test } from 'vitest';
import { clientsOfSentinel, LEAST_SENTINEL_MEMORY } from '../../src/sentinel/sentinel-memory.js';
import { LEAST_MEMORY, maxmemoryBounds, memoryBudget } from '../../src/server/memory-budget.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

describe('the memory of a server', () => {
  test.each([LEAST_MEMORY, 300 * MIB, 512 * MIB, GIB, 5 * GIB, 64 * GIB])(
    'of %i bytes is spent to the last byte',
    (memory) => {
      const { maxmemory, data, backlog, clients, replicas, fork, process } = memoryBudget(memory);
      expect(maxmemory + replicas + fork + process).toBe(memory);
      expect(data + backlog + clients).toBe(maxmemory);
      for (const part of [data, backlog, clients, replicas, fork, process]) expect(part).toBeGreaterThanOrEqual(0);
    },
  );

  test.each([
    { memory: 256 * MIB, data: 85, backlog: 64, clients: 16, replicas: 0, fork: 65, process: 24 },
    { memory: GIB, data: 535, backlog: 64, clients: 66, replicas: 140, fork: 168, process: 49 },
    { memory: 16 * GIB, data: 9420, backlog: 163, clients: 1064, replicas: 3112, fork: 2072, process: 548 },
  ])('of $memory bytes is, in MiB, $data for data', ({ memory, ...expected }) => {
    const budget = memoryBudget(memory);
    expect(budget.maxmemory).toBe(Math.floor(memory * 0.65));
    const parts = Object.keys(expected) as (keyof typeof expected)[];
    expect(Object.fromEntries(parts.map((part) => [part, Math.floor(budget[part] / MIB)]))).toEqual(expected);
  });

  test('leaves a third to the data and a sixth to forks where it is the least that is allowed, and less below', () => {
    expect(memoryBudget(LEAST_MEMORY).data).toBeGreaterThan(LEAST_MEMORY / 3);
    expect(memoryBudget(LEAST_MEMORY).fork).toBeGreaterThan(LEAST_MEMORY / 6);
    expect(memoryBudget(LEAST_MEMORY - 32 * MIB).fork).toBeLessThan((LEAST_MEMORY - 32 * MIB) / 6);
  });

  test.each([LEAST_MEMORY, 256 * MIB, GIB, 64 * GIB])(
    'of %i bytes is spent to the last byte with any maxmemory',
    (memory) => {
      const { least, most } = maxmemoryBounds(memory);
      expect(least).toBeLessThan(memory * 0.65);
      expect(most).toBeGreaterThan(memory * 0.65);
      for (const maxmemory of [least, most]) {
        const { data, backlog, clients, replicas, fork, process } = memoryBudget(memory, maxmemory);
        expect(maxmemory + replicas + fork + process).toBe(memory);
        expect(data + backlog + clients).toBe(maxmemory);
        for (const part of [data, backlog, clients, replicas, process]) expect(part).toBeGreaterThanOrEqual(0);
        expect(fork).toBeGreaterThanOrEqual(memory / 20 - 1);
      }
    },
  );

  test('has room in a replica for what it may have to keep while it copies, beside data, backlog and the process', () => {
    for (const memory of [LEAST_MEMORY, GIB, 64 * GIB]) {
      const { maxmemory, replicas, fork, process, backlog } = memoryBudget(memory);
      // Redis: replica-full-sync-buffer-limit.
      expect(maxmemory + (replicas + fork) + process).toBeLessThanOrEqual(memory);
      // Valkey: as much as a master may keep for it. Its own backlog is gone by then.
      expect(maxmemory - backlog + (backlog + replicas) + process).toBeLessThanOrEqual(memory);
    }
  });
});

describe('the memory of a Sentinel', () => {
  test.each([
    { memory: 32 * MIB, survives: 800, ends: 900 },
    { memory: 64 * MIB, survives: 2000, ends: 2700 },
    { memory: 128 * MIB, survives: 4000, ends: 5400 },
  ])('of $memory bytes is enough for $survives clients, not for $ends', ({ memory, survives, ends }) => {
    expect(clientsOfSentinel(memory)).toBeGreaterThan(survives);
    expect(clientsOfSentinel(memory)).toBeLessThan(ends);
  });

  test('is never for fewer than 2,000 clients', () => {
    expect(clientsOfSentinel(LEAST_SENTINEL_MEMORY)).toBeGreaterThanOrEqual(2000);
    expect(clientsOfSentinel(0)).toBe(0);
  });
});
