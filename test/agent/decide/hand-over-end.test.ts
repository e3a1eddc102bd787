import { describe, expect, it } from 'vitest';
import { play, promotions, untilOver } from './handing-over.js';
import { Scene } from './known.js';

describe('without an election', () => {
  it.each<[string, (scene: Scene) => void]>([
    ['no majority answers', (scene) => scene.sentinelsSay('silent', ['q1', 'q2'])],
    [
      'a Sentinel was elected for a failover',
      (scene) => scene.sentinelsSay({ failoverInProgress: true, elected: true }, ['q1']),
    ],
  ])('a Sentinel is asked for its failover, with writes paused: %s', (_, change) => {
    const scene = new Scene();
    change(scene);
    const its = play(scene);
    its.onOrder = (order) => {
      if (order.do !== 'ask-failover') return false;
      expect(its.orders('pause')).toHaveLength(1);
      scene.says('s1', { role: 'master' }).sentinelsSay({ master: 's1', epoch: 6 });
      return true;
    };
    untilOver(its);
    expect(promotions(its)).toEqual([]);
    expect(its.orders('ask-failover')).toHaveLength(1);
    expect(its.orders().slice(-3)).toEqual([
      { do: 'follow', server: 's0', master: 's1' },
      { do: 'drop-clients' },
      { do: 'release-hook' },
    ]);
    expect(its.said).toContainEqual(expect.stringMatching(/^handed-over to=s1 by=sentinel writes-paused=/));
  });

  it('a Sentinel is asked again every 2 s, for 15 s; then the pod may stop, with writes paused', () => {
    const its = play(new Scene());
    its.votes = () => undefined;
    untilOver(its);
    expect(its.orders('ask-failover').length).toBeGreaterThanOrEqual(7);
    expect(its.orders('ask-failover').length).toBeLessThanOrEqual(8);
    expect(its.at).toBeLessThan(18_000);
    expect(its.orders('unpause')).toEqual([]);
    expect(its.said.at(-1)).toContain('hand-over-failed reason=the-Sentinels-did-not-agree');
  });

  it('no Sentinel is asked where they have named another by then: it would be replaced once more', () => {
    const scene = new Scene().says('s2', { role: 'master' }).sentinelsSay({ master: 's2', epoch: 6 });
    const its = untilOver(play(scene));
    expect(its.orders('ask-failover')).toEqual([]);
    expect(its.orders('follow')).toEqual([{ do: 'follow', server: 's0', master: 's2' }]);
  });
});

describe('where the Sentinels name another who is not master yet', () => {
  it('no Sentinel is asked for a failover, and the pod may stop in the end', () => {
    const its = untilOver(play(new Scene().sentinelsSay({ master: 's2', epoch: 6 })));
    expect(its.orders('ask-failover')).toEqual([]);
    expect(its.said.at(-1)).toContain('hand-over-failed');
  });
});

describe('an agent that did not run for a while after the promotion', () => {
  it('tells all of an heir that turns out to be master, and has nobody else promoted', () => {
    const scene = new Scene();
    const its = play(scene);
    its.onOrder = (order) => {
      if (order.do !== 'follow' || order.server !== 's1') return false;
      scene.says('s1', { role: 'master' }).stall(1500);
      return true;
    };
    its.run(3000);
    expect(its.orders('ask-failover')).toEqual([]);
    expect(its.orders('announce')).toMatchObject([{ master: 's1', epoch: 6 }]);
  });

  it.each<[string, (scene: Scene) => void, number]>([
    ['a Sentinel knows of a newer configuration', (scene) => scene.sentinelsSay({ epoch: 6 }, ['q2']), 1500],
    ['a Sentinel is at a failover', (scene) => scene.sentinelsSay({ failoverInProgress: true }, ['q2']), 1500],
    ['another is master too', (scene) => scene.says('s2', { role: 'master' }), 1500],
    ['no majority answers', (scene) => scene.sentinelsSay('silent', ['q1', 'q2']), 1500],
    ['the pause may be over', () => {}, 60_000],
  ])('tells nobody of an heir that is master where %s', (_, change, stall) => {
    const scene = new Scene();
    const its = play(scene);
    its.onOrder = (order) => {
      if (order.do !== 'follow' || order.server !== 's1') return false;
      scene.says('s1', { role: 'master' }).stall(stall);
      change(scene);
      return true;
    };
    its.run(3000);
    expect(its.orders('announce')).toEqual([]);
  });
});
