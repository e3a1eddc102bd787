import { describe, expect, it } from 'vitest';
import { MINE, outcomeOf, play } from './electing.js';
import { Scene, type SceneProps } from './known.js';

describe('an election by an agent', () => {
  it('asks all Sentinels in the epoch after the one that they name, and is elected by a majority', () => {
    const its = play(new Scene());
    expect(outcomeOf(its)).toEqual({ outcome: 'elected', epoch: 6 });
    expect(its.orders()).toEqual([{ do: 'ask-votes', old: 's0', epoch: 6, number: 1 }]);
    expect(its.at).toBeLessThan(100);
  });

  it('never asks in epoch 1, which is the first start’s', () => {
    const its = play(new Scene().sentinelsSay({ epoch: 0 }).forget());
    expect(outcomeOf(its)).toEqual({ outcome: 'elected', epoch: 2 });
  });

  it.each<[string, (scene: Scene) => void, object]>([
    [
      'fewer than a majority answers',
      (scene) => scene.sentinelsSay('silent', ['q1', 'q2']),
      { why: '1 Sentinels answer' },
    ],
    [
      'fewer than a majority is there',
      (scene) => scene.sentinelsSay('refused', ['q1', 'q2']),
      { why: '1 Sentinels answer' },
    ],
    ['they name another', (scene) => scene.sentinelsSay({ master: 's1', epoch: 6 }), { why: 'the Sentinels name s1' }],
    [
      'one of them names another in a newer epoch',
      (scene) => scene.sentinelsSay({ master: 's1', epoch: 6 }, ['q2']),
      { why: 'the Sentinels name s1' },
    ],
    [
      'they name two in one epoch',
      (scene) => scene.sentinelsSay({ master: 's1' }, ['q2']),
      { why: 'the Sentinels name two masters' },
    ],
    [
      'one was elected for a failover of its own',
      (scene) => scene.sentinelsSay({ failoverInProgress: true, elected: true }, ['q2']),
      { why: 'a Sentinel was elected for a failover', again: 200 },
    ],
  ])('is lost, and nobody is asked, where %s', (_, change, lost) => {
    const scene = new Scene();
    change(scene);
    const its = play(scene.forget());
    expect(outcomeOf(its)).toEqual({ outcome: 'lost', ...lost });
    expect(its.orders()).toEqual([]);
    expect(its.at).toBeLessThan(1100);
  });

  it('does not go by what they said before it began', () => {
    const scene = new Scene();
    scene.sentinelsSay({ master: 's1', epoch: 6 }).advance(10);
    expect(outcomeOf(play(scene))).toEqual({ outcome: 'lost', why: 'the Sentinels name s1' });
  });

  it('waits 0.15 s for one that does not answer, and not at all for one that is known to be silent or gone', () => {
    const slow = new Scene();
    slow.sentinelsSay('silent', ['q2']).advance(10);
    const its = play(slow);
    expect(outcomeOf(its)).toMatchObject({ outcome: 'elected' });
    expect(its.at).toBeGreaterThanOrEqual(150);
    expect(its.at).toBeLessThan(250);
    for (const mute of ['silent', 'refused', 'denied'] as const) {
      const scene = new Scene().sentinelsSay(mute, ['q2']).forget();
      scene.ask('view', 'q2');
      scene.advance(1100);
      const quick = play(scene);
      expect(outcomeOf(quick)).toMatchObject({ outcome: 'elected' });
      expect(quick.at).toBeLessThan(100);
    }
  });

  it.each<[string, SceneProps, number, boolean]>([
    ['1 of 3', { sentinels: 3 }, 1, false],
    ['2 of 3', { sentinels: 3 }, 2, true],
    ['2 of 5', { sentinels: 5 }, 2, false],
    ['3 of 5', { sentinels: 5 }, 3, true],
  ])('needs a majority of the votes: %s', (_, props, count, elected) => {
    const scene = new Scene(props);
    const its = play(scene);
    its.votes = (sentinel, epoch) => (Number(sentinel.slice(1)) < count ? MINE(epoch) : undefined);
    expect(outcomeOf(its)?.outcome).toBe(elected ? 'elected' : 'lost');
  });

  it('does not count the vote for another epoch, nor the answer to an earlier question', () => {
    const scene = new Scene();
    const its = play(scene);
    its.votes = (_, epoch) => MINE(epoch - 1);
    expect(outcomeOf(its)).toEqual({ outcome: 'lost', why: 'outvoted 5 times' });
    for (const sentinel of scene.plan.sentinels) scene.vote(sentinel, { order: 99, ...MINE(6) });
    const other = play(scene);
    other.votes = () => undefined;
    expect(outcomeOf(other)).toEqual({ outcome: 'lost', why: '0 of 3 Sentinels vote' });
  });
});

describe('an election with a majority of the votes', () => {
  it('is lost where a Sentinel was elected for its own failover before', () => {
    const scene = new Scene();
    const its = play(scene);
    its.votes = (_, epoch) => {
      scene.sentinelsSay({ failoverInProgress: true, elected: true }, ['q0']);
      return MINE(epoch);
    };
    expect(outcomeOf(its)).toEqual({ outcome: 'lost', why: 'a Sentinel was elected before', again: 200 });
  });

  it('is won where a Sentinel only asks for votes itself: those are given to this agent by now', () => {
    const scene = new Scene();
    const its = play(scene);
    its.votes = (_, epoch) => {
      scene.sentinelsSay({ failoverInProgress: true }, ['q0']);
      return MINE(epoch);
    };
    expect(outcomeOf(its)).toEqual({ outcome: 'elected', epoch: 6 });
  });

  it('needs with each vote the word of that Sentinel that it was not elected, and waits 1 s for it', () => {
    const scene = new Scene();
    const its = play(scene);
    its.votes = (_, epoch) => {
      scene.sentinelsSay('silent', ['q1', 'q2']);
      return MINE(epoch);
    };
    expect(outcomeOf(its)).toEqual({ outcome: 'lost', why: '1 of 3 Sentinels vote' });
    expect(its.at).toBeGreaterThanOrEqual(1000);
  });
});

describe('votes that are slow', () => {
  it('are waited for as long as a disk may take, up to 1 s', () => {
    const its = play(new Scene());
    its.votes = () => undefined;
    its.run(900);
    for (const sentinel of ['q0', 'q1']) its.scene.vote(sentinel, { order: 1, ...MINE(6) });
    expect(outcomeOf(its)).toEqual({ outcome: 'elected', epoch: 6 });
  });

  it('that do not come at all lose the election after 1 s, or when all have been asked in vain', () => {
    const its = play(new Scene());
    its.votes = () => undefined;
    expect(outcomeOf(its)).toEqual({ outcome: 'lost', why: '0 of 3 Sentinels vote' });
    expect(its.at).toBeGreaterThanOrEqual(1000);
    const quick = play(new Scene());
    quick.votes = () => undefined;
    quick.onOrder = (order) =>
      order.do === 'ask-votes' && quick.scene.results.set(order.number, 'failed') !== undefined;
    expect(outcomeOf(quick)).toEqual({ outcome: 'lost', why: '0 of 3 Sentinels vote' });
    expect(quick.at).toBeLessThan(100);
  });

  it.each<[string, SceneProps, number, boolean]>([
    ['0.9 s', {}, 900, true],
    ['1.1 s', {}, 1100, false],
    ['half of a short down-after', { downAfter: 1000 }, 600, false],
  ])('are good for nothing where this agent did not run for %s since it asked: it asks again', (_, props, ms, good) => {
    const scene = new Scene(props);
    const its = play(scene);
    its.votes = (_sentinel, epoch) => {
      if (epoch === 6) scene.ahead = ms;
      return MINE(epoch);
    };
    expect(outcomeOf(its)).toEqual({ outcome: 'elected', epoch: good ? 6 : 7 });
  });
});
