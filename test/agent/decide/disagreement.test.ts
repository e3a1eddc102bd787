import { describe, expect, it } from 'vitest';
import { decideDisagreement } from '../../../src/agent/program/decide/disagreement.js';
import type { DisagreementMemory } from '../../../src/agent/program/decide/memory.js';
import { counter, EPOCH, Scene, type SceneProps } from './known.js';
import { Play, playAgent } from './play.js';

function play(scene: Scene, undisturbed = true): Play<DisagreementMemory> {
  const next = counter();
  return new Play<DisagreementMemory>(scene, {}, (known, memory) => {
    const step = decideDisagreement(known, memory, undisturbed, next);
    return { ...step, needs: { own: 1000, ...step.needs } };
  });
}

/** The agent of s0, which is master; these Sentinels name s1 in the epoch in which the others name s0. */
function torn(astray: readonly string[], props: SceneProps = {}): Scene {
  return new Scene(props).sentinelsSay({ master: 's1' }, astray).askAll();
}

const SETTLES = [
  { do: 'ask-votes', epoch: EPOCH + 1 },
  { do: 'announce', master: 's0', epoch: EPOCH + 1 },
];

describe('a master that is named together with another, in one epoch', () => {
  it.each<[string, readonly string[], SceneProps]>([
    ['by one of three', ['q2'], {}],
    ['by two of three', ['q1', 'q2'], {}],
    ['by its own Sentinel', ['q0'], {}],
    ['by one of three, in default', ['q2'], { strict: false }],
    ['by two of five', ['q3', 'q4'], { servers: 5, sentinels: 5 }],
  ])('is elected anew after 10 s, and tells all: the other is named %s', (_, astray, props) => {
    const scene = torn(astray, props);
    const its = play(scene);
    expect(its.run(9000).orders()).toEqual([]);
    its.run(20_000);
    expect(its.orders()).toMatchObject(SETTLES);
    expect(its.orders('ask-votes')[0]).not.toHaveProperty('old', expect.anything());
    expect(its.said).toEqual([`settled-disagreement epoch=${EPOCH + 1} named=s0,s1`]);
    for (const sentinel of scene.plan.sentinels) expect(scene.viewOf(sentinel)).toMatchObject({ master: 's0' });
  });

  it('is elected by two that are tied, while the third is gone', () => {
    const its = play(torn(['q1']).sentinelsSay('refused', ['q2'])).run(20_000);
    expect(its.orders()).toMatchObject(SETTLES);
  });

  it('tells them again, until a majority names it', () => {
    const scene = torn(['q2']);
    const its = play(scene);
    its.onOrder = ({ do: kind }) => kind === 'announce' && its.orders('announce').length < 3;
    its.run(20_000);
    expect(its.orders()).toMatchObject([...SETTLES, ...SETTLES.slice(1), ...SETTLES.slice(1)]);
    expect(its.orders('announce')).toHaveLength(3);
  });

  it('tries again after as long where it is outvoted', () => {
    const its = play(torn(['q2']));
    its.votes = (_, epoch) => ({ leader: 'id-q1', epoch });
    its.run(40_000);
    expect(its.orders('announce')).toEqual([]);
    const asked = its.given.filter(({ order }) => order.do === 'ask-votes').map(({ at }) => at);
    const gaps = asked.slice(1).map((at, index) => at - (asked[index] as number));
    expect(gaps.filter((gap) => gap >= 10_000).length).toBeGreaterThan(0);
    for (const order of its.orders('ask-votes')) expect(order).not.toHaveProperty('old', expect.anything());
  });

  it('leaves it to a person where another is master, and says so once', () => {
    const its = play(torn(['q2']).says('s1', { role: 'master' })).run(60_000);
    expect(its.orders()).toEqual([]);
    expect(its.said).toEqual(['sentinels-disagree named=s0,s1 reason=s1-may-be-master']);
  });

  it.each<[string, (scene: Scene) => Scene]>([
    ['does not answer', (scene) => scene.says('s1', 'silent')],
    ['is gone', (scene) => scene.says('s1', 'refused')],
    ['follows another', (scene) => scene.says('s1', { role: 'replica', master: 's2' })],
  ])('leaves it to a person where no majority names it, and the other %s', (_, change) => {
    const its = play(change(torn(['q1', 'q2']))).run(30_000);
    expect(its.orders()).toEqual([]);
    expect(its.said).toHaveLength(1);
  });

  it('does not wait for the other to answer where a majority names it', () => {
    expect(
      play(torn(['q2']).says('s1', 'silent'))
        .run(30_000)
        .orders(),
    ).toMatchObject(SETTLES);
  });
});

describe('nothing is done', () => {
  it.each<[string, () => Scene]>([
    ['where all name it', () => new Scene()],
    ['by a replica', () => torn(['q2'], { me: 's2' })],
    [
      'where the other is named in an older epoch',
      () => torn([]).sentinelsSay({ master: 's1', epoch: 4 }, ['q2']).askAll(),
    ],
    [
      'where the other is named in a newer epoch',
      () => torn([]).sentinelsSay({ master: 's1', epoch: 6 }, ['q2']).askAll(),
    ],
    ['where one is at a failover', () => torn(['q2']).sentinelsSay({ failoverInProgress: true }, ['q1']).askAll()],
  ])('%s', (_, scene) => {
    expect(play(scene()).run(30_000).orders()).toEqual([]);
  });

  it('in a hand-over', () => {
    expect(
      play(torn(['q2']), false)
        .run(30_000)
        .orders(),
    ).toEqual([]);
  });

  it('where it ends by itself within 10 s, and comes again', () => {
    const scene = torn(['q2']);
    const its = play(scene);
    for (let round = 0; round < 3; round++) {
      its.run(8000);
      scene.sentinelsSay({ master: 's0' });
      its.run(8000);
      scene.sentinelsSay({ master: 's1' }, ['q2']);
    }
    expect(its.orders()).toEqual([]);
  });
});

it('the whole agent settles it, and goes on', () => {
  const scene = torn(['q2']);
  const its = playAgent(scene).run(20_000);
  expect(its.orders().filter(({ do: kind }) => kind === 'ask-votes' || kind === 'announce')).toMatchObject(SETTLES);
  expect(its.orders('follow')).toEqual([]);
});
