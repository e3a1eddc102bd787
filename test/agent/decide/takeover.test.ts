import { describe, expect, it } from 'vitest';
import type { ServerInfo } from '../../../src/agent/program/decide/known.js';
import type { TakeoverMemory } from '../../../src/agent/program/decide/memory.js';
import { decideTakeover } from '../../../src/agent/program/decide/takeover.js';
import { counter, type Mute, OFFSET, ORPHAN, Scene, type SceneProps } from './known.js';
import { Play, playAgent } from './play.js';

/** Its own INFO once a second, as `care` has it. */
function play(scene: Scene): Play<TakeoverMemory> {
  const next = counter();
  return new Play<TakeoverMemory>(scene, {}, (known, memory) => {
    const step = decideTakeover(known, memory, next);
    return { ...step, needs: { own: 1000, ...step.needs } };
  });
}

interface Case extends SceneProps {
  readonly s1?: Partial<ServerInfo> | Mute;
  readonly s2?: Partial<ServerInfo> | Mute;
  /** How many Sentinels consider the master down. @default all but its own */
  readonly down?: number;
}

/** The node of s0 is gone: its replicas' links stay up, and say nothing. The agent is s1's. */
function lost({ s1 = {}, s2 = {}, down = 2, ...props }: Case = {}): Scene {
  const scene = new Scene({ me: 's1', ...props }).says('s0', 'silent');
  for (const [address, what] of [
    ['s1', s1],
    ['s2', s2],
  ] as const) {
    scene.says(address, typeof what === 'string' ? what : { heardMs: 3000, ...what });
  }
  const observers = scene.plan.sentinels;
  scene.sentinelsSay('silent', ['q0']);
  scene.sentinelsSay({ subjectivelyDown: true }, observers.slice(1, 1 + down));
  return scene.askAll().advance(1000);
}

const TAKES_OVER = [
  { do: 'ask-votes', old: 's0', epoch: 6 },
  { do: 'follow', server: 's1' },
  { do: 'announce', master: 's1', epoch: 6 },
  { do: 'follow', server: 's0', master: 's1' },
  { do: 'follow', server: 's2', master: 's1' },
];

describe('a replica whose master is considered down by a majority', () => {
  it('that came furthest is elected, and promotes itself', () => {
    const its = play(lost({ s1: { offset: 1001 } })).run(3000);
    expect(its.orders()).toMatchObject(TAKES_OVER);
    expect(its.said).toEqual(['switched to=s1 epoch=6 offset=1001 reason=master-down old-master=s0']);
  });

  it('does so within 0.4 s, though each question takes 5 ms', () => {
    const scene = lost();
    scene.latency = 5;
    const its = play(scene);
    its.until(() => its.orders('announce').length > 0, 5000);
    expect(its.at).toBeLessThan(400);
  });

  it.each<[string, Case]>([
    ['was heard of within 2 s', { s1: { heardMs: 1000 } }],
    ['is considered down by one of three only', { down: 1 }],
    ['is considered down by none', { down: 0 }],
    ['is considered down by two of five only', { sentinels: 5, down: 2 }],
  ])('waits as long as its master %s', (_, props) => {
    expect(play(lost(props)).run(20_000).orders()).toEqual([]);
  });

  it('takes over where three of five consider it down', () => {
    expect(
      play(lost({ sentinels: 5, down: 3 }))
        .run(3000)
        .orders(),
    ).toMatchObject(TAKES_OVER);
  });

  it.each<[string, Case]>([
    ['it must not be promoted', { s1: { priority: 0 } }],
    ['another came further', { s2: { offset: 1001 } }],
    ['another has the same, and comes first', { me: 's2' }],
    ['another is silent, and may have come further', { s2: 'silent' }],
    ['another is master already: it may have taken writes', { s2: { role: 'master' } }],
    ['its own server does not answer', { s1: 'silent' }],
    ['it is master itself', { s1: { role: 'master' } }],
  ])('leaves it to others where %s', (_, props) => {
    expect(play(lost(props)).run(20_000).orders()).toEqual([]);
  });

  it('does not wait for another that is gone, and for 3 s for one that is considered down', () => {
    expect(
      play(lost({ s2: 'refused' }))
        .run(3000)
        .orders(),
    ).toMatchObject(TAKES_OVER);
    const scene = lost({ s2: 'silent' }).flag('q1', 's2', 'slave,s_down');
    const its = play(scene).run(2900);
    expect(its.orders()).toEqual([]);
    expect(its.run(1000).orders()).toMatchObject(TAKES_OVER);
  });

  it('is not deceived by its own Sentinel, which was cut off with it and considers the other down', () => {
    const scene = lost({ s2: 'silent' }).flag('q1', 's2', 'slave,s_down');
    const its = play(scene).run(1500);
    scene.says('s2', { ...ORPHAN, offset: OFFSET + 500 });
    its.run(5000);
    expect(its.orders()).toEqual([]);
  });

  it('takes over when its link is down, and not only when it is silent', () => {
    expect(
      play(lost({ s1: ORPHAN }))
        .run(3000)
        .orders(),
    ).toMatchObject(TAKES_OVER);
  });

  it('leaves it to a Sentinel that was elected for a failover, and takes over when that came to nothing', () => {
    const scene = lost().sentinelsSay({ failoverInProgress: true, elected: true }, ['q2']);
    const its = play(scene).run(5000);
    expect(its.orders()).toEqual([]);
    expect(its.said).toEqual([]);
    scene.sentinelsSay({ failoverInProgress: false, elected: false }, ['q2']);
    its.run(2000);
    expect(its.orders()).toMatchObject(TAKES_OVER);
  });

  it('does not count what Sentinels said of another master, nor what they said long ago', () => {
    const other = play(lost().sentinelsSay({ master: 's2' })).run(5000);
    const before = play(lost().askAll().sentinelsSay('silent').advance(1010)).run(5000);
    for (const its of [other, before]) {
      expect(its.orders()).toEqual([]);
      expect(its.said).toEqual([]);
    }
  });

  it('asks the others how far they came only then, and goes by that', () => {
    const scene = lost({ s2: { offset: 1001 } }).askAll();
    scene.says('s2', { offset: 900 });
    expect(play(scene).run(3000).orders()).toMatchObject(TAKES_OVER);
  });

  it('is not kept from it for ever by one that was master for a moment', () => {
    const scene = lost({ s2: { role: 'master' } });
    const its = play(scene).run(3000);
    // It is gone in a way that only its Sentinel tells.
    scene.says('s2', 'silent').flag('q1', 's2', 'slave,s_down');
    its.run(5000);
    expect(its.orders()).toMatchObject(TAKES_OVER);
  });

  it('tries again a second after an election that came to nothing, and says so once', () => {
    const its = play(lost());
    its.votes = () => undefined;
    its.run(10_000);
    expect(its.orders('ask-votes').length).toBeGreaterThanOrEqual(4);
    expect(its.orders('ask-votes').length).toBeLessThanOrEqual(6);
    expect(its.said).toEqual(['switch-lost to=s1 reason=0-of-3-Sentinels-vote']);
  });

  it('tries again at once when the failover that it met in its election was given up', () => {
    const scene = lost();
    scene.latency = 30;
    const its = play(scene);
    its.until(() => its.why === 'asking whom the Sentinels name', 5000);
    scene.sentinelsSay({ failoverInProgress: true, elected: true }, ['q2']);
    its.until(() => its.said.length > 0, 2000);
    expect(its.said).toEqual(['switch-lost to=s1 reason=a-Sentinel-was-elected-for-a-failover']);
    const lostAt = its.at;
    scene.sentinelsSay({ failoverInProgress: false, elected: false }, ['q2']);
    its.until(() => its.orders('ask-votes').length > 0, 3000);
    expect(its.at - lostAt).toBeLessThan(800);
  });

  it('goes on telling the Sentinels where none of them hears of it, for 10 s', () => {
    const its = play(lost());
    its.onOrder = (order) => order.do === 'announce';
    its.run(30_000);
    expect(its.orders('announce').length).toBeGreaterThanOrEqual(15);
    expect(its.orders('announce').length).toBeLessThanOrEqual(21);
    expect(its.orders('ask-votes')).toHaveLength(1);
  });

  it('tells nobody anything where this agent did not run for 30 s since the votes', () => {
    const scene = lost();
    const its = play(scene);
    its.onOrder = (order) => {
      if (order.do === 'follow' && scene.ahead === 0) {
        scene.stall(30_000).sentinelsSay({ master: 's2', epoch: 7 });
        scene.says('s2', { role: 'master' });
      }
      return false;
    };
    its.run(5000);
    expect(its.orders('announce')).toEqual([]);
  });
});

describe('whoever is in step', () => {
  it.each([
    ['which hears of its master', {}],
    ['which is the master', { me: 's0' }],
  ])('asks nobody for this: %s', (_, props) => {
    expect(play(new Scene({ me: 's1', ...props })).run(1500).needs).toEqual({ own: 1000 });
  });

  it('nor does one that must not be promoted', () => {
    expect(play(lost({ s1: { priority: 0 } })).run(1500).needs).toEqual({ own: 1000 });
  });
});

describe('two agents after one crash', () => {
  /** Both of them, each with its own view, the votes shared. */
  function together(first: Scene, second: Scene) {
    const votes = new Map<string, { leader: string; epoch: number }>();
    const plays = [first, second].map((scene) => {
      const its = playAgent(scene, { linked: true });
      its.votes = (sentinel, epoch) => {
        const given = votes.get(sentinel);
        if (!given || given.epoch < epoch) votes.set(sentinel, { leader: scene.plan.electorId, epoch });
        return votes.get(sentinel);
      };
      return its;
    });
    for (let turn = 0; turn < 500; turn++) {
      for (const [place, its] of plays.entries()) {
        const before = its.given.length;
        its.run(10);
        const other = [first, second][1 - place] as Scene;
        for (const { order } of its.given.slice(before)) {
          if (order.do === 'follow') {
            const { server, master } = order;
            other.says(server, master ? { role: 'replica', master, heardMs: 0 } : { role: 'master' });
          }
          if (order.do === 'announce') {
            const { master, epoch } = order;
            other.sentinelsSay({ master, epoch, subjectivelyDown: false }, ['q1', 'q2']);
          }
        }
      }
    }
    return plays;
  }

  it('promote one: each thinks that its own server came furthest', () => {
    const first = lost({ s1: { offset: 1002 }, s2: { offset: 1001 } });
    const second = lost({ me: 's2', s1: { offset: 1001 }, s2: { offset: 1002 } });
    const promoted = together(first, second).flatMap((its) =>
      its.orders('follow').filter((order) => order.do === 'follow' && order.master === undefined),
    );
    expect(promoted).toHaveLength(1);
  });
});
