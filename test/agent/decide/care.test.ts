import { describe, expect, it } from 'vitest';
import { type Cared, decideCare } from '../../../src/agent/program/decide/care.js';
import type { ServerInfo } from '../../../src/agent/program/decide/known.js';
import type { Durable } from '../../../src/agent/program/decide/memory.js';
import type { Order } from '../../../src/agent/program/decide/orders.js';
import { EPOCH, NEVER_LET_IN, ORPHAN, Scene, type SceneProps } from './known.js';
import { Play } from './play.js';

const POSITION = { epoch: 4, offset: 10, bytes: 0 };

function play(scene: Scene, durable: Partial<Durable> = {}, undisturbed = true): Play<Cared> {
  const memory: Cared = {
    care: {},
    durable: { seenAsMaster: false, linked: false, fenced: false, patient: false, ...durable },
  };
  return new Play(scene, memory, (known, before) => decideCare(known, before, undisturbed));
}

function replicaOf(what: Partial<ServerInfo> = {}, props: SceneProps = {}) {
  return new Scene({ me: 's1', ...props }).says('s1', what).askAll();
}

const WHOLE: Order[] = [
  { do: 'set-fact', fact: 'incomplete', holds: false },
  { do: 'set-fact', fact: 'outdated', holds: false },
];
const OUTDATED: Order = { do: 'set-fact', fact: 'outdated', holds: true };
const FACTS: Order[] = [...WHOLE, { do: 'set-fact', fact: 'first-start', holds: false }];
const IN_STEP: Partial<ServerInfo> = { linkUp: true, linkDownMs: 0, heardMs: 0 };
const COPIES: Partial<ServerInfo> = { linkUp: false, syncing: true, loading: true };

describe('a replica', () => {
  it.each<[string, Partial<ServerInfo>, number[]]>([
    ['in step, with priority 0, may be promoted', { priority: 0 }, [100]],
    ['in step, with its priority, keeps it', {}, []],
    ['that has its first copy on the way keeps 0', { priority: 0, syncing: true }, []],
    ['that loads a copy keeps 0', { priority: 0, loading: true }, []],
    ['that was never let in keeps 0', NEVER_LET_IN, []],
    ['whose master is away keeps its priority', ORPHAN, []],
  ])('%s', (_, what, priorities) => {
    const its = play(replicaOf(what)).run(5000);
    expect(its.orders('set-priority')).toEqual(priorities.map((value) => ({ do: 'set-priority', value })));
  });

  it('is given its priority again after a second when nothing came of it, and not with each look', () => {
    const its = play(replicaOf({ priority: 0 }));
    its.onOrder = () => true;
    // Others bring news all the time, so it decides often.
    its.scene.goesOn = () => {
      its.scene.hasNews = true;
    };
    its.run(3500);
    expect(its.orders('set-priority').length).toBeGreaterThanOrEqual(3);
    expect(its.orders('set-priority').length).toBeLessThanOrEqual(4);
    expect(its.said.length).toBe(its.orders('set-priority').length);
  });

  it.each([
    ['in step once a second', {}, 1000],
    ['not in step every 0.2 s, since its master has one heir less', { linkUp: false, heardMs: Infinity }, 200],
    ['that copies every 0.2 s', { syncing: true, linkUp: false }, 200],
  ])('is looked at: %s', (_, what, own) => {
    expect(play(replicaOf(what)).run(10).needs).toEqual({ own, nearest: 1000 });
  });

  it('is looked at at once when its Sentinel names it, and not again and again while it is none', () => {
    const scene = replicaOf();
    const its = play(scene);
    scene.sentinelsSay({ master: 's1', epoch: EPOCH + 1 }).ask('view', its.scene.plan.nearest);
    expect(its.run(1).needs.own).toBe(0);
    const looks = scene.asked.info ?? 0;
    its.run(500);
    expect((scene.asked.info ?? 0) - looks).toBeLessThanOrEqual(2);
  });

  it('holds a whole copy once it is in step, and not before', () => {
    const scene = replicaOf(NEVER_LET_IN);
    const its = play(scene).run(2000);
    expect(its.orders()).toEqual([]);
    scene.says('s1', IN_STEP);
    its.run(2000);
    expect(its.orders('set-fact')).toEqual(WHOLE);
    expect(its.memory.durable.linked).toBe(true);
  });

  it('has a file of before while it copies everything, and until that is written', () => {
    const scene = replicaOf(COPIES);
    const its = play(scene).run(2000);
    expect(its.orders()).toEqual([OUTDATED]);
    scene.says('s1', { ...IN_STEP, rewriting: true, loading: false, syncing: false });
    its.run(2000);
    scene.says('s1', { ...ORPHAN, rewriting: true });
    its.run(2000);
    expect(its.orders('set-fact')).toEqual([OUTDATED]);
    scene.says('s1', { ...IN_STEP, rewriting: false });
    its.run(2000);
    expect(its.orders('set-fact')).toEqual([OUTDATED, ...WHOLE]);
  });

  it.each<[string, Partial<Durable>, Partial<ServerInfo>]>([
    ['and has just started', {}, NEVER_LET_IN],
    ['and its link was down', { linked: true }, ORPHAN],
    ['and was master before', { linked: true, seenAsMaster: true }, IN_STEP],
  ])('that is being written anew as it comes into step has a file of before: %s', (_, durable, before) => {
    const scene = replicaOf(before);
    const its = play(scene, durable);
    if (durable.seenAsMaster !== true) its.run(1000);
    scene.says('s1', { ...IN_STEP, rewriting: true }).askAll();
    its.run(2000);
    expect(its.orders('set-fact')).toEqual([OUTDATED]);
  });

  it.each<[string, Partial<Durable>]>([
    ['that its agent has watched', {}],
    ['that its agent, started anew, has not', { linked: true }],
  ])('in step that writes its file anew has one that holds everything: one %s', (_, durable) => {
    const scene = replicaOf(durable.linked ? { rewriting: true } : {});
    const its = play(scene, durable).run(2000);
    scene.says('s1', { rewriting: true });
    its.run(2000);
    scene.says('s1', { rewriting: false });
    its.run(2000);
    expect(its.orders('set-fact')).toEqual(WHOLE);
  });

  it('of a topology without persistence has no file that could be of before', () => {
    const scene = replicaOf(COPIES, { persistent: false });
    expect(play(scene).run(2000).orders('set-fact')).toEqual([]);
  });

  it('that stood for election stands no more when its master has let it in', () => {
    const scene = replicaOf(NEVER_LET_IN);
    const its = play(scene, { candidate: { position: POSITION } }).run(2000);
    expect(its.memory.durable.candidate).toEqual({ position: POSITION });
    scene.says('s1', { linkUp: true, linkDownMs: 0 });
    its.run(2000);
    expect(its.orders('show-position')).toEqual([{ do: 'show-position' }]);
    expect(its.memory.durable.candidate).toBeUndefined();
  });

  it('that was master is no master any more', () => {
    const its = play(replicaOf(ORPHAN), { seenAsMaster: true }).run(10);
    expect(its.memory.durable).toMatchObject({ seenAsMaster: false, linked: false });
  });

  it('in step needs no promotion by a person', () => {
    const scene = replicaOf();
    scene.promoteOrdered = true;
    expect(play(scene).run(10).orders('forget-promote')).toHaveLength(1);
    scene.says('s1', ORPHAN).askAll();
    expect(play(scene).run(10).orders('forget-promote')).toEqual([]);
  });
});

describe('a master', () => {
  it('carries priority 0, and has no facts left of before', () => {
    const its = play(new Scene()).run(5000);
    expect(its.orders().slice(0, 4)).toEqual([...FACTS, { do: 'set-priority', value: 0 }]);
    expect(its.orders('set-priority')).toHaveLength(1);
    expect(its.memory.durable.seenAsMaster).toBe(true);
  });

  it('that was promoted with a file of before has one until that is written', () => {
    const scene = replicaOf(COPIES);
    const its = play(scene).run(1000);
    scene.says('s1', { role: 'master', priority: -1, rewriting: true, loading: false, syncing: false });
    its.run(2000);
    expect(its.orders('set-fact')).toEqual([OUTDATED, FACTS.at(-1)]);
    scene.says('s1', { rewriting: false });
    its.run(2000);
    expect(its.orders('set-fact')).toEqual([OUTDATED, FACTS.at(-1), ...WHOLE]);
  });

  it('forgets that it was linked, stood for election, or was to be promoted by a person', () => {
    const scene = new Scene();
    scene.promoteOrdered = true;
    const its = play(scene, { linked: true, candidate: { position: POSITION } }).run(10);
    expect(its.memory.durable).toMatchObject({ seenAsMaster: true, linked: false, candidate: undefined });
    expect(its.orders('show-position')).toEqual([{ do: 'show-position' }]);
    expect(its.orders('forget-promote')).toHaveLength(1);
  });

  it('asks the Sentinels often until none of them knows the reign before it', () => {
    const scene = new Scene();
    const [nearest = '', ...others] = scene.plan.sentinels;
    scene
      .sentinelsSay({ master: 's1' }, others)
      .sentinelsSay({ epoch: EPOCH + 1 }, [nearest])
      .askAll();
    expect(play(scene).run(10).needs.sentinels).toBe(50);
    scene.sentinelsSay({ master: 's0', epoch: EPOCH + 1 }, others).askAll();
    expect(play(scene).run(10).needs.sentinels).toBe(1000);
  });

  it('that was a replica is no first start, and its file holds everything as before', () => {
    const scene = replicaOf();
    const its = play(scene).run(1500);
    scene.says('s1', { role: 'master' });
    its.run(1500);
    expect(its.orders('set-fact')).toEqual(FACTS);
    expect(its.orders('set-priority')).toEqual([{ do: 'set-priority', value: 0 }]);
  });
});

describe('the mark', () => {
  const SLACK = 1;

  it('is written once a second while there are writes', () => {
    const scene = new Scene();
    const its = play(scene);
    for (let second = 0; second < 20; second++) {
      scene.says('s0', { changes: 1000 * second, offset: 5000 * second });
      its.run(1000);
    }
    const marks = its.orders('mark').length;
    expect(marks).toBeGreaterThanOrEqual(20 - SLACK);
    expect(marks).toBeLessThanOrEqual(20 + SLACK);
    expect(its.orders('mark').at(-1)).toMatchObject({ epoch: 5, offset: 5000 * 19 });
  });

  // The driver asks up to a quarter of a second before it is due, with whatever else it asks then.
  it('is written with each look while there are writes, though the looks come early', () => {
    const scene = new Scene();
    const its = play(scene);
    for (let look = 0; look < 20; look++) {
      scene.says('s0', { changes: 1000 * look, offset: 5000 * look }).ask('info', 's0');
      its.run(750);
    }
    expect(its.orders('mark').length).toBeGreaterThanOrEqual(20 - SLACK);
  });

  it('is not taken for a write, however often it decides', () => {
    const scene = new Scene();
    const its = play(scene);
    for (let look = 0; look < 90; look++) {
      scene.hasNews = true;
      its.run(100);
    }
    expect(its.orders('mark')).toHaveLength(1);
  });

  it('is written again when nothing came of it', () => {
    const its = play(new Scene());
    its.onOrder = (order) => order.do === 'mark';
    its.run(5500);
    expect(its.orders('mark').length).toBeGreaterThanOrEqual(5);
  });

  it('begins a new reign at once', () => {
    const scene = new Scene();
    const its = play(scene).run(1500);
    scene.sentinelsSay({ epoch: 6 });
    its.run(1200);
    expect(its.orders('mark')).toMatchObject([{ epoch: 5 }, { epoch: 6 }]);
  });

  it('counts the first reign, before any election, as 1', () => {
    const its = play(new Scene().sentinelsSay({ epoch: 0 }).askAll()).run(100);
    expect(its.orders('mark')).toMatchObject([{ epoch: 1 }]);
  });

  it('comes soon after a replica has copied everything, which copied no mark', () => {
    const scene = new Scene().says('s0', { replicas: [] }).askAll();
    const its = play(scene).run(3000);
    expect(its.orders('mark')).toHaveLength(1);
    scene.says('s0', { replicas: [{ address: 's1', offset: 0, lagMs: 0, online: false }] });
    its.run(3000);
    expect(its.orders('mark')).toHaveLength(1);
    scene.says('s0', { replicas: [{ address: 's1', offset: 0, lagMs: 0, online: true }] });
    its.run(1500);
    expect(its.orders('mark')).toHaveLength(2);
  });

  it.each<[string, (scene: Scene) => void, SceneProps?, boolean?]>([
    ['only one Sentinel names it', (scene) => scene.sentinelsSay('silent', ['q1', 'q2'])],
    ['the newest epoch names another', (scene) => scene.sentinelsSay({ master: 's1', epoch: 6 }, ['q1'])],
    ['the Sentinels name two', (scene) => scene.sentinelsSay({ master: 's1' }, ['q1'])],
    ['it loads', (scene) => scene.says('s0', { loading: true })],
    ['nothing is kept on disk', () => {}, { persistent: false }],
    ['writes are paused, by a fence or a hand-over', () => {}, {}, false],
  ])('is not written where %s', (_, change, props = {}, undisturbed = true) => {
    const scene = new Scene(props);
    change(scene);
    scene.forget();
    expect(play(scene, {}, undisturbed).run(5000).orders('mark')).toEqual([]);
  });
});

describe('anything else', () => {
  it.each<[string, (scene: Scene) => void]>([
    ['a server that does not listen', (scene) => scene.says('s0', 'refused')],
    ['one that waits to start', (scene) => scene.serverIs('waiting')],
    ['one of which nothing is known yet', (scene) => scene.says('s0', 'silent')],
  ])('is left alone, and looked at every 0.2 s: %s', (_, change) => {
    const scene = new Scene();
    change(scene);
    const its = play(scene.forget()).run(2000);
    expect(its.orders()).toEqual([]);
    expect(its.needs).toEqual({ own: 200 });
  });

  it('has its facts set again when it is back', () => {
    const scene = new Scene();
    const its = play(scene).run(1500);
    scene.says('s0', 'refused');
    its.run(1500);
    scene.says('s0', { role: 'master' });
    its.run(1500);
    expect(its.orders('set-priority')).toHaveLength(2);
  });
});
