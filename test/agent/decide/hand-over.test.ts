import { describe, expect, it } from 'vitest';
import { decideHandOver } from '../../../src/agent/program/decide/hand-over.js';
import type { HandOverMemory } from '../../../src/agent/program/decide/memory.js';
import type { Order } from '../../../src/agent/program/decide/orders.js';
import { isReleased, play, promotions, untilOver } from './handing-over.js';
import { counter, ORPHAN, Scene } from './known.js';
import { type Play, playAgent } from './play.js';

describe('a planned stop of the master', () => {
  it('goes step by step: votes, pause, promotion, then all are told', () => {
    const its = untilOver(play(new Scene()));
    expect(its.orders()).toMatchObject([
      { do: 'ask-votes', old: 's0', epoch: 6 },
      { do: 'pause', ms: 50_000 },
      { do: 'follow', server: 's1' },
      { do: 'announce', master: 's1', epoch: 6 },
      { do: 'follow', server: 's0', master: 's1' },
      { do: 'follow', server: 's2', master: 's1' },
      { do: 'drop-clients' },
      { do: 'release-hook' },
    ]);
    expect(its.said[0]).toBe('hand-over from=s0 to=s1,s2');
    expect(its.said.at(-1)).toMatch(/^handed-over to=s1 epoch=6 writes-paused=\d+ms$/);
    expect(its.said).toHaveLength(2);
  });

  it('where proxies lead here, stays a paused master until they know, and drops its clients once more', () => {
    const scene = new Scene();
    scene.isProxied = true;
    const its = untilOver(play(scene));
    expect(its.orders()).toMatchObject([
      { do: 'ask-votes' },
      { do: 'pause' },
      { do: 'follow', server: 's1' },
      { do: 'announce', master: 's1' },
      { do: 'follow', server: 's2', master: 's1' },
      { do: 'drop-clients' },
      { do: 'follow', server: 's0', master: 's1' },
      { do: 'drop-clients' },
      { do: 'release-hook' },
    ]);
    const [first, last] = its.given.filter(({ order }) => order.do === 'drop-clients');
    // A proxy asks every 0.1 s.
    expect((last?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(150);
    expect((last?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(200);
  });

  it('pauses writes for less than 0.1 s, where each answer takes 2 ms', () => {
    const scene = new Scene();
    scene.latency = 2;
    const its = untilOver(play(scene));
    expect(its.memory.lastMs).toBeLessThanOrEqual(100);
    expect(its.at).toBeLessThan(300);
  });

  it('tells those too that follow it and are none of its topology', () => {
    const scene = new Scene();
    const replicas = ['s1', 's2', 's3'].map((address) => ({ address, offset: 1000, lagMs: 0, online: true }));
    const its = untilOver(play(scene.says('s0', { replicas }).askAll()));
    expect(its.orders('follow')).toContainEqual({ do: 'follow', server: 's3', master: 's1' });
  });

  it.each([
    { grace: 60_000, ms: 50_000 },
    { grace: 30_000, ms: 20_000 },
    { grace: 15_000, ms: 10_000 },
  ])('pauses for what the shutdown leaves of the grace period: of $grace ms $ms', ({ grace, ms }) => {
    const its = untilOver(play(new Scene({ grace })));
    expect(its.orders('pause')).toMatchObject([{ ms }]);
  });

  it('is asked for once: the hook is released once, and another stop begins anew', () => {
    const its = untilOver(play(new Scene()));
    its.run(5000);
    expect(its.orders('release-hook')).toHaveLength(1);
    its.scene.handOverAsked = undefined;
    its.run(1500);
    expect(its.memory).toEqual({ lastMs: expect.any(Number) });
  });

  it('of which nobody has spoken does nothing, and asks for nothing', () => {
    const scene = new Scene();
    const { orders, needs } = decideHandOver(scene.known(), {}, counter());
    expect({ orders, needs }).toEqual({ orders: [], needs: {} });
  });
});

describe('where there is nothing to hand over the pod may stop', () => {
  it.each<[string, (scene: Scene) => void, string | undefined, number]>([
    ['a replica, without a word', (scene) => scene.says('s0', { role: 'replica', master: 's1' }), undefined, 100],
    ['a server that is gone, without a word', (scene) => scene.says('s0', 'refused').askAll(), undefined, 100],
    ['a server that says nothing for 2 s', (scene) => scene.says('s0', 'silent'), 'hand-over-impossible', 2200],
    ['a server without a replica', (scene) => scene.says('s1', 'refused').says('s2', 'refused'), 'no-heir', 200],
    [
      'one whose replicas must not be promoted',
      (scene) => scene.says('s1', { priority: 0 }).says('s2', { priority: 0 }),
      'no-heir',
      200,
    ],
    [
      'one whose replicas are not in step',
      (scene) => scene.says('s1', ORPHAN).says('s2', { syncing: true }),
      'no-heir',
      200,
    ],
    [
      'one whose replicas follow another: their offsets are another history’s',
      (scene) => scene.says('s1', { master: 's2' }).says('s2', { master: 's9' }),
      'no-heir',
      200,
    ],
    ['one whose replicas do not answer', (scene) => scene.says('s1', 'silent').says('s2', 'silent'), 'no-heir', 1500],
  ])('%s', (_, change, line, within) => {
    const scene = new Scene();
    change(scene);
    const its = untilOver(play(scene));
    expect(isReleased(its)).toBe(true);
    expect(its.at).toBeLessThanOrEqual(within);
    expect(its.orders().map((order) => order.do)).toEqual(['release-hook']);
    if (line === undefined) expect(its.said).toEqual([]);
    else expect(its.said).toEqual([expect.stringContaining(line)]);
  });
});

describe('the heir', () => {
  it.each<[string, (scene: Scene) => void, string]>([
    ['is the lowest ordinal: the last to be replaced in an update', () => {}, 's1'],
    ['is one that may be promoted', (scene) => scene.says('s1', { priority: 0 }), 's2'],
    ['is one that is in step', (scene) => scene.says('s1', { syncing: true }), 's2'],
    ['is one that answers', (scene) => scene.says('s1', 'silent'), 's2'],
    ['is one that is there', (scene) => scene.says('s1', 'refused'), 's2'],
    ['is one that says what it is', (scene) => scene.says('s1', 'denied'), 's2'],
    ['is one that has everything', (scene) => scene.says('s1', { offset: 999 }), 's2'],
  ])('%s', (_, change, heir) => {
    const scene = new Scene();
    change(scene);
    const its = untilOver(play(scene));
    expect(promotions(its)).toEqual([heir]);
    expect(its.said.at(-1)).toContain(`handed-over to=${heir}`);
  });

  it('of the lowest ordinal is preferred for 0.15 s, while it catches up', () => {
    const scene = new Scene().says('s1', { offset: 900 });
    const its = play(scene);
    its.until(() => its.memory.phase === 'catch-up', 5000).run(100);
    scene.says('s1', { offset: 1000 });
    expect(promotions(untilOver(its))).toEqual(['s1']);
  });

  it('was asked now: what it said an hour ago does not keep it from being one', () => {
    const scene = new Scene({ servers: 2 }).says('s1', 'silent').forget();
    scene.ask('info', 's1');
    scene.advance(3_600_000);
    scene.says('s1', { role: 'replica' });
    const its = play(scene);
    scene.ask('info', 's0');
    scene.advance(0);
    expect(promotions(untilOver(its))).toEqual(['s1']);
  });

  it('is found where the own server answers sooner than the others, all the time', () => {
    const scene = new Scene();
    const its = play(scene);
    its.until(() => its.memory.phase === 'catch-up', 5000);
    // Its own answers are always the newer ones.
    scene.goesOn = () => {
      const { latency } = scene;
      scene.latency = 0;
      scene.goesOn = undefined;
      scene.ask('info', 's0');
      scene.advance(0);
      scene.latency = latency;
    };
    scene.latency = 30;
    untilOver(its);
    expect(promotions(its)).toEqual(['s1']);
    expect(its.memory.lastMs).toBeLessThan(500);
  });

  it('that stands still for 5 s is none: writes stay paused, and the pod may stop', () => {
    const scene = new Scene().says('s1', { offset: 999 }).says('s2', { offset: 998 });
    const its = untilOver(play(scene));
    expect(promotions(its)).toEqual([]);
    expect(its.orders('unpause')).toEqual([]);
    expect(its.at).toBeGreaterThanOrEqual(5000);
    expect(its.at).toBeLessThan(5500);
    expect(its.said.at(-1)).toContain('hand-over-failed reason=no-replica-caught-up; writes stay paused');
  });
});

describe('when something fails on the way', () => {
  /** Results of orders of that kind; nothing: none comes. */
  function withResult(kind: Order['do'], result?: 'refused' | 'failed'): Play<HandOverMemory> {
    const scene = new Scene();
    const its = play(scene);
    let first = true;
    its.onOrder = (order) => {
      if (order.do !== kind || !first) return false;
      first = false;
      if (result && 'number' in order && order.number !== undefined) scene.results.set(order.number, result);
      return true;
    };
    return its;
  }

  it.each([
    ['refused', 'refused', 'pause-was-refused'],
    ['not answered', 'failed', 'pause-was-not-confirmed'],
    ['lost without a result', undefined, 'pause-was-not-confirmed'],
  ] as const)('a pause that is %s: nobody is promoted, and the pod may stop', (_, result, reason) => {
    const its = untilOver(withResult('pause', result));
    expect(promotions(its)).toEqual([]);
    expect(its.at).toBeLessThan(3000);
    expect(its.said.at(-1)).toContain(`hand-over-impossible reason=${reason}`);
  });

  it('a promotion that was lost is made by a Sentinel', () => {
    for (const result of ['refused', 'failed', undefined] as const) {
      const its = withResult('follow', result).run(4000);
      expect(its.orders('ask-failover').length).toBeGreaterThan(0);
      expect(its.orders('announce')).toEqual([]);
    }
  });

  it('a promotion whose answer was lost counts when the heir says that it is master', () => {
    const scene = new Scene();
    const its = play(scene);
    its.onOrder = (order) => {
      if (order.do !== 'follow' || order.master) return false;
      scene.says(order.server, { role: 'master' });
      return true;
    };
    expect(untilOver(its).said.at(-1)).toContain('handed-over to=s1');
  });

  it('the Sentinels are told again, where they did not hear of it', () => {
    const scene = new Scene();
    const its = play(scene);
    let deaf = true;
    its.onOrder = (order) => order.do === 'announce' && deaf;
    its.run(2000);
    deaf = false;
    untilOver(its);
    expect(its.orders('announce').length).toBeGreaterThanOrEqual(3);
    expect(promotions(its)).toEqual(['s1']);
    expect(its.said.at(-1)).toContain('handed-over to=s1');
  });

  it('Sentinels that do not agree in 15 s: the pod may stop, and it is said', () => {
    const its = play(new Scene());
    its.onOrder = (order) => order.do === 'announce';
    untilOver(its);
    expect(its.at).toBeGreaterThanOrEqual(15_000);
    expect(its.at).toBeLessThan(16_000);
    expect(its.said.at(-1)).toContain('hand-over-unconfirmed');
  });

  it.each([['elect'], ['pause'], ['catch-up']] as const)(
    'the server’s end in phase %s ends it: the crash takes over',
    (phase) => {
      const scene = new Scene().says('s1', { offset: 999 }).says('s2', { offset: 999 });
      const its = play(scene);
      if (phase === 'pause') its.onOrder = (order) => order.do === 'pause';
      if (phase === 'elect') its.votes = () => undefined;
      its.until(() => its.memory.phase === phase, 5000);
      scene.says('s0', 'refused');
      untilOver(its);
      expect(promotions(its)).toEqual([]);
      expect(its.said.at(-1)).toBe('hand-over-ended reason=server-gone');
      expect(its.at).toBeLessThan(1000);
    },
  );

  it.each([['promote'], ['agree']] as const)(
    'the server’s end in phase %s does not keep the heir from being told of',
    (phase) => {
      const scene = new Scene();
      const its = playAgent(scene, { seenAsMaster: true }).run(2000);
      scene.handOverAsked = scene.now;
      let hold = true;
      its.onOrder = (order) => {
        if (phase === 'promote' && order.do === 'follow' && !order.master) return hold;
        return phase === 'agree' && order.do === 'announce' && hold;
      };
      its.until(() => its.memory.handOver.phase === phase, 5000);
      scene.serverIs('waiting');
      scene.says('s2', { ...ORPHAN, offset: 900 });
      if (phase === 'promote') scene.says('s1', ORPHAN);
      its.run(500);
      hold = false;
      // What it was told is done at last.
      scene.says('s1', { role: 'master' });
      its.run(5000);
      expect(its.orders('ask-votes')).toHaveLength(1);
      expect(promotions(its)).toEqual(['s1']);
      expect(its.orders('announce').at(-1)).toMatchObject({ master: 's1', epoch: 6 });
      expect(isReleased(its)).toBe(true);
    },
  );
});

describe('an agent that did not run for a while', () => {
  it('between counting the votes and the next step leaves it to a Sentinel', () => {
    const scene = new Scene();
    const its = play(scene);
    its.onOrder = (order) => {
      if (order.do === 'pause' && scene.ahead === 0) scene.stall(5000);
      return false;
    };
    its.run(3000);
    expect(its.orders('ask-failover').length).toBeGreaterThan(0);
    expect(promotions(its)).toEqual([]);
  });

  it('promotes nobody once the pause may be over', () => {
    const scene = new Scene({ grace: 20_000 }).says('s1', { offset: 999 }).says('s2', { offset: 999 });
    const its = play(scene);
    its.until(() => its.memory.phase === 'catch-up', 5000);
    scene.stall(8000).says('s1', { offset: 1000 });
    untilOver(its);
    expect(promotions(its)).toEqual([]);
    expect(its.orders('ask-failover')).toEqual([]);
    expect(its.said.at(-1)).toContain('the-pause-runs-out');
  });
});

describe('beside other decisions', () => {
  it('the agent of a master hands over once, and then follows', () => {
    const scene = new Scene();
    const its = playAgent(scene, { seenAsMaster: true }).run(2000);
    scene.handOverAsked = scene.now;
    its.until(() => isReleased(its), 10_000);
    its.run(5000);
    expect(its.orders('ask-votes')).toHaveLength(1);
    expect(scene.infoOf('s0')).toMatchObject({ role: 'replica', master: 's1' });
    expect(its.said.filter((line) => line.startsWith('demote'))).toEqual([]);
  });

  it('writes no mark while writes are paused', () => {
    const scene = new Scene().says('s1', { offset: 999 }).says('s2', { offset: 999 });
    const its = playAgent(scene, { seenAsMaster: true }).run(2000);
    scene.handOverAsked = scene.now;
    its.until(() => its.orders('pause').length > 0, 5000);
    const marks = its.orders('mark').length;
    scene.says('s0', { changes: 99 });
    its.run(4000);
    expect(its.orders('mark')).toHaveLength(marks);
  });

  it('a server that is killed before anything was decided is replaced by the crash', () => {
    const scene = new Scene();
    const its = playAgent(scene, { seenAsMaster: true }).run(2000);
    scene.says('s1', { offset: 999 }).says('s2', { offset: 999 });
    scene.handOverAsked = scene.now;
    its.until(() => its.memory.handOver.phase === 'catch-up', 5000);
    scene.says('s0', 'refused').says('s1', ORPHAN).says('s2', ORPHAN);
    its.run(3000);
    expect(promotions(its)).toEqual(['s1']);
    expect(its.orders('announce').at(-1)).toMatchObject({ master: 's1' });
  });
});
