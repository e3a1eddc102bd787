import { describe, expect, it } from 'vitest';
import { decideCandidacy, STAND_FOR_MS, type Standing } from '../../../src/agent/program/decide/candidacy.js';
import type { Position } from '../../../src/agent/program/decide/known.js';
import type { Durable } from '../../../src/agent/program/decide/memory.js';
import { UNTOLD } from '../../../src/agent/program/decide/position.js';
import { counter, EPOCH, NEVER_LET_IN, Scene, type SceneProps } from './known.js';
import { Play, playAgent } from './play.js';

const WAIT_MS = 30_000;
const POSITION: Position = { epoch: EPOCH, offset: 1000, bytes: 50 };
const NOTHING: Position = { epoch: 0, offset: 0, bytes: 0 };

function play(scene: Scene, durable: Partial<Durable> = {}): Play<Standing> {
  const next = counter();
  const memory: Standing = {
    candidacy: {},
    durable: { seenAsMaster: false, linked: false, fenced: false, patient: false, ...durable },
  };
  return new Play(scene, memory, (known, before) => {
    const step = decideCandidacy(known, before, next);
    return { ...step, needs: { own: 1000, ...step.needs } };
  });
}

/** All were stopped and started; s1 and s2 have started as replicas of s0, which then came to its end for good. */
function abandoned(props: SceneProps = {}): Scene {
  return new Scene({ me: 's1', ...props })
    .says('s0', 'refused')
    .says('s1', NEVER_LET_IN)
    .says('s2', NEVER_LET_IN)
    .forget()
    .advance(10);
}

/** The same, when both stand for election. */
function standing(
  mine: Position = POSITION,
  its: Position | undefined = POSITION,
  props: SceneProps = {},
): Play<Standing> {
  const scene = abandoned(props).shows('s1', mine).shows('s2', its);
  return play(scene, { candidate: { position: mine } });
}

describe('a replica that was never let in', () => {
  it('stands for election after the time that a waiting server has, too', () => {
    const its = play(abandoned());
    its.until(() => its.memory.durable.candidate !== undefined, 60_000);
    expect(its.at).toBeGreaterThanOrEqual(WAIT_MS);
    expect(its.at).toBeLessThan(WAIT_MS + 1500);
    expect(its.orders()).toEqual([{ do: 'show-position', position: POSITION }]);
    expect(its.said).toEqual(['candidate master=s0 position=5/1000/50 reason=never-let-in after=30s']);
  });

  it.each<[string, (scene: Scene) => void]>([
    ['its master is there', (scene) => scene.says('s0', { role: 'master' })],
    ['its master loads, for an hour', (scene) => scene.says('s0', { role: 'master', loading: true })],
    ['its master is busy', (scene) => scene.says('s0', 'busy')],
    ['its master refuses the password', (scene) => scene.says('s0', 'denied')],
    ['its master’s certificate is not accepted', (scene) => scene.says('s0', 'untrusted')],
    ['another is master', (scene) => scene.says('s2', { role: 'master' })],
    ['another may be promoted', (scene) => scene.says('s2', { priority: 100 })],
    ['another does not say what it is', (scene) => scene.says('s2', 'denied')],
    ['a copy is on its way', (scene) => scene.says('s1', { syncing: true })],
    ['it is let in', (scene) => scene.says('s1', { linkUp: true })],
    ['it is gone', (scene) => scene.says('s1', 'refused')],
  ])('waits for ever as long as %s', (_, change) => {
    const scene = abandoned();
    change(scene);
    expect(play(scene).run(120_000).orders()).toEqual([]);
  });

  it('that was linked once does not: a Sentinel may promote it', () => {
    expect(play(abandoned(), { linked: true }).run(120_000).orders()).toEqual([]);
  });

  it('begins anew with the time when its master was back', () => {
    const scene = abandoned();
    const its = play(scene).run(29_000);
    scene.says('s0', { role: 'master' });
    its.run(3000);
    scene.says('s0', 'refused');
    its.run(29_000);
    expect(its.orders()).toEqual([]);
    its.run(4000);
    expect(its.orders('show-position')).toHaveLength(1);
  });

  it.each<[string, (scene: Scene) => void]>([
    ['by a person’s word at once', () => {}],
    ['by a person’s word, though one does not say what it is', (scene) => scene.says('s2', 'denied')],
  ])('stands for election %s', (_, change) => {
    const scene = abandoned();
    change(scene);
    scene.promoteOrdered = true;
    const its = play(scene);
    its.until(() => its.memory.durable.candidate !== undefined, 5000);
    expect(its.at).toBeLessThan(1500);
    expect(its.said[0]).toBe('candidate master=s0 position=5/1000/50 reason=ordered-by-a-person');
  });

  it('does not, by a person’s word, where its master lives and is busy', () => {
    const scene = abandoned().says('s0', 'busy');
    scene.promoteOrdered = true;
    expect(play(scene).run(60_000).orders()).toEqual([]);
  });

  it.each<[string, SceneProps, Position]>([
    ['has none that counts where its file is of before a full copy', {}, UNTOLD],
    [
      'says what such a file tells where not everything confirmed must be found',
      { whenAbandoned: 'promote' },
      POSITION,
    ],
  ])('%s', (_, props, position) => {
    const scene = abandoned(props);
    scene.data = { ...scene.data, outdated: true };
    expect(play(scene).run(40_000).orders()).toEqual([{ do: 'show-position', position }]);
  });

  it('has no position where its file is damaged, or is not there', () => {
    for (const data of [
      { ...abandoned().data, fault: 'cut short' },
      { there: false, firstStart: false, position: POSITION },
    ]) {
      const scene = abandoned();
      scene.data = data;
      expect(play(scene).run(40_000).orders()).toEqual([{ do: 'show-position', position: NOTHING }]);
    }
  });
});

describe('a candidate', () => {
  it('that came furthest is elected after 10 s, promotes itself, and all are told', () => {
    const its = standing();
    its.until(() => its.orders('announce').length > 0, 60_000);
    expect(its.at).toBeGreaterThanOrEqual(STAND_FOR_MS);
    expect(its.at).toBeLessThan(STAND_FOR_MS + 1500);
    expect(its.orders().slice(0, 3)).toMatchObject([
      { do: 'ask-votes', old: 's0', epoch: 6 },
      { do: 'follow', server: 's1' },
      { do: 'announce', master: 's1', epoch: 6 },
    ]);
    expect(its.said[0]).toBe(
      'candidate-chosen reason=came-furthest position=5/1000/50 loss=what-only-servers-that-are-away-hold',
    );
  });

  it.each<[string, Position, Position]>([
    ['in a newer epoch', { epoch: 4, offset: 9000, bytes: 900 }, { epoch: 5, offset: 10, bytes: 0 }],
    ['at a later mark', { epoch: 5, offset: 1000, bytes: 900 }, { epoch: 5, offset: 1001, bytes: 0 }],
    ['by some bytes', { epoch: 5, offset: 1000, bytes: 50 }, { epoch: 5, offset: 1000, bytes: 51 }],
  ])('leaves it to one that came further: %s', (_, mine, other) => {
    const its = standing(mine, other, { whenAbandoned: 'promote' }).run(60_000);
    expect(its.orders()).toEqual([]);
    expect(its.why).toBe('s2 came furthest');
    const winner = standing(other, mine, { whenAbandoned: 'promote' }).run(60_000);
    expect(winner.orders('follow')[0]).toMatchObject({ server: 's1' });
  });

  it('of several that came as far is the one of the lowest ordinal, for all who ask', () => {
    expect(standing(POSITION, POSITION, { me: 's1' }).run(60_000).orders('ask-votes')).toHaveLength(1);
    const other = abandoned({ me: 's2' }).shows('s1', POSITION).shows('s2', POSITION);
    expect(play(other, { candidate: { position: POSITION } }).run(60_000).why).toBe('s1 came furthest');
  });

  it.each<[string, (its: Play<Standing>) => void, string]>([
    ['fewer candidates than a majority', ({ scene }) => scene.shows('s2', undefined), '1 of 3 servers are up'],
    ['the other is gone', ({ scene }) => scene.says('s2', 'refused'), '1 of 3 servers are up'],
    ['the other does not answer', ({ scene }) => scene.says('s2', 'silent'), '1 of 3 servers are up'],
    ['no majority of the Sentinels', ({ scene }) => scene.sentinelsSay('silent', ['q0', 'q2']), '1 Sentinels answer'],
    ['one is master', ({ scene }) => scene.says('s0', { role: 'master' }), 's0 is master'],
    ['it loads', ({ scene }) => scene.says('s1', { loading: true }), 'reads its file'],
  ])('waits where there is %s', (_, change, why) => {
    const its = standing();
    change(its);
    its.run(60_000);
    expect(its.orders()).toEqual([]);
    expect(its.why).toContain(why);
  });

  it.each<[string, Position, Position, number, boolean]>([
    ['all know exactly, in the newest reign', POSITION, POSITION, EPOCH, true],
    ['one does not know its position', POSITION, NOTHING, EPOCH, false],
    ['the Sentinels know of a newer reign', POSITION, POSITION, EPOCH + 1, false],
    ['one is of an older reign, and knows it', POSITION, { ...POSITION, epoch: 4 }, EPOCH, true],
  ])('in strict goes on only where it is certain: %s', (_, mine, other, epoch, promotes) => {
    const its = standing(mine, other);
    its.scene.sentinelsSay({ epoch });
    its.run(60_000);
    expect(its.orders('announce').length > 0).toBe(promotes);
    if (!promotes) expect(its.why).toContain('bring the last master back');
    const lax = standing(mine, other, { whenAbandoned: 'promote' });
    lax.scene.sentinelsSay({ epoch });
    expect(lax.run(60_000).orders('announce')).toHaveLength(1);
  });

  it('is promoted by a person’s word at once, alone and uncertain', () => {
    const its = standing(NOTHING, undefined);
    its.scene.promoteOrdered = true;
    its.until(() => its.orders('announce').length > 0, 30_000);
    expect(its.at).toBeLessThan(2500);
    expect(its.said[0]).toContain('candidate-chosen reason=ordered');
  });

  it('is not promoted by a person’s word while another is master', () => {
    const its = standing();
    its.scene.says('s0', { role: 'master' }).promoteOrdered = true;
    expect(its.run(30_000).orders()).toEqual([]);
  });

  it('waits for the word of one that the Sentinels name now: that it does not stand any more is no such word', () => {
    const further = { ...POSITION, bytes: POSITION.bytes + 1 };
    const standingNow = standing(POSITION, further, { whenAbandoned: 'promote' });
    standingNow.scene.shows('s0', NOTHING).says('s0', NEVER_LET_IN);
    const { scene, memory } = standingNow.run(STAND_FOR_MS + 500);
    scene
      .says('s2', { role: 'master' })
      .shows('s2', undefined)
      .sentinelsSay({ master: 's2', epoch: EPOCH + 1 });
    for (const sentinel of scene.plan.sentinels) scene.ask('view', sentinel);
    const named = decideCandidacy(scene.advance(10).known(), memory, counter());
    for (const server of scene.plan.servers) scene.ask('position', server);
    const its = decideCandidacy(scene.advance(10).known(), named.memory, counter());
    expect(its.orders).toEqual([]);
    expect(its.why).toBe('asking s2, which the Sentinels name');
    scene.ask('info', 's2');
    expect(decideCandidacy(scene.advance(10).known(), its.memory, counter()).why).toBe('s2 is master');
  });

  it('stands down when its master is back, and has let it in', () => {
    const its = standing().run(5000);
    its.scene.says('s0', { role: 'master' }).says('s1', { linkUp: true });
    its.run(20_000);
    expect(its.orders()).toEqual([]);
    expect(its.memory.candidacy).toEqual({});
  });

  it('does not count on a candidate that has just ended', () => {
    const its = standing().run(STAND_FOR_MS - 1000);
    its.scene.says('s2', 'refused');
    expect(its.run(2000).orders()).toEqual([]);
  });

  it('tries again where the election came to nothing', () => {
    const its = standing();
    its.votes = () => undefined;
    its.run(20_000);
    expect(its.orders('ask-votes').length).toBeGreaterThanOrEqual(3);
    expect(its.said.filter((line) => line.startsWith('switch-lost'))).toHaveLength(1);
  });

  it('asks for little while it waits for a person for days', () => {
    const its = standing(POSITION, NOTHING).run(5000);
    for (const kind in its.scene.asked) its.scene.asked[kind] = 0;
    its.run(60_000);
    const { position = 0, view = 0, info = 0 } = its.scene.asked;
    expect(position + view + info).toBeLessThanOrEqual(60 * (3 + 3 + 5) + 11);
  });
});

describe('the whole agent', () => {
  it('goes on without a master that came to its end for good just after a stop of all', () => {
    const scene = abandoned();
    const its = playAgent(scene).run(5000);
    scene.shows('s2', POSITION);
    its.until(() => its.orders('announce').length > 0, 120_000);
    expect(its.at).toBeLessThan(WAIT_MS + STAND_FOR_MS + 5000);
    its.run(2000);
    expect(its.memory.durable).toMatchObject({ seenAsMaster: true, candidate: undefined });
  });

  it('of a server that was started as a candidate stands at once, and does not wait once more', () => {
    const scene = abandoned();
    scene.serverIs('waiting').forget();
    scene.shows('s2', POSITION);
    const its = playAgent(scene);
    its.onOrder = (order) => {
      if (order.do === 'start-server' && order.position) scene.shows('s1', order.position);
      return false;
    };
    its.until(() => its.orders('announce').length > 0, 120_000);
    expect(its.orders('start-server')).toMatchObject([{ as: 'candidate' }]);
    expect(its.at).toBeLessThan(WAIT_MS + STAND_FOR_MS + 5000);
  });

  it('of an old master that was demoted, and whose new master is gone before it let it in, stands too', () => {
    const scene = new Scene({ me: 's1' }).says('s1', { role: 'master' }).sentinelsSay({ master: 's1' }).askAll();
    const its = playAgent(scene, { linked: true }).run(2000);
    scene.says('s2', NEVER_LET_IN).says('s0', 'refused').sentinelsSay({ master: 's0', epoch: 6 });
    scene.says('s1', { ...NEVER_LET_IN, master: 's0' });
    its.run(WAIT_MS + 5000);
    expect(its.orders('show-position')).toHaveLength(1);
  });

  it('says what it waits for while it waits for a person, once in 30 s', () => {
    const scene = abandoned().shows('s1', POSITION).shows('s2', NOTHING);
    const its = playAgent(scene, { candidate: { position: POSITION } }).run(95_000);
    const lines = its.said.filter((line) => line.includes('bring the last master back'));
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.length).toBeLessThanOrEqual(4);
  });
});
