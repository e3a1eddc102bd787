import { describe, expect, it } from 'vitest';
import type { ProfileName } from '../../../src/simulation/settings.js';
import type { Differences } from '../../../src/simulation/world.js';
import { Scene } from '../support/scene.js';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const PERSISTENT: readonly ProfileName[] = ['strict', 'default'];
/** Loading takes long enough for a test to strike meanwhile. */
const SLOW_TO_LOAD = { loadMs: 2500, copyMs: 500, rewriteMs: 100 };

/** In strict they lose their power, and what was not forced to disk; in default that may be a second's writes. */
function stopAll(scene: Scene, except: readonly number[] = []): void {
  const { fsync } = scene.world.engine;
  for (const ordinal of scene.world.servers.keys()) {
    const away = except.includes(ordinal) ? Number.POSITIVE_INFINITY : 1500 + 300 * ordinal;
    if (fsync === 'always') scene.crash(ordinal, away);
    else scene.killPod(ordinal, away);
  }
}

describe.each(PERSISTENT)('in %s, after a stop of all', (profile) => {
  it('the last master goes on with all of its data', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile });
      scene.run(3000);
      stopAll(scene);
      scene.becomesWhole(120_000);
      expect(scene.failovers, scene.lines.join('\n')).toBe(1);
      expect(scene.lost.confirmed).toBe(0);
      expect(scene.violations).toEqual([]);
    }
  });

  it('the others go on without the last master, whose volume is lost, with every confirmed write', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile });
      scene.run(5000);
      stopAll(scene);
      scene.pod(0).loseVolume();
      scene.becomesWhole(120_000);
      expect(scene.lost.confirmed, scene.lines.join('\n')).toBe(0);
      expect(scene.violations).toEqual([]);
    }
  });

  it('the others go on without the last master, which never returns', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile });
      scene.run(5000);
      stopAll(scene, [0]);
      scene.becomesWhole(120_000, [0]);
      expect(scene.lost.confirmed, scene.lines.join('\n')).toBe(0);
      expect(scene.violations).toEqual([]);
    }
  });

  it('the others go on when the last master ends for good while it is loading, before any of them has a copy', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile }, SLOW_TO_LOAD);
      scene.run(5000);
      stopAll(scene);
      scene.until('it is loading', () => scene.server(0).alive && scene.server(0).loading);
      scene.run(1000);
      scene.crash(0);
      scene.becomesWhole(120_000, [0]);
      expect(scene.lost.confirmed, scene.lines.join('\n')).toBe(0);
      expect(scene.violations).toEqual([]);
    }
  });
});

describe('of five servers in default, after a stop of all', () => {
  it('one of four candidates is promoted, and no other after it', () => {
    for (const seed of SEEDS) {
      const scene = Scene.whole(seed, { profile: 'default', servers: 5 });
      scene.run(3000);
      const before = scene.failovers;
      stopAll(scene, [0]);
      scene.until('one is promoted', () => scene.failovers > before, 120_000);
      scene.run(20_000);
      expect(scene.failovers, scene.lines.join('\n')).toBe(before + 1);
      expect(scene.violations).toEqual([]);
    }
  });
});

describe('after a stop of all, with a server that missed the last writes, one whose file is damaged, and no last master', () => {
  function story(seed: number, differences: Differences): Scene {
    const scene = Scene.whole(seed, { profile: 'strict' }, { waitShare: 1 }, differences);
    scene.crash(2, 9000);
    scene.run(5000);
    scene.crash(0);
    scene.crash(1, 2000);
    scene.pod(1).volume.damaged = true;
    scene.run(70_000);
    return scene;
  }

  it('strict waits for a person, since it is not certain who has every confirmed write', () => {
    for (const seed of SEEDS) {
      const scene = story(seed, {});
      expect(scene.master?.name, scene.lines.join('\n')).toBeUndefined();
      expect(scene.said('is not certain')).toBeGreaterThan(0);
    }
  });

  it('without that certainty, confirmed writes are lost', () => {
    const lost = SEEDS.map((seed) => {
      const scene = story(seed, { plan: (plan) => ({ ...plan, whenAbandoned: 'promote' }) });
      return scene.master ? scene.lost.confirmed : 0;
    });
    expect(lost.filter((writes) => writes > 0).length).toBeGreaterThan(SEEDS.length / 2);
  });
});
