import { describe, expect, it } from 'vitest';
import { type CutOff, decideCutOff } from '../../../src/agent/program/decide/cut-off.js';
import type { Durable } from '../../../src/agent/program/decide/memory.js';
import { OFFSET, ORPHAN, Scene } from './known.js';
import { Play, playAgent } from './play.js';

const DOWN = { do: 'set-priority', value: 0 };
const UP = { do: 'set-priority', value: 100 };
/** The link of one that is cut off stays up for repl-timeout; it just hears nothing. */
const SILENCE = { heardMs: 4000 };

function play(scene: Scene, durable: Partial<Durable> = {}): Play<CutOff> {
  const memory: CutOff = {
    cutOff: {},
    durable: { seenAsMaster: false, linked: true, fenced: false, patient: false, ...durable },
  };
  return new Play(scene.askAll(), memory, (known, before) => {
    const step = decideCutOff(known, before);
    return { ...step, needs: { own: 200, ...step.needs } };
  });
}

/** s1 reaches nobody but its own Sentinel. */
function cutOff(what: object = SILENCE): Scene {
  return new Scene({ me: 's1' })
    .says('s0', 'silent')
    .says('s1', what)
    .says('s2', 'silent')
    .sentinelsSay('silent', ['q0', 'q2'])
    .advance(3000);
}

/** The cut has ended, and the master is gone. */
function back(scene: Scene, s2: number): Scene {
  return scene.says('s2', { offset: s2, ...SILENCE }).sentinelsSay({}, ['q2']);
}

describe('a replica', () => {
  it.each<[string, Scene]>([
    ['hears its master', new Scene({ me: 's1' })],
    ['lost its master, and reaches the other replica', cutOff().says('s2', ORPHAN)],
    ['lost its master, and reaches a Sentinel beside its own', cutOff().sentinelsSay({}, ['q2'])],
    ['reaches only others that refuse its password', cutOff().says('s0', 'denied').says('s2', 'denied')],
    ['has priority 0 already', cutOff({ ...SILENCE, priority: 0 })],
    ['is none: it is master', cutOff({ role: 'master' })],
  ])('that %s is left alone', (_, scene) => {
    const its = play(scene).run(10_000);
    expect(its.orders()).toEqual([]);
    expect(its.memory.durable.cutOff ?? false).toBe(false);
  });

  it.each([
    ['whose link is still up', SILENCE],
    ['whose link is down', ORPHAN],
  ])('%s and that reaches nobody must not be promoted after 2 s, once', (_, what) => {
    const its = play(cutOff(what)).run(1900);
    expect(its.orders()).toEqual([]);
    its.run(10_000);
    expect(its.orders()).toEqual([DOWN]);
    expect(its.said).toEqual(['priority value=0 reason=cut-off']);
    expect(its.memory.durable.cutOff).toBe(true);
  });

  it('whose cut ends within 2 s keeps its priority', () => {
    const scene = cutOff();
    const its = play(scene).run(1500);
    scene.says('s1', { heardMs: 0 });
    expect(its.run(5000).orders()).toEqual([]);
  });
});

describe('a replica that was cut off', () => {
  const wasCutOff = { cutOff: true };

  it('waits as long as it reaches no majority of the Sentinels', () => {
    expect(
      play(cutOff({ ...SILENCE, priority: 0 }), wasCutOff)
        .run(60_000)
        .orders(),
    ).toEqual([]);
  });

  it('is left to the rule of those in step once it hears its master', () => {
    const scene = cutOff({ ...SILENCE, priority: 0 });
    const its = playAgent(scene.askAll(), { linked: true, ...wasCutOff }).run(5000);
    // Its link looks as if it were in step.
    expect(its.orders('set-priority')).toEqual([]);
    scene.says('s0', { role: 'master' }).says('s2', {}).says('s1', { heardMs: 0 }).sentinelsSay({}, ['q0', 'q2']);
    its.run(2000);
    expect(its.orders('set-priority')).toEqual([UP]);
    expect(its.memory.durable.cutOff ?? false).toBe(false);
  });

  it.each([
    ['the other came further', 1, [], undefined],
    ['none came further', 0, [UP], 'priority value=100 reason=came-furthest'],
  ])('and meets the others without a master: %s', (_, ahead, orders, line) => {
    const scene = back(cutOff({ ...SILENCE, priority: 0 }), OFFSET + ahead);
    const its = play(scene, wasCutOff).run(30_000);
    expect(its.orders()).toEqual(orders);
    expect(its.said[0]).toBe(line);
  });

  it('is still known for one by the next agent, which has asked nobody yet', () => {
    const scene = back(cutOff({ ...ORPHAN, priority: 0 }), OFFSET);
    scene.forget();
    const its = playAgent(scene, { linked: true, ...wasCutOff }).run(5000);
    expect(its.orders('set-priority')).toEqual([UP]);
  });

  it('is no longer one as a server that has been started since', () => {
    const scene = cutOff({ ...SILENCE, priority: 0 });
    const its = play(scene, wasCutOff).run(100);
    scene.serverIs('waiting');
    its.run(100);
    expect(its.memory.durable.cutOff ?? false).toBe(false);
  });

  it.each([
    ['taken out', SILENCE, undefined, DOWN],
    ['let in', { ...SILENCE, priority: 0 }, OFFSET, UP],
  ])('is %s again every half second until that has come about', (_, what, s2, order) => {
    const scene = s2 === undefined ? cutOff(what) : back(cutOff(what), s2);
    const its = play(scene, wasCutOff);
    its.onOrder = () => its.orders().length < 3;
    its.run(5000);
    expect(its.orders()).toEqual([order, order, order]);
  });

  it('waits for one that is master already', () => {
    const scene = cutOff({ ...SILENCE, priority: 0 })
      .says('s2', { role: 'master' })
      .sentinelsSay({}, ['q2']);
    expect(play(scene, wasCutOff).run(30_000).orders()).toEqual([]);
  });

  it('may be promoted after 5 s where only Sentinels are back: there is no better one', () => {
    const its = play(cutOff({ ...SILENCE, priority: 0 }).sentinelsSay({}, ['q2']), wasCutOff).run(4900);
    expect(its.orders()).toEqual([]);
    its.run(1000);
    expect(its.orders()).toEqual([UP]);
    expect(its.said).toEqual(['priority value=100 reason=nobody-else']);
  });
});
