import { describe, expect, it } from 'vitest';
import type { ProfileName } from '../../../src/simulation/settings.js';
import { SimulatedTopology } from '../support/simulated-topology.js';

/** What else is drawn (how long copies, questions and starts take) comes from these seeds. */
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const PROFILES: readonly ProfileName[] = ['strict', 'default', 'cache'];

describe.each(PROFILES)('in %s', (profile) => {
  it('a master that is killed has a successor within a second, after one failover, and loses nothing confirmed', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile });
      topology.kill(0);
      expect(topology.writesAgain(1000), topology.lines.join('\n')).toBeLessThan(1000);
      topology.becomesWhole();
      topology.run(25_000);
      expect(topology.failovers, topology.lines.join('\n')).toBe(1);
      expect(topology.lost.confirmed).toBe(0);
      expect(topology.violations).toEqual([]);
    }
  });

  it('a master whose node crashes has a successor soon after down-after', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile });
      const { downAfter } = topology.world.engine;
      topology.crash(0);
      topology.until(
        'a write',
        () => topology.master !== undefined && topology.master !== topology.server(0),
        downAfter + 2500,
      );
      topology.becomesWhole(60_000, [0]);
      expect(topology.lost.confirmed).toBe(0);
      expect(topology.violations).toEqual([]);
    }
  });

  it('a pod that is deleted hands over, and loses nothing that was acknowledged', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile });
      topology.delete(0);
      expect(topology.writesAgain(2000), topology.lines.join('\n')).toBeLessThan(2000);
      topology.becomesWhole();
      expect(topology.said('handed-over'), topology.lines.join('\n')).toBe(1);
      expect(topology.lost).toEqual({ acknowledged: 0, confirmed: 0 });
    }
  });

  it('an agent that gets no processor for ten seconds has no server ended and nobody promoted', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile });
      for (let round = 0; round < 20; round++) {
        for (const ordinal of [0, 1, 2]) topology.starveAgent(ordinal, 450);
        topology.run(500);
      }
      for (const ordinal of [0, 1, 2]) topology.starveAgent(ordinal, 10_000);
      topology.run(15_000);
      expect(topology.failovers, topology.lines.join('\n')).toBe(0);
      expect(topology.violations).toEqual([]);
    }
  });
});

describe('in strict', () => {
  const profile = 'strict';

  it('a master that hangs is ended after max-lag, and what it would have answered is not', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile });
      topology.hang(0, 20_000);
      const { maxLag } = topology.world.engine;
      expect(topology.writesAgain(maxLag + 1500), topology.lines.join('\n')).toBeLessThan(maxLag + 1500);
      topology.run(25_000);
      expect(topology.said('ended-server', 'agent-0')).toBe(1);
      expect(topology.failovers).toBe(1);
      expect(topology.violations).toEqual([]);
      expect(topology.lost.confirmed).toBe(0);
    }
  });

  it('disks that take 0.7 s for each fsync make writes slow, and have nobody ended', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile });
      topology.slowDisks(700);
      const before = topology.world.ledger.acknowledged;
      topology.run(30_000);
      expect(topology.said('ended-server'), topology.lines.join('\n')).toBe(0);
      expect(topology.failovers).toBe(0);
      expect(topology.world.ledger.acknowledged).toBeGreaterThan(before + 10);
    }
  });

  it('a master that is cut off for a while takes no write after its successor has, and nothing confirmed is lost', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile });
      topology.isolate(0, 6000);
      topology.run(6000);
      topology.becomesWhole();
      expect(topology.failovers, topology.lines.join('\n')).toBe(1);
      expect(topology.lost.confirmed).toBe(0);
      expect(topology.violations).toEqual([]);
    }
  });
});

// In cache, down-after is over before an election of such questions is, and a Sentinel is elected first.
describe.each(['strict', 'default', 'cache'] as const)('in %s', (profile) => {
  it('there is one failover for one crash when each question takes 0.2 s', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile }, { questionMs: 200 });
      topology.kill(0);
      topology.becomesWhole();
      topology.run(25_000);
      expect(topology.failovers, topology.lines.join('\n')).toBe(1);
      expect(topology.violations).toEqual([]);
    }
  });
});
