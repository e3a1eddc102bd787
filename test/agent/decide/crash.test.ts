import { describe, expect, it } from 'vitest';
import { decideCrash } from '../../../src/agent/program/decide/crash.js';
import type { CrashMemory } from '../../../src/agent/program/decide/memory.js';
import { counter, ORPHAN, Scene, type SceneProps } from './known.js';
import { Play, playAgent } from './play.js';

function play(scene: Scene, isHandedOver = false): Play<CrashMemory> {
  const next = counter();
  return new Play<CrashMemory>(scene, { slow: [] }, (known, memory) => {
    const step = decideCrash(known, memory, next, isHandedOver);
    return { ...step, needs: { own: 200, ...step.needs } };
  });
}

/** The server of s0 has ended; its replicas have read all that it sent. */
function crashed(props: SceneProps = {}, offsets: Readonly<Record<string, number>> = {}): Scene {
  const scene = new Scene(props);
  for (const address of scene.plan.servers) {
    scene.says(address, address === 's0' ? 'refused' : { ...ORPHAN, offset: offsets[address] ?? 1000 });
  }
  return scene;
}

function promotions(its: { orders(kind: 'follow'): readonly object[] }): object[] {
  return its.orders('follow').filter((order) => !('master' in order && order.master));
}

const PROMOTE_S1 = { do: 'follow', server: 's1' };

describe('a server that has died, and is named master', () => {
  it('has the replica that read most promoted, and all are told', () => {
    const its = play(crashed({}, { s2: 1001 })).run(3000);
    expect(its.orders().map((order) => order.do)).toEqual(['ask-votes', 'follow', 'announce', 'follow', 'follow']);
    expect(its.orders('follow')).toMatchObject([
      { server: 's2', number: 2 },
      { server: 's0', master: 's2' },
      { server: 's1', master: 's2' },
    ]);
    expect(its.orders('announce')).toMatchObject([{ master: 's2', epoch: 6 }]);
    expect(its.said).toEqual([
      expect.stringMatching(/^switched to=s2 epoch=6 offset=1001 reason=server-gone after=\d+ms$/),
    ]);
    expect(its.memory.lastMs).toBeLessThan(300);
  });

  it('is noticed, and replaced, within 0.3 s', () => {
    const scene = crashed();
    scene.latency = 5;
    const its = playAgent(scene, { seenAsMaster: true });
    its.until(() => its.orders('announce').length > 0, 5000);
    expect(its.at).toBeLessThan(300);
  });

  it.each<[string, (scene: Scene) => void]>([
    ['it is there after all', (scene) => scene.says('s0', { role: 'master' })],
    ['it does not answer: that is not refused', (scene) => scene.says('s0', 'silent').forget()],
    ['it is busy', (scene) => scene.says('s0', 'busy')],
    ['another is named', (scene) => scene.sentinelsSay({ master: 's1', epoch: 6 })],
    ['its Sentinel does not answer', (scene) => scene.sentinelsSay('silent').forget()],
    ['none may be promoted', (scene) => scene.says('s1', { priority: 0 }).says('s2', { priority: 0 })],
    ['none is there', (scene) => scene.says('s1', 'refused').says('s2', 'refused')],
    ['one is master already: it may have taken writes', (scene) => scene.says('s2', { role: 'master' })],
    ['one is silent, and nobody considers it down', (scene) => scene.says('s1', 'silent')],
    ['one still reads', (scene) => scene.says('s1', { linkUp: true })],
    ['no majority of the Sentinels is there', (scene) => scene.sentinelsSay('refused', ['q1', 'q2'])],
  ])('stays as it is where %s', (_, change) => {
    const scene = crashed();
    change(scene);
    expect(promotions(play(scene).run(20_000))).toEqual([]);
  });

  it('is left to a hand-over that has an heir promoted already', () => {
    expect(play(crashed(), true).run(5000).orders()).toEqual([]);
  });

  it('does not go by what was known before its end', () => {
    const scene = crashed({}, { s1: 2000 });
    scene.says('s0', { role: 'master' }).askAll().advance(50);
    scene
      .says('s0', 'refused')
      .says('s1', { ...ORPHAN, offset: 1000 })
      .says('s2', { ...ORPHAN, offset: 1001 });
    const its = play(scene).run(2000);
    expect(promotions(its)).toMatchObject([{ server: 's2' }]);
  });

  it('asks its Sentinel anew, whom it names', () => {
    const scene = crashed().sentinelsSay({ master: 's1', epoch: 6 });
    const its = play(scene).run(1000);
    expect(its.orders()).toEqual([]);
    expect(its.said).toEqual([]);
  });

  it('waits until the link of each replica is down, as before that its offset is not final', () => {
    const scene = crashed().says('s2', { linkUp: true, offset: 990 });
    const its = play(scene).run(300);
    expect(its.orders()).toEqual([]);
    scene.says('s2', { ...ORPHAN, offset: 1200 });
    its.run(300);
    expect(promotions(its)).toMatchObject([{ server: 's2' }]);
  });

  it('waits for a silent replica until its Sentinel considers that down', () => {
    const scene = crashed().says('s1', 'silent');
    const its = play(scene).run(2000);
    expect(its.orders()).toEqual([]);
    scene.flag('q0', 's1', 'slave,s_down');
    its.run(1000);
    expect(promotions(its)).toMatchObject([{ server: 's2' }]);
  });

  it('prefers of two that have the same the one that was not slow', () => {
    const scene = crashed().says('s1', 'silent');
    const its = play(scene).run(800);
    scene.says('s1', ORPHAN);
    its.run(500);
    expect(promotions(its)).toMatchObject([{ server: 's2' }]);
  });

  it.each([
    { later: 4900, promotes: true },
    { later: 5100, promotes: false },
  ])('is left to the others after down-after and 2 s: $later ms', ({ later, promotes }) => {
    const scene = crashed().says('s1', { linkUp: true });
    const its = play(scene).run(later);
    scene.says('s1', ORPHAN);
    its.run(3000);
    expect(promotions(its).length > 0).toBe(promotes);
  });

  it('tries again after an election that came to nothing, and says so once', () => {
    const scene = crashed();
    const its = play(scene);
    its.votes = () => undefined;
    its.run(4000);
    expect(its.orders('ask-votes').length).toBeGreaterThanOrEqual(2);
    expect(its.said).toEqual(['switch-lost to=s1 reason=0-of-3-Sentinels-vote']);
  });
});

describe('one crash, one promotion', () => {
  it.each([
    ['in step with the clock', 0],
    ['where each question takes 0.2 s', 200],
  ])('%s', (_, latency) => {
    const scene = crashed({ strict: false });
    scene.latency = latency;
    const its = playAgent(scene, { seenAsMaster: true }).run(20_000);
    expect(promotions(its)).toMatchObject([PROMOTE_S1]);
    expect(its.orders('ask-votes')).toHaveLength(1);
  });

  it('also where no Sentinel hears of it at first: they are told again, and no other is promoted', () => {
    const its = play(crashed());
    let deaf = true;
    its.onOrder = (order) => order.do === 'announce' && deaf;
    its.run(2000);
    deaf = false;
    its.run(3000);
    expect(promotions(its)).toMatchObject([PROMOTE_S1]);
    expect(its.orders('announce').length).toBeGreaterThanOrEqual(4);
    expect(its.orders('announce').length).toBeLessThanOrEqual(6);
    expect(its.memory.promoted).toBeUndefined();
  });

  it('also where only one of three has heard of it: it goes on telling', () => {
    const scene = crashed();
    const its = play(scene);
    its.onOrder = (order) => {
      if (order.do !== 'announce') return false;
      scene.sentinelsSay({ master: 's1', epoch: 6 }, ['q2']);
      return true;
    };
    its.run(3000);
    expect(its.orders('announce').length).toBeGreaterThan(3);
    expect(promotions(its)).toHaveLength(1);
  });

  it('is told by the Sentinels’ protocol only, from the second time on: servers do as they are told', () => {
    const its = play(crashed());
    its.onOrder = (order) => order.do === 'announce';
    its.run(3000);
    expect(its.orders('follow')).toHaveLength(3);
  });
});

describe('the promotion', () => {
  it('counts as done when the heir says that it is master, though no result came', () => {
    const scene = crashed();
    const its = play(scene);
    its.onOrder = (order) => {
      if (order.do !== 'follow') return false;
      scene.says(order.server, { role: 'master' });
      return true;
    };
    its.run(1000);
    expect(its.orders('announce')).toMatchObject([{ master: 's1' }]);
  });

  it.each(['refused', 'failed'] as const)('that is %s tells nobody anything', (result) => {
    const scene = crashed();
    const its = play(scene);
    its.onOrder = (order) => {
      if (order.do !== 'follow' || order.number === undefined) return false;
      scene.results.set(order.number, result);
      return true;
    };
    its.run(1900);
    expect(its.orders('announce')).toEqual([]);
    its.run(3000);
    expect(its.orders('announce')).toEqual([]);
    expect(its.said[0]).toBe(
      `switch-lost to=s1 reason=${result === 'refused' ? 's1-refuses-to-be-promoted' : 's1-does-not-answer'}`,
    );
  });

  it.each([
    { what: 'counting the votes and', during: 'ask-votes' },
    { what: 'promoting the heir and', during: 'follow' },
  ])('tells nobody anything where this agent did not run for 30 s between $what telling all', ({ during }) => {
    const scene = crashed();
    const its = play(scene);
    let stalled = false;
    its.onOrder = (order) => {
      if (order.do !== during || stalled) return false;
      stalled = true;
      scene.stall(30_000);
      // Meanwhile the others have elected s2, which takes writes.
      scene.says('s2', { role: 'master', offset: 5000 }).sentinelsSay({ master: 's2', epoch: 7 });
      return false;
    };
    its.run(5000);
    expect(stalled).toBe(true);
    expect(its.orders('announce')).toEqual([]);
    expect(its.orders('follow').filter((order) => order.do === 'follow' && order.master !== undefined)).toEqual([]);
  });

  it('is told of after a second election, where this agent did not run but nobody else was elected', () => {
    const scene = crashed();
    const its = play(scene);
    its.onOrder = (order) => {
      if (order.do === 'follow' && scene.ahead === 0) scene.stall(2000);
      return false;
    };
    its.run(3000);
    expect(its.orders('ask-votes')).toMatchObject([{ epoch: 6 }, { epoch: 7 }]);
    expect(its.orders('announce')).toMatchObject([{ master: 's1', epoch: 7 }]);
    expect(promotions(its)).toMatchObject([PROMOTE_S1, PROMOTE_S1]);
  });

  it('that comes late is made good: that heir, and no other, is told of', () => {
    const scene = crashed();
    const its = play(scene);
    let late = true;
    its.onOrder = (order) => late && order.do === 'follow';
    its.run(2300);
    late = false;
    scene.says('s2', 'silent').advance(2000);
    scene.says('s1', { role: 'master' });
    its.run(500);
    expect(its.orders('announce')).toMatchObject([{ master: 's1' }]);
  });
});
