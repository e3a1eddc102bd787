import { describe, expect, it } from 'vitest';
import type { ProfileName } from '../../../src/simulation/settings.js';
import type { Differences } from '../../../src/simulation/world.js';
import { SimulatedTopology } from '../support/simulated-topology.js';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const PERSISTENT: readonly ProfileName[] = ['strict', 'default'];
/** Loading takes long enough for a test to strike meanwhile. */
const SLOW_TO_LOAD = { loadMs: 2500, copyMs: 500, rewriteMs: 100 };

/** In strict they lose their power, and what was not forced to disk; in default that may be a second's writes. */
function stopAll(topology: SimulatedTopology, except: readonly number[] = []): void {
  const { fsync } = topology.world.engine;
  for (const ordinal of topology.world.servers.keys()) {
    const away = except.includes(ordinal) ? Number.POSITIVE_INFINITY : 1500 + 300 * ordinal;
    if (fsync === 'always') topology.crash(ordinal, away);
    else topology.killPod(ordinal, away);
  }
}

describe.each(PERSISTENT)('in %s, after a stop of all', (profile) => {
  it('the last master goes on with all of its data', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile });
      topology.run(3000);
      stopAll(topology);
      topology.becomesWhole(120_000);
      expect(topology.failovers, topology.lines.join('\n')).toBe(1);
      expect(topology.lost.confirmed).toBe(0);
      expect(topology.violations).toEqual([]);
    }
  });

  it('the others go on without the last master, whose volume is lost, with every confirmed write', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile });
      topology.run(5000);
      stopAll(topology);
      topology.pod(0).loseVolume();
      topology.becomesWhole(120_000);
      expect(topology.lost.confirmed, topology.lines.join('\n')).toBe(0);
      expect(topology.violations).toEqual([]);
    }
  });

  it('the others go on without the last master, which never returns', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile });
      topology.run(5000);
      stopAll(topology, [0]);
      topology.becomesWhole(120_000, [0]);
      expect(topology.lost.confirmed, topology.lines.join('\n')).toBe(0);
      expect(topology.violations).toEqual([]);
    }
  });

  it('the others go on when the last master ends for good while it is loading, before any of them has a copy', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile }, SLOW_TO_LOAD);
      topology.run(5000);
      stopAll(topology);
      topology.until('it is loading', () => topology.server(0).alive && topology.server(0).loading);
      topology.run(1000);
      topology.crash(0);
      topology.becomesWhole(120_000, [0]);
      expect(topology.lost.confirmed, topology.lines.join('\n')).toBe(0);
      expect(topology.violations).toEqual([]);
    }
  });
});

describe('of five servers in default, after a stop of all', () => {
  it('one of four candidates is promoted, and no other after it', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile: 'default', servers: 5 });
      topology.run(3000);
      const before = topology.failovers;
      stopAll(topology, [0]);
      topology.until('one is promoted', () => topology.failovers > before, 120_000);
      topology.run(20_000);
      expect(topology.failovers, topology.lines.join('\n')).toBe(before + 1);
      expect(topology.violations).toEqual([]);
    }
  });
});

describe('after a stop of all, with a server that missed the last writes, one whose file is damaged, and no last master', () => {
  function story(seed: number, differences: Differences): SimulatedTopology {
    const topology = SimulatedTopology.whole(seed, { profile: 'strict' }, { waitShare: 1 }, differences);
    topology.crash(2, 9000);
    topology.run(5000);
    topology.crash(0);
    topology.crash(1, 2000);
    topology.pod(1).volume.damaged = true;
    topology.run(70_000);
    return topology;
  }

  it('strict waits for a person, since it is not certain who has every confirmed write', () => {
    for (const seed of SEEDS) {
      const topology = story(seed, {});
      expect(topology.master?.name, topology.lines.join('\n')).toBeUndefined();
      expect(topology.said('is not certain')).toBeGreaterThan(0);
    }
  });

  it('without that certainty, confirmed writes are lost', () => {
    const lost = SEEDS.map((seed) => {
      const topology = story(seed, { plan: (plan) => ({ ...plan, whenAbandoned: 'promote' }) });
      return topology.master ? topology.lost.confirmed : 0;
    });
    expect(lost.filter((writes) => writes > 0).length).toBeGreaterThan(SEEDS.length / 2);
  });
});
