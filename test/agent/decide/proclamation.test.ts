import { describe, expect, it } from 'vitest';
import type { Vote } from '../../../src/agent/program/decide/known.js';
import type { ProclamationMemory } from '../../../src/agent/program/decide/memory.js';
import { decideProclamation } from '../../../src/agent/program/decide/proclamation.js';
import { counter, Scene, type SceneProps } from './known.js';
import { Play, playAgent } from './play.js';

const BY_Q2 = { leader: 'id-q2', epoch: 6 };

/** A Sentinel has just promoted s1, in the place of s0; the elected one says so. */
function promoted(props: SceneProps = {}, flags = 'slave,promoted'): Scene {
  return new Scene({ me: 's1', ...props })
    .says('s1', { role: 'master' })
    .says('s0', 'silent')
    .sentinelsSay({ failoverInProgress: true }, ['q2'])
    .flag('q2', 's1', flags)
    .askAll()
    .advance(10);
}

function play(scene: Scene, vote: (sentinel: string) => Omit<Vote, 'order'> | undefined = () => BY_Q2, ours = false) {
  const next = counter();
  let was: string | undefined = 's0';
  const its = new Play<ProclamationMemory>(scene, {}, (known, memory) => {
    const step = decideProclamation(known, memory, was, ours, next);
    was = undefined;
    return step;
  });
  its.onOrder = (order) => {
    if (order.do !== 'ask-given-votes') return false;
    for (const sentinel of scene.plan.sentinels) {
      const given = vote(sentinel);
      if (given) scene.vote(sentinel, { order: order.number, ...given });
    }
    return true;
  };
  return its;
}

describe('a server that a Sentinel has just promoted', () => {
  it('tells all at once, in the epoch of the one that was elected', () => {
    const its = play(promoted()).run(2000);
    expect(its.orders()).toMatchObject([
      { do: 'ask-given-votes', old: 's0' },
      { do: 'announce', master: 's1', epoch: 6 },
      { do: 'follow', server: 's0', master: 's1' },
      { do: 'follow', server: 's2', master: 's1' },
    ]);
    expect(its.said).toEqual(['proclaimed epoch=6 elected=2 old-master=s0']);
  });

  it('does so within 0.2 s', () => {
    const its = play(promoted());
    its.until(() => its.orders('announce').length > 0, 5000);
    expect(its.at).toBeLessThan(200);
  });

  it.each<[string, Scene, ((sentinel: string) => Omit<Vote, 'order'> | undefined)?]>([
    ['no majority has voted for one', promoted(), (q) => ({ leader: `id-${q}`, epoch: 6 })],
    ['only one of three has voted', promoted(), (q) => (q === 'q2' ? BY_Q2 : { leader: '*', epoch: 0 })],
    ['two of five have voted', promoted({ sentinels: 5 }), (q) => (q <= 'q1' ? BY_Q2 : { leader: '*', epoch: 0 })],
    [
      'they have voted in two epochs',
      promoted(),
      (q) => ({ leader: 'id-q2', epoch: q === 'q0' ? 6 : q === 'q1' ? 7 : 8 }),
    ],
    ['votes were forgotten since', promoted(), () => ({ leader: '*', epoch: 6 })],
    ['the elected one promotes another', promoted({}, 'slave'), () => BY_Q2],
    ['the elected one is not there', promoted().sentinelsSay('silent', ['q2']), () => BY_Q2],
    ['it is no master', promoted().says('s1', { role: 'replica' }).askAll()],
  ])('says nothing where %s', (_, scene, vote) => {
    expect(play(scene, vote).run(10_000).orders('announce')).toEqual([]);
  });

  it('says nothing where its own agent promoted it', () => {
    expect(
      play(promoted(), () => BY_Q2, true)
        .run(5000)
        .orders(),
    ).toEqual([]);
  });

  it('leaves it to the Sentinels after 3 s', () => {
    const scene = promoted({}, 'slave');
    const its = play(scene).run(3100);
    scene.flag('q2', 's1', 'slave,promoted');
    its.run(5000);
    expect(its.orders('announce')).toEqual([]);
    expect(its.needs).toEqual({});
  });

  it('does not go by what the elected Sentinel said before', () => {
    const scene = promoted().flag('q2', 's1', 'slave');
    expect(play(scene).run(5000).orders('announce')).toEqual([]);
  });
});

describe('the whole agent', () => {
  it('of a replica notices its promotion, and proclaims it once', () => {
    const scene = new Scene({ me: 's1' });
    const its = playAgent(scene, { linked: true }).run(2000);
    its.onOrder = (order) => {
      if (order.do !== 'ask-given-votes') return false;
      for (const sentinel of scene.plan.sentinels) scene.vote(sentinel, { order: order.number, ...BY_Q2 });
      return true;
    };
    scene.says('s0', 'silent').says('s1', { role: 'master' }).flag('q2', 's1', 'slave,promoted');
    its.run(10_000);
    expect(its.orders('announce')).toMatchObject([{ master: 's1', epoch: 6 }]);
  });

  it('does not take its own promotion for a Sentinel’s', () => {
    const scene = new Scene({ me: 's1' });
    const its = playAgent(scene, { linked: true }).run(2000);
    scene.says('s0', 'silent').says('s1', { heardMs: 3000 }).says('s2', { heardMs: 3000 });
    scene.sentinelsSay({ subjectivelyDown: true });
    its.run(10_000);
    expect(its.orders('ask-given-votes')).toEqual([]);
    expect(its.orders('announce')).toHaveLength(1);
  });

  it('of a master that has just begun proclaims nothing', () => {
    const its = playAgent(promoted()).run(5000);
    expect(its.orders('ask-given-votes')).toEqual([]);
  });
});

describe('a server that an agent has just promoted', () => {
  const BY_AGENT = { leader: 'id-of-an-agent', epoch: 6 };

  it('leaves it to that agent to tell all', () => {
    const scene = promoted();
    const its = play(scene, () => BY_AGENT).run(300);
    scene.sentinelsSay({ master: 's1', epoch: 6 });
    its.run(5000);
    expect(its.orders('announce')).toEqual([]);
  });

  it('tells all itself after half a second, where that agent is gone with the old master', () => {
    const its = play(promoted(), () => BY_AGENT).run(450);
    expect(its.orders('announce')).toEqual([]);
    its.run(2000);
    expect(its.orders('announce')).toMatchObject([{ master: 's1', epoch: 6 }]);
    expect(its.said).toEqual(['proclaimed epoch=6 elected=agent old-master=s0']);
  });

  it('says nothing while the old master answers as one: a person has promoted it, long after that election', () => {
    const scene = promoted().says('s0', { role: 'master' });
    const its = play(scene, () => BY_AGENT).run(20_000);
    expect(its.orders('announce')).toEqual([]);
  });

  it('says nothing where the Sentinels know of a newer epoch', () => {
    const scene = promoted().sentinelsSay({ master: 's2', epoch: 7 });
    const its = play(scene, () => BY_AGENT).run(5000);
    expect(its.orders('announce')).toEqual([]);
  });
});
