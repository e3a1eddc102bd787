import { describe, expect, it } from 'vitest';
import { decideDemotion } from '../../../src/agent/program/decide/demotion.js';
import type { DemotionMemory } from '../../../src/agent/program/decide/memory.js';
import { ORPHAN, Scene } from './known.js';
import { Play, playAgent } from './play.js';

/** The views are asked once a second, as `care` does. */
function play(scene: Scene, undisturbed = true): Play<DemotionMemory> {
  return new Play<DemotionMemory>(scene, {}, (known, memory) => {
    const step = decideDemotion(known, memory, undisturbed);
    return { ...step, needs: { own: 1000, sentinels: 1000, ...step.needs } };
  });
}

/** An old master that is back from behind a partition: the others have s1. */
function replaced(names?: readonly string[], strict = true): Scene {
  return new Scene({ strict }).says('s1', { role: 'master' }).sentinelsSay({ master: 's1', epoch: 6 }, names).askAll();
}

const FOLLOWS = [{ do: 'follow', server: 's0', master: 's1' }, { do: 'drop-clients' }];

describe('a master that was replaced', () => {
  it('follows the new one, and drops its clients', () => {
    const its = play(replaced()).run(3000);
    expect(its.orders()).toEqual(FOLLOWS);
    expect(its.said).toEqual(['demote new-master=s1 epoch=6']);
  });

  it('does so within a second or two of the healing, and not before it was told so twice, 0.2 s apart', () => {
    const its = play(replaced());
    its.until(() => its.orders().length > 0, 5000);
    expect(its.at).toBeGreaterThanOrEqual(200);
    expect(its.at).toBeLessThanOrEqual(500);
  });

  it('follows where two of three name the new one', () => {
    expect(
      play(replaced(['q1', 'q2']))
        .run(3000)
        .orders(),
    ).toEqual(FOLLOWS);
  });

  it.each<[string, () => Scene]>([
    ['this one is named', () => new Scene()],
    ['only one Sentinel names another', () => replaced(['q1'])],
    ['the Sentinels name two in one epoch', () => replaced().sentinelsSay({ master: 's2' }, ['q2']).askAll()],
    ['the other is not master', () => replaced(undefined, false).says('s1', { role: 'replica' }).askAll()],
    ['the other is away', () => replaced(undefined, false).says('s1', 'refused').askAll()],
    ['the other does not answer', () => replaced(undefined, false).says('s1', 'silent').forget()],
    ['it has no Sentinel to ask', () => replaced().sentinelsSay('silent').forget()],
  ])('stays as it is where %s', (_, scene) => {
    expect(play(scene()).run(10_000).orders()).toEqual([]);
  });

  it('asks nobody more often because a minority names another', () => {
    expect(play(replaced(['q1'])).run(3000).needs).toEqual({ own: 1000, sentinels: 1000 });
  });

  it('is not demoted by a single answer', () => {
    const scene = replaced();
    const its = play(scene).run(100);
    scene.sentinelsSay({ master: 's0', epoch: 7 });
    its.run(5000);
    expect(its.orders()).toEqual([]);
  });

  it('begins to count anew where yet another is named', () => {
    const scene = replaced();
    const its = play(scene).run(150);
    scene.says('s2', { role: 'master' }).sentinelsSay({ master: 's2', epoch: 7 });
    its.until(() => its.orders().length > 0, 5000);
    expect(its.at).toBeGreaterThanOrEqual(350);
    expect(its.orders()[0]).toEqual({ do: 'follow', server: 's0', master: 's2' });
  });

  it('goes by what the other is now, not by what it was', () => {
    const scene = replaced();
    scene.says('s1', 'silent').advance(10);
    expect(play(scene).run(2900).orders()).toEqual([]);
  });

  it.each(['refused', 'silent'] as const)(
    'in strict follows one that has ended since, as that has taken writes: %s',
    (how) => {
      const its = play(replaced().says('s1', how).forget());
      its.until(() => its.orders().length > 0, 10_000);
      expect(its.orders()).toEqual(FOLLOWS);
      expect(its.at).toBeGreaterThanOrEqual(3000);
      expect(its.at).toBeLessThan(4200);
    },
  );

  it('is told again after a second, and not with each look, where nothing came of it', () => {
    const its = play(replaced());
    its.onOrder = () => true;
    its.run(10_000);
    expect(its.orders('follow').length).toBeGreaterThanOrEqual(7);
    expect(its.orders('follow').length).toBeLessThanOrEqual(10);
  });

  it('is left alone by this during a hand-over', () => {
    expect(play(replaced(), false).run(5000).orders()).toEqual([]);
  });

  it('whose writes were paused takes them as a replica no longer: the pause is lifted', () => {
    const scene = replaced();
    const its = playAgent(scene, { seenAsMaster: true, fenced: true }).run(5000);
    expect(its.orders('follow')).toEqual([FOLLOWS[0]]);
    expect(its.orders('unpause')).toHaveLength(1);
    expect(its.memory.durable).toMatchObject({ seenAsMaster: false, fenced: false });
  });
});

describe('a replica', () => {
  /** s2 was not told that s1 has taken the place of s0, which is gone. */
  function untold(names?: readonly string[]): Scene {
    return new Scene({ me: 's2' })
      .says('s0', 'refused')
      .says('s1', { role: 'master' })
      .says('s2', ORPHAN)
      .sentinelsSay({ master: 's1', epoch: 6 }, names)
      .askAll();
  }

  /** As `care` has it for a replica. */
  function playReplica(scene: Scene): Play<DemotionMemory> {
    return new Play<DemotionMemory>(scene, {}, (known, memory) => {
      const step = decideDemotion(known, memory, true);
      return { ...step, needs: { own: 1000, nearest: 1000, ...step.needs } };
    });
  }

  it('that was not told of the new master follows it, and keeps its clients', () => {
    const its = playReplica(untold()).run(3000);
    expect(its.orders()).toEqual([{ do: 'follow', server: 's2', master: 's1' }]);
    expect(its.said).toEqual(['follow new-master=s1 epoch=6']);
  });

  it.each<[string, () => Scene]>([
    ['it follows whom all name', () => new Scene({ me: 's2' })],
    ['only its own Sentinel names another', () => untold(['q2'])],
    [
      'only one other and its own name another, of five',
      () => {
        const scene = new Scene({ me: 's2', sentinels: 5 }).says('s1', { role: 'master' });
        return scene.sentinelsSay({ master: 's1', epoch: 6 }, ['q1', 'q2']).askAll();
      },
    ],
    ['only others name another, and its own does not yet', () => untold(['q0', 'q1'])],
    ['it is the one that is named', () => untold().sentinelsSay({ master: 's2' }).askAll()],
    ['the other is not master', () => untold().says('s1', { role: 'replica' }).askAll()],
    ['it does not say any more whom it follows', () => untold().says('s2', 'silent').advance(10)],
    ['no Sentinel answers', () => untold().sentinelsSay('silent').forget()],
  ])('stays as it is where %s', (_, scene) => {
    expect(playReplica(scene()).run(10_000).orders()).toEqual([]);
  });

  it('that was told, which it has not said yet, is not told once more', () => {
    const scene = untold();
    scene.says('s2', { ...ORPHAN, master: 's1', linkUp: true });
    expect(playReplica(scene).run(3000).orders()).toEqual([]);
  });

  it('in step asks nobody for this', () => {
    expect(playReplica(new Scene({ me: 's2' })).run(2000).needs).toEqual({ own: 1000, nearest: 1000 });
  });
});

describe('a server that a Sentinel has just promoted while its master lives, as by SENTINEL FAILOVER', () => {
  function promoted(): { scene: Scene; its: ReturnType<typeof playAgent> } {
    const scene = new Scene({ me: 's1' });
    const its = playAgent(scene).run(3000);
    scene.says('s1', { role: 'master', priority: 100 });
    return { scene, its };
  }

  it('is not demoted in favour of the old one, which all go on naming until the Sentinel finds out', () => {
    const { its } = promoted();
    its.run(5000);
    expect(its.orders('follow')).toEqual([]);
  });

  it('follows the old one where nobody has named this server for failover-timeout', () => {
    const { scene, its } = promoted();
    its.run(scene.plan.failoverTimeout + 2000);
    expect(its.orders('follow')).toEqual([{ do: 'follow', server: 's1', master: 's0' }]);
  });

  it('follows another that is named in a newer epoch, as ever', () => {
    const { scene, its } = promoted();
    its.run(1000);
    scene.says('s2', { role: 'master' }).sentinelsSay({ master: 's2', epoch: 9 });
    its.run(3000);
    expect(its.orders('follow')).toEqual([{ do: 'follow', server: 's1', master: 's2' }]);
  });
});
