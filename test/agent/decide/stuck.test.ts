import { describe, expect, it } from 'vitest';
import type { StuckMemory } from '../../../src/agent/program/decide/memory.js';
import { decideStuck } from '../../../src/agent/program/decide/stuck.js';
import { NEVER_LET_IN, ORPHAN, Scene } from './known.js';
import { Play } from './play.js';

/** 2 × failover-timeout + down-after */
const LIMIT = 23_000;

function play(scene: Scene, raised: StuckMemory['raised'] = 'no', candidate = false): Play<StuckMemory> {
  return new Play<StuckMemory>(scene, { raised }, (known, memory) => {
    const step = decideStuck(known, memory, candidate);
    return { ...step, needs: { own: 200, ...step.needs } };
  });
}

/** s1 follows s0, which has been away for so long. */
function orphan(linkDownMs: number, objectivelyDown = true): Scene {
  return new Scene({ me: 's1' })
    .says('s0', 'refused')
    .says('s1', { ...ORPHAN, linkDownMs })
    .sentinelsSay({ objectivelyDown })
    .askAll();
}

describe('a replica that no Sentinel promotes', () => {
  it.each<[string, Scene, number[]]>([
    ['whose link has been down for less than 23 s waits', orphan(LIMIT - 1), []],
    ['for 23 s has the bar lifted: above a tenth of that', orphan(LIMIT), [5300]],
    ['for an hour: the same', orphan(3_600_000), [363_000]],
    ['whose master is not objectively down waits', orphan(LIMIT, false), []],
    ['that was never let in waits: nobody is to promote it', orphan(0).says('s1', NEVER_LET_IN).askAll(), []],
  ])('%s', (_, scene, raised) => {
    const its = play(scene).run(2000);
    expect(its.orders()).toEqual(raised.map((ms) => ({ do: 'set-down-after', ms, of: 'all' })));
  });

  it('is left to the election where it stands for it', () => {
    expect(play(orphan(60_000), 'no', true).run(5000).orders()).toEqual([]);
  });

  it('raises it once, and again after as long: a Sentinel that was restarted knows nothing of it', () => {
    const its = play(orphan(LIMIT)).run(LIMIT - 500);
    expect(its.orders()).toHaveLength(1);
    its.run(1500);
    expect(its.orders()).toHaveLength(2);
    expect(its.said).toHaveLength(2);
    expect(its.said[0]).toBe('unstick link-down=23s down-after=5300ms reason=no-failover-in-23s');
  });

  it('asks the nearest Sentinel itself, and does not go by what that said before', () => {
    const scene = orphan(LIMIT).sentinelsSay('silent').advance(3000);
    expect(play(scene).run(5000).orders()).toEqual([]);
    scene.sentinelsSay({ objectivelyDown: true });
    expect(play(scene).run(3000).orders()).toHaveLength(1);
  });

  it.each<[string, Scene]>([
    ['its link is up', new Scene({ me: 's1' })],
    ['it is master', new Scene()],
  ])('puts it back, once, when a master is there: %s', (_, scene) => {
    for (const raised of ['yes', 'unknown'] as const) {
      const its = play(scene, raised).run(20_000);
      expect(its.orders()).toEqual([{ do: 'set-down-after', ms: 3000, of: 'all' }]);
    }
    expect(play(scene, 'no').run(5000).orders()).toEqual([]);
  });

  it.each([
    { raised: 'unknown' as const, at: 10_000 },
    { raised: 'yes' as const, at: 0 },
  ])('puts back what is $raised after $at ms: Sentinels that have just begun are patient', ({ raised, at }) => {
    const scene = new Scene();
    scene.server = { state: 'running', since: scene.now };
    const its = play(scene, raised);
    its.until(() => its.orders().length > 0, 60_000);
    expect(its.at).toBeGreaterThanOrEqual(at);
    expect(its.at).toBeLessThan(at + 1500);
  });

  it('stays raised while the server is away', () => {
    expect(play(new Scene().says('s0', 'refused').askAll(), 'yes').run(5000).orders()).toEqual([]);
  });
});
