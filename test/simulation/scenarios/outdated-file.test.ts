import { describe, expect, it } from 'vitest';
import { SimulatedTopology } from '../support/simulated-topology.js';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
/** A server that has copied everything has a file of before for good seven seconds. */
const SLOW_TO_WRITE = { copyMs: 200, loadMs: 100, rewriteMs: 10_000, waitShare: 1 };

const copies = (text: string) => / redis-\d +has a copy of /.test(text);

function whole(seed: number, profile: 'strict' | 'default'): SimulatedTopology {
  const topology = SimulatedTopology.whole(seed, { profile }, SLOW_TO_WRITE);
  // Until their first files are written.
  topology.run(18_000);
  return topology;
}

/** All are killed and come back, so that both replicas copy everything. */
function restartAll(topology: SimulatedTopology): void {
  const before = topology.lines.filter(copies).length;
  for (const ordinal of [0, 1, 2]) topology.killPod(ordinal, 1000);
  topology.until('both have a copy', () => topology.lines.filter(copies).length === before + 2);
  topology.becomesWhole();
}

/** Both replicas have copied everything and end before that is in their files, and the master is gone. */
function endedTooSoon(seed: number, profile: 'strict' | 'default'): SimulatedTopology {
  const topology = whole(seed, profile);
  restartAll(topology);
  topology.run(2000);
  topology.killPod(0);
  for (const ordinal of [1, 2]) topology.killPod(ordinal, 1000);
  return topology;
}

describe('after a full copy, and before it is in the file', () => {
  it('no replica of a strict master that is gone for good is promoted by itself', () => {
    for (const seed of SEEDS) {
      const topology = endedTooSoon(seed, 'strict');
      topology.run(60_000);
      expect(topology.master, topology.lines.join('\n')).toBeUndefined();
      // The last master is back, and has everything.
      topology.pod(0).create();
      topology.becomesWhole(120_000);
      expect(topology.lost.confirmed, topology.lines.join('\n')).toBe(0);
      expect(topology.violations).toEqual([]);
    }
  });

  it('in default one of them is', () => {
    for (const seed of SEEDS) {
      const topology = endedTooSoon(seed, 'default');
      topology.becomesWhole(120_000, [0]);
    }
  });

  it('a new master that ends with all others does not come back as one: the replica that has a file is promoted', () => {
    let tried = 0;
    for (const seed of SEEDS) {
      const topology = whole(seed, 'strict');
      const before = topology.lines.filter(copies).length;
      // The heir has just copied everything, so its file is of before; the other one has all of it.
      topology.killPod(1, 500);
      topology.until('it has a copy', () => topology.lines.filter(copies).length > before);
      topology.becomesWhole();
      topology.crash(0, 8000);
      topology.becomesWhole(30_000, [0]);
      if (topology.master !== topology.server(1)) continue;
      tried++;
      // Until there is a mark of its reign.
      topology.run(2000);
      for (const ordinal of [1, 2]) topology.killPod(ordinal, 1000);
      topology.becomesWhole(120_000);
      expect(topology.lost.confirmed, topology.lines.join('\n')).toBe(0);
      expect(topology.violations).toEqual([]);
    }
    expect(tried).toBeGreaterThan(5);
  });
});
