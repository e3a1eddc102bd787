import { describe, expect, it } from 'vitest';
import { decideFence, type Fenced } from '../../../src/agent/program/decide/fence.js';
import type { Durable } from '../../../src/agent/program/decide/memory.js';
import { EPOCH, OFFSET, Scene, type SceneProps } from './known.js';
import { Play, playAgent } from './play.js';

const BUSY_REPLICA_MS = 30_000;

function play(scene: Scene, durable: Partial<Durable> = {}, undisturbed = true): Play<Fenced> {
  const memory: Fenced = {
    fence: {},
    durable: { seenAsMaster: true, linked: false, fenced: false, patient: false, ...durable },
  };
  return new Play(scene, memory, (known, before) => decideFence(known, before, undisturbed));
}

/** What the master tells of its replicas, to the second: those that do not report look older and older. */
function replicasReport(scene: Scene, atSecond: () => number): void {
  scene.goesOn = () => {
    const lagMs = 1000 * (secondOf(scene) - atSecond());
    scene.says('s0', {
      replicas: ['s1', 's2'].map((address) => ({ address, offset: OFFSET, lagMs, online: true })),
    });
  };
  scene.goesOn();
}

function secondOf(scene: Scene): number {
  return Math.floor(scene.now / 1000);
}

/** The node of the master reaches nobody, and nobody reaches it. */
function cutOff(scene: Scene): void {
  scene.confirms = 0;
  scene.sentinelsSay('silent', scene.plan.sentinels.slice(1));
  const last = secondOf(scene);
  replicasReport(scene, () => last);
}

function heal(scene: Scene): void {
  scene.confirms = 2;
  scene.sentinelsSay({}, scene.plan.sentinels.slice(1));
  replicasReport(scene, () => secondOf(scene));
}

describe('the fence of a strict master', () => {
  it.each<[string, (scene: Scene) => void, boolean]>([
    ['enough replicas confirm, and a majority of the Sentinels answers', () => {}, false],
    ['enough replicas confirm, and no Sentinel answers', (scene) => scene.sentinelsSay('silent'), false],
    [
      'too few replicas confirm, and a majority of the Sentinels answers',
      (scene) => {
        scene.confirms = 0;
        scene.sentinelsSay('silent', ['q2']);
      },
      false,
    ],
    [
      'too few replicas confirm, and all Sentinels refuse the password: they can be reached',
      (scene) => {
        scene.confirms = 0;
        scene.sentinelsSay('denied');
      },
      false,
    ],
    ['too few replicas confirm, and no majority of the Sentinels answers', cutOff, true],
    [
      'too few replicas confirm, and the Sentinels are not there',
      (scene) => {
        cutOff(scene);
        scene.sentinelsSay('refused', ['q1', 'q2']);
      },
      true,
    ],
  ])('where %s', (_, change, fenced) => {
    const scene = new Scene();
    const its = play(scene).run(2000);
    change(scene);
    its.run(3000);
    expect(its.orders('pause').length > 0).toBe(fenced);
    expect(its.memory.durable.fenced).toBe(fenced);
    expect(its.said).toEqual(
      fenced ? ['fenced answering=1 of=3 reason=too-few-replicas-confirm-and-no-majority-answers'] : [],
    );
  });

  it.each<[string, SceneProps, number]>([
    ['one of two confirms, one must', {}, 1],
    ['two of four confirm, two must', { servers: 5, minReplicas: 2 }, 2],
  ])('is not for a master of which %s', (_, props, confirms) => {
    const scene = new Scene(props);
    cutOff(scene);
    scene.confirms = confirms;
    expect(play(scene).run(3000).orders()).toEqual([]);
    scene.confirms = confirms - 1;
    expect(play(scene).run(3000).orders('pause').length).toBeGreaterThan(0);
  });

  it('pauses writes within 0.8 s of the cut, whenever that comes', () => {
    for (let phase = 0; phase < 500; phase += 50) {
      const scene = new Scene();
      const its = play(scene).run(2000 + phase);
      cutOff(scene);
      const began = its.at;
      its.until(() => its.orders('pause').length > 0, 5000);
      expect(its.at - began).toBeLessThanOrEqual(700);
    }
  });

  it('goes by what the server says of its replicas where the question for confirmations cannot be put any more', () => {
    const scene = new Scene();
    const its = play(scene).run(2000);
    scene.confirms = undefined;
    replicasReport(scene, () => secondOf(scene));
    its.run(BUSY_REPLICA_MS);
    expect(its.orders()).toEqual([]);
    cutOff(scene);
    scene.confirms = undefined;
    its.run(5000);
    expect(its.memory.durable.fenced).toBe(true);
  });

  it('asks twice before it does so: one answer too few that is followed by enough pauses nothing', () => {
    const scene = new Scene();
    const its = play(scene).run(2000);
    cutOff(scene);
    its.until(() => its.memory.fence.doubtSince !== undefined, 3000).run(150);
    scene.confirms = 2;
    its.run(3000);
    expect(its.orders()).toEqual([]);
  });

  it('waits half a second for the second answer, and takes none for none that confirms', () => {
    const scene = new Scene();
    const its = play(scene).run(2000);
    cutOff(scene);
    its.until(() => its.memory.fence.doubtSince !== undefined, 3000);
    scene.confirms = undefined;
    its.run(450);
    expect(its.orders()).toEqual([]);
    its.run(350);
    expect(its.orders('pause').length).toBeGreaterThan(0);
  });

  it('is not for a server that is late with its answers, while a majority of the Sentinels answers', () => {
    const scene = new Scene();
    const its = play(scene).run(2000);
    scene.confirms = undefined;
    its.run(BUSY_REPLICA_MS);
    expect(its.orders()).toEqual([]);
  });

  it('does not fence on answers of before: a majority that does not answer has 0.25 s for it', () => {
    const scene = new Scene();
    const its = play(scene).run(2000);
    cutOff(scene);
    scene.latency = 200;
    scene.sentinelsSay({});
    its.run(3000);
    expect(its.orders()).toEqual([]);
    scene.latency = 300;
    its.run(3000);
    expect(its.orders('pause').length).toBeGreaterThan(0);
  });

  it('asks little where a replica is busy for long: four times a second', () => {
    const scene = new Scene();
    scene.confirms = 0;
    const its = play(scene).run(2000);
    scene.asked.view = 0;
    scene.goesOn = () => {
      scene.hasNews = true;
    };
    its.run(BUSY_REPLICA_MS);
    expect(its.orders()).toEqual([]);
    expect(scene.asked.view).toBeLessThanOrEqual(3 * 4 * (BUSY_REPLICA_MS / 1000));
    expect(scene.asked.confirmed).toBeLessThanOrEqual(10 * (BUSY_REPLICA_MS / 1000));
  });

  it('is found by a master that has been reassured for long', () => {
    const scene = new Scene();
    scene.confirms = 0;
    const its = play(scene).run(5000);
    cutOff(scene);
    const began = its.at;
    its.until(() => its.orders('pause').length > 0, 5000);
    expect(its.at - began).toBeLessThanOrEqual(600);
  });

  it.each<[string, SceneProps]>([
    ['that is not strict', { strict: false }],
    ['without a replica that must confirm', { minReplicas: 0 }],
  ])('is none in a topology %s, and asks for nothing', (_, props) => {
    const scene = new Scene(props);
    cutOff(scene);
    const its = play(scene).run(5000);
    expect(its.orders()).toEqual([]);
    expect(its.needs).toEqual({});
  });

  it('is none for a replica, a server that is gone, or during a hand-over', () => {
    for (const its of [
      play(new Scene({ me: 's1' })),
      play(new Scene().says('s0', 'refused').askAll()),
      play(new Scene(), {}, false),
    ]) {
      cutOff(its.scene);
      expect(its.run(5000).orders()).toEqual([]);
    }
  });
});

describe('writes that are paused', () => {
  function fenced(): Play<Fenced> {
    const scene = new Scene();
    const its = play(scene).run(2000);
    cutOff(scene);
    its.until(() => its.memory.durable.fenced, 3000);
    its.given.length = 0;
    its.said.length = 0;
    return its;
  }

  it('stay so while it is cut off, renewed every second, and for 3 s at a time', () => {
    const its = fenced().run(10_000);
    expect(its.orders().length).toBeGreaterThanOrEqual(9);
    expect(its.orders().length).toBeLessThanOrEqual(10);
    expect(new Set(its.orders().map((order) => order.do))).toEqual(new Set(['pause']));
    expect(its.orders('pause')[0]).toEqual({ do: 'pause', ms: 3000 });
    expect(its.said).toEqual([]);
  });

  it('are not lifted by what replicas reported before the cut, though that is less than a second or two ago', () => {
    const its = fenced().run(2500);
    expect(its.orders('unpause')).toEqual([]);
  });

  it('are lifted when a majority of the Sentinels answers', () => {
    const its = fenced().run(1500);
    its.scene.sentinelsSay({}, ['q1']);
    its.run(1500);
    expect(its.orders('unpause')).toHaveLength(1);
    expect(its.said).toEqual(['fence-lifted']);
    expect(its.memory.durable.fenced).toBe(false);
  });

  it.each<[string, (scene: Scene) => void]>([
    [
      'have not heard it since: they may consider it down a moment later',
      (scene) => scene.sentinelsSay({ heardMs: 2500 }, ['q1']),
    ],
    [
      'consider it down: they may have voted for another',
      (scene) => scene.sentinelsSay({ subjectivelyDown: true }, ['q1']),
    ],
    ['answer, and one is at a failover', (scene) => scene.sentinelsSay({ failoverInProgress: true }, ['q1'])],
    [
      'answer, and one names another in a newer epoch',
      (scene) => scene.sentinelsSay({ master: 's1', epoch: EPOCH + 1 }, ['q1']),
    ],
  ])('are not lifted while the Sentinels %s', (_, change) => {
    const its = fenced().run(1500);
    its.scene.sentinelsSay({}, ['q1']);
    change(its.scene);
    its.run(3000);
    expect(its.orders('unpause')).toEqual([]);
    const well = { master: 's0', epoch: EPOCH, heardMs: 200, subjectivelyDown: false, failoverInProgress: false };
    its.scene.sentinelsSay(well, ['q1']);
    its.run(1500);
    expect(its.orders('unpause')).toHaveLength(1);
  });

  it('are lifted when enough replicas have reported for 5 s, though no other Sentinel is back', () => {
    const its = fenced().run(1500);
    replicasReport(its.scene, () => secondOf(its.scene));
    const began = its.at;
    its.until(() => its.orders('unpause').length > 0, 10_000);
    expect(its.at - began).toBeGreaterThanOrEqual(5000);
    expect(its.at - began).toBeLessThan(7500);
    its.run(100);
    expect(its.orders('unpause')).toHaveLength(1);
  });

  it.each<[string, (scene: Scene) => void]>([
    ['considers it down', (scene) => scene.sentinelsSay({ subjectivelyDown: true }, ['q0'])],
    ['is at a failover', (scene) => scene.sentinelsSay({ failoverInProgress: true }, ['q0'])],
    ['names another in a newer epoch', (scene) => scene.sentinelsSay({ master: 's1', epoch: EPOCH + 1 }, ['q0'])],
  ])('are not lifted by replicas alone while the only Sentinel that answers %s', (_, change) => {
    const its = fenced().run(1500);
    replicasReport(its.scene, () => secondOf(its.scene));
    change(its.scene);
    its.run(15_000);
    expect(its.orders('unpause')).toEqual([]);
  });

  it('are paused again within 0.6 s, where the cut comes back just after its end', () => {
    const its = fenced().run(1500);
    const { scene } = its;
    scene.sentinelsSay({}, ['q1']);
    its.until(() => its.orders('unpause').length > 0, 5000);
    scene.sentinelsSay('silent', ['q1']);
    const lifted = its.at;
    its.until(() => its.memory.durable.fenced, 5000);
    expect(its.at - lifted).toBeLessThanOrEqual(600);
  });

  it('go on being paused by an agent that was restarted', () => {
    const scene = new Scene();
    cutOff(scene);
    const its = play(scene, { fenced: true }).run(2000);
    expect(its.orders('pause').length).toBeGreaterThanOrEqual(2);
    expect(its.orders('unpause')).toEqual([]);
  });

  it('are lifted once when the server is no longer master', () => {
    const its = fenced();
    its.scene.says('s0', { role: 'replica', master: 's1' });
    its.run(5000);
    expect(its.orders('unpause')).toHaveLength(1);
    expect(its.said).toEqual(['fence-lifted']);
  });

  it('are left to a hand-over, which pauses them for longer', () => {
    const scene = new Scene();
    const its = playAgent(scene, { seenAsMaster: true }).run(2000);
    cutOff(scene);
    its.until(() => its.memory.durable.fenced, 3000);
    scene.handOverAsked = scene.now;
    its.until(() => its.memory.handOver.phase === 'catch-up', 5000);
    heal(scene);
    const before = its.given.length;
    its.run(100);
    expect(its.given.slice(before).map(({ order }) => order.do)).not.toContain('unpause');
    expect(its.memory.durable.fenced).toBe(false);
  });
});
