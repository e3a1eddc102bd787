import { describe, expect, it } from 'vitest';
import type { ProfileName } from '../../../src/simulation/settings.js';
import { Scene } from '../support/scene.js';

/** What else is drawn (how long copies, questions and starts take) comes from these seeds. */
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const PROFILES: readonly ProfileName[] = ['strict', 'default', 'cache'];

describe.each(PROFILES)('in %s', (profile) => {
  it('a master that is killed has a successor within a second, after one failover, and loses nothing confirmed', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile });
      scene.kill(0);
      expect(scene.writesAgain(1000), scene.lines.join('\n')).toBeLessThan(1000);
      scene.becomesWhole();
      scene.run(25_000);
      expect(scene.failovers, scene.lines.join('\n')).toBe(1);
      expect(scene.lost.confirmed).toBe(0);
      expect(scene.violations).toEqual([]);
    }
  });

  it('a master whose node crashes has a successor soon after down-after', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile });
      const { downAfter } = scene.world.engine;
      scene.crash(0);
      scene.until('a write', () => scene.master !== undefined && scene.master !== scene.server(0), downAfter + 2500);
      scene.becomesWhole(60_000, [0]);
      expect(scene.lost.confirmed).toBe(0);
      expect(scene.violations).toEqual([]);
    }
  });

  it('a pod that is deleted hands over, and loses nothing that was acknowledged', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile });
      scene.delete(0);
      expect(scene.writesAgain(2000), scene.lines.join('\n')).toBeLessThan(2000);
      scene.becomesWhole();
      expect(scene.said('handed-over'), scene.lines.join('\n')).toBe(1);
      expect(scene.lost).toEqual({ acknowledged: 0, confirmed: 0 });
    }
  });

  it('an agent that gets no processor for ten seconds has no server ended and nobody promoted', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile });
      for (let round = 0; round < 20; round++) {
        for (const ordinal of [0, 1, 2]) scene.starveAgent(ordinal, 450);
        scene.run(500);
      }
      for (const ordinal of [0, 1, 2]) scene.starveAgent(ordinal, 10_000);
      scene.run(15_000);
      expect(scene.failovers, scene.lines.join('\n')).toBe(0);
      expect(scene.violations).toEqual([]);
    }
  });
});

describe('in strict', () => {
  const profile = 'strict';

  it('a master that hangs is ended after max-lag, and what it would have answered is not', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile });
      scene.hang(0, 20_000);
      const { maxLag } = scene.world.engine;
      expect(scene.writesAgain(maxLag + 1500), scene.lines.join('\n')).toBeLessThan(maxLag + 1500);
      scene.run(25_000);
      expect(scene.said('ended-server', 'agent-0')).toBe(1);
      expect(scene.failovers).toBe(1);
      expect(scene.violations).toEqual([]);
      expect(scene.lost.confirmed).toBe(0);
    }
  });

  it('disks that take 0.7 s for each fsync make writes slow, and have nobody ended', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile });
      scene.slowDisks(700);
      const before = scene.world.ledger.acknowledged;
      scene.run(30_000);
      expect(scene.said('ended-server'), scene.lines.join('\n')).toBe(0);
      expect(scene.failovers).toBe(0);
      expect(scene.world.ledger.acknowledged).toBeGreaterThan(before + 10);
    }
  });

  it('a master that is cut off for a while takes no write after its successor has, and nothing confirmed is lost', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile });
      scene.isolate(0, 6000);
      scene.run(6000);
      scene.becomesWhole();
      expect(scene.failovers, scene.lines.join('\n')).toBe(1);
      expect(scene.lost.confirmed).toBe(0);
      expect(scene.violations).toEqual([]);
    }
  });
});

// In cache, down-after is over before an election of such questions is.
describe.each(['strict', 'default'] as const)('in %s', (profile) => {
  it('there is one failover for one crash when each question takes 0.2 s', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile }, { questionMs: 200 });
      scene.kill(0);
      scene.becomesWhole();
      scene.run(25_000);
      expect(scene.failovers, scene.lines.join('\n')).toBe(1);
      expect(scene.violations).toEqual([]);
    }
  });
});
