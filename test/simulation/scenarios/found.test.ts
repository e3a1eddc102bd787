import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/simulation/faults.js';
import { runSeed } from '../../../src/simulation/run.js';
import type { Sentinel } from '../../../src/simulation/sentinel.js';
import { SimulatedTopology } from '../support/simulated-topology.js';

/**
 * What random schedules have brought to light, each as the shortest story that shows it. What else is drawn comes from these
 * seeds.
 */
const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

function expectNothingLost(topology: SimulatedTopology): void {
  const story = topology.lines.join('\n');
  expect(topology.violations, story).toEqual([]);
  if (topology.master) expect(topology.lost.confirmed, story).toBe(0);
}

describe('a first start', () => {
  it('is no reason for a failover, whoever meets the master first', () => {
    for (const seed of SEEDS) {
      const topology = new SimulatedTopology(seed, { profile: 'cache' });
      topology.run(15_000);
      expect(topology.failovers, topology.lines.join('\n')).toBe(0);
    }
  });
});

describe('a replica', () => {
  it('that was cut off does not promote itself over the one that is in step, when it is back and the master is gone', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile: 'strict' });
      topology.isolate(1, 12_000);
      topology.run(6000);
      topology.crash(0);
      topology.run(20_000);
      expectNothingLost(topology);
    }
  });

  it('that was killed while it was cut off is in step again soon after, whatever it had begun before', () => {
    for (const seed of SEEDS) {
      for (const ms of [3300, 4300, 5300, 6300]) {
        const topology = SimulatedTopology.whole(seed, { profile: 'strict' }, { copyMs: 500, loadMs: 300 });
        topology.killPod(1, 600);
        topology.until('it starts', () => topology.server(1).alive);
        topology.isolate(1, ms);
        topology.run(2500);
        topology.kill(1);
        topology.run(ms - 2500);
        expect(topology.becomesWhole(), topology.lines.join('\n')).toBeLessThan(15_000);
      }
    }
  });

  // Whoever reaches nobody cannot tell whether it is cut off or the last one left.
  it.each(['strict', 'default'] as const)(
    'that was cut off is not promoted over the one that was left alone, in %s',
    (profile) => {
      // With these, without the rule, a Sentinel that was back promoted its own replica.
      for (const seed of [13, 17, 19, 20, 23, 29, 41, 48]) {
        for (let ms = 1000; ms < 12_000; ms += 1100) {
          const scene = SimulatedTopology.whole(seed, { profile });
          scene.isolate(1, 12_000);
          scene.run(ms);
          scene.crash(0);
          scene.run(52_000 - ms);
          expect(scene.master, scene.lines.join('\n')).toBeDefined();
          expectNothingLost(scene);
        }
      }
    },
  );
});

describe('a master', () => {
  // As where a storage network fails with the other: its confirmations are late, and late ones told nothing.
  it('that is cut off while its disk is slow takes no write after its successor has', () => {
    // With these, without the rule, it took some.
    for (const seed of [202, 312, 351, 367, 417, 427, 516, 548]) {
      const isolatedAt = 20_000 + ((seed * 7919) % 9000);
      const faults: Fault[] = [
        { kind: 'slow-disk', victim: 'master', at: 14_730, lasts: 16_926, chance: (seed * 0.618034) % 1 },
        { kind: 'isolate-node', victim: 'master', at: isolatedAt, lasts: 40_000, chance: (seed * 0.31415926) % 1 },
      ];
      expect(runSeed(seed, { severity: 'many', profile: 'strict', faults }).violations, `${seed}`).toEqual([]);
    }
  });

  it('that is no longer cut off takes no writes again while its successor is being elected', () => {
    for (const seed of SEEDS) {
      for (let ms = 2800; ms <= 3700; ms += 100) {
        const topology = SimulatedTopology.whole(
          seed,
          { profile: 'strict' },
          { writers: 4, writeEveryMs: 60, waitShare: 1 },
        );
        topology.isolate(0, ms);
        topology.run(ms);
        topology.becomesWhole();
        expectNothingLost(topology);
      }
    }
  });
});

describe('a Sentinel', () => {
  it('without a memory does not adopt the old master in the new epoch from one that is at a failover', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile: 'default' });
      for (const ordinal of [1, 2]) topology.pod(ordinal).killAgent();
      topology.killPod(0, 500);
      topology.pod(0).loseVolume();
      for (let round = 0; round < 10; round++) {
        topology.run(400);
        for (const ordinal of [1, 2]) topology.pod(ordinal).killAgent();
      }
      topology.run(40_000);
      expectNothingLost(topology);
    }
  });

  it('that held back does not bring an epoch back that all others have forgotten', () => {
    for (const seed of SEEDS) {
      const topology = SimulatedTopology.whole(seed, { profile: 'cache' });
      topology.kill(0);
      topology.becomesWhole();
      topology.killPod(0, 600);
      topology.killPod(2, 900);
      topology.run(2200);
      topology.killPod(1, 900);
      topology.run(50_000);
      expect(
        topology.violations.filter((invariant) => invariant !== 'an empty server became master'),
        topology.lines.join('\n'),
      ).toEqual([]);
    }
  });
});

describe.each(['strict', 'default', 'cache'] as const)(
  'Sentinels that name two masters in one epoch, in %s',
  (profile) => {
    it.each<[string, readonly number[], readonly number[]]>([
      ['one of three differs', [0, 1, 2], [2]],
      ['the own one of the master differs', [0, 1, 2], [0]],
      ['two are tied, and the third is gone', [0, 1], [1]],
    ])('name one again, nobody is promoted, and the next crash has a successor: %s', (_, there, astray) => {
      for (const seed of SEEDS) {
        const topology = SimulatedTopology.whole(seed, { profile });
        const sentinels = there.map((ordinal) => topology.pod(ordinal).sentinel as Sentinel);
        if (!there.includes(2)) topology.crash(2);
        topology.run(5000);
        const epoch = (sentinels[0] as Sentinel).configEpoch + 1;
        for (const [ordinal, sentinel] of sentinels.entries()) {
          const master = topology.server(astray.includes(ordinal) ? 1 : 0);
          sentinel.takeHello({ currentEpoch: epoch, master, configEpoch: epoch });
        }
        topology.run(20_000);
        topology.becomesWhole(undefined, there.includes(2) ? [] : [2]);
        expect(topology.failovers, topology.lines.join('\n')).toBe(0);
        expect(topology.said('settled-disagreement'), topology.lines.join('\n')).toBe(1);
        if (there.includes(2)) {
          topology.kill(0);
          expect(topology.writesAgain(), topology.lines.join('\n')).toBeLessThan(1000);
          topology.becomesWhole();
        }
        // It was made by the test, and is in the past.
        expect(topology.violations.filter((invariant) => invariant !== 'two masters in one epoch')).toEqual([]);
        expect(topology.lost.confirmed).toBe(0);
      }
    });
  },
);

describe('an agent', () => {
  it('that stood still after the promotion has nobody else promoted in a hand-over', () => {
    expect(runSeed(100_138, { severity: 'many' }).violations).toEqual([]);
  });
});

// The first six take another course since the model loses what is sent to a pod that is gone. What they showed is tested where it
// was mended: candidacy, hang and sentinel in test/agent/decide, and the order of a pod that is gone in network.test.ts.
describe('a schedule that once broke something', () => {
  it.each([
    ['a candidate beside one that had just been promoted', 1_006_291, 'few'],
    ['the same in another profile', 1_010_281, 'many'],
    ['an agent that stood still with its server', 1_001_248, 'many'],
    ['an agent that stood still, and read nothing before it decided', 1_017_560, 'many'],
    ['Sentinels that came back without files while the master was dead', 1_014_140, 'many'],
    ['an order on its way out of a pod that was gone', 1_000_346, 'many'],
    ['a server that had stood still, and then waited for a slow disk', 1_032_795, 'many'],
    ['a replica whose master was started anew in the midst of its copy, and nobody told it', 1_064_864, 'many'],
    ['Sentinels that hung in a connection to a master whose pod had been gone', 1_061_479, 'few'],
    ['a fence that was lifted as the Sentinels came to consider its master down', 1_075_204, 'few'],
    ['a fence that was lifted by replicas alone while a failover was under way', 1_067_100, 'many'],
    ['a Sentinel whose agent was killed just after it had it started', 1_077_683, 'many'],
    ['a master of everysec that had its first second of writes taken by a loss of power', 1_133_737, 'many'],
  ] as const)('breaks nothing: %s', (_, seed, severity) => {
    expect(runSeed(seed, { severity }).violations).toEqual([]);
  });
});
