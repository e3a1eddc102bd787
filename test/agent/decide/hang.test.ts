import { describe, expect, it } from 'vitest';
import { DEAD_MS, decideHang } from '../../../src/agent/program/decide/hang.js';
import type { HangMemory } from '../../../src/agent/program/decide/memory.js';
import { Scene, type SceneProps } from './known.js';
import { Play, playAgent } from './play.js';

const LIMIT = 2000;

/** As `care` and `fence` do: INFO once a second, PUBLISH and WAIT four times. */
function play(scene: Scene, seenAsMaster = true): Play<HangMemory> {
  return new Play<HangMemory>(scene, {}, (known, memory) => {
    const step = decideHang(known, memory, seenAsMaster);
    return { ...step, needs: { own: 1000, ...(seenAsMaster && { confirmed: 250 }), ...step.needs } };
  });
}

function hang(scene: Scene): void {
  scene.says(scene.plan.me, 'silent');
  scene.confirms = undefined;
}

function slow(scene: Scene, ms: number): void {
  scene.latency = ms;
}

function pauseWrites(scene: Scene): void {
  scene.confirms = undefined;
}

/** How long after its hang it was ended; undefined where it was not. */
function endedAfter(its: Play<HangMemory>, ms: number): number | undefined {
  its.run(3000);
  hang(its.scene);
  const began = its.at;
  its.until(() => its.orders('end-server').length > 0, ms);
  return its.orders('end-server').length > 0 ? its.at - began : undefined;
}

describe('a server that does not answer', () => {
  it.each<[string, SceneProps, boolean, number]>([
    ['a strict master after max-lag', {}, true, LIMIT],
    ['a strict one that has not answered as master after 60 s', {}, false, DEAD_MS],
    ['one that is not strict after 60 s', { strict: false }, true, DEAD_MS],
    ['a strict replica after 60 s', { me: 's1' }, false, DEAD_MS],
  ])('is ended: %s', (_, props, seenAsMaster, limit) => {
    const after = endedAfter(play(new Scene(props), seenAsMaster), 100_000) as number;
    expect(after).toBeGreaterThanOrEqual(limit - 50);
    expect(after).toBeLessThanOrEqual(limit + 1100);
  });

  it('is ended within max-lag and what the next question of 0.25 s takes, whenever it began', () => {
    for (let phase = 0; phase < 1000; phase += 90) {
      const scene = new Scene();
      const its = play(scene);
      its.run(phase);
      const after = endedAfter(its, 10_000) as number;
      expect(after).toBeGreaterThanOrEqual(LIMIT - 50);
      expect(after).toBeLessThanOrEqual(LIMIT + 350);
    }
  });

  it.each([
    { silence: LIMIT - 60, ended: false },
    { silence: LIMIT + 20, ended: true },
  ])('in strict is ended after $silence ms without an answer: $ended', ({ silence, ended }) => {
    const scene = new Scene();
    scene.says('s0', 'silent').ask('info', 's0');
    const { memory } = decideHang(scene.advance(silence - 60).known(), {}, true);
    const { orders } = decideHang(scene.advance(60).known(), memory, true);
    expect(orders).toEqual(ended ? [{ do: 'end-server' }] : []);
  });

  it('is ended once, and again after 5 s where nothing came of it', () => {
    const its = play(new Scene());
    endedAfter(its, 10_000);
    its.run(4800);
    expect(its.orders('end-server')).toHaveLength(1);
    its.run(400);
    expect(its.orders('end-server')).toHaveLength(2);
  });

  it('says why, with both times', () => {
    const its = play(new Scene());
    endedAfter(its, 10_000);
    expect(its.said).toEqual([expect.stringMatching(/^ended-server silent=2\d\d\dms limit=2000ms reason=it-hangs$/)]);
  });
});

describe('nobody is ended', () => {
  it.each<[string, (scene: Scene) => void]>([
    ['whose disk is slow: each answer takes 0.7 s, but comes', (scene) => slow(scene, 700)],
    ['on a busy node: each answer takes 1.9 s, but comes', (scene) => slow(scene, 1900)],
    ['who runs a long script', (scene) => scene.says('s0', 'busy')],
    ['who refuses the password', (scene) => scene.says('s0', 'denied')],
    ['whose certificate is not accepted', (scene) => scene.says('s0', 'untrusted')],
    ['who is gone', (scene) => scene.says('s0', 'refused')],
    ['who loads', (scene) => scene.says('s0', { loading: true })],
    ['whose writes are paused, so that PUBLISH waits', (scene) => pauseWrites(scene)],
  ])('%s', (_, change) => {
    const scene = new Scene();
    const its = play(scene).run(3000);
    change(scene);
    its.run(120_000);
    expect(its.orders()).toEqual([]);
  });

  it('whose writes are paused, and who then takes 0.6 s for an answer', () => {
    const scene = new Scene();
    const its = play(scene).run(3000);
    scene.confirms = undefined;
    its.run(5000);
    scene.latency = 600;
    its.run(20_000);
    expect(its.orders()).toEqual([]);
  });

  it('whose disk is so slow that PUBLISH takes longer than max-lag, while other answers come', () => {
    const scene = new Scene();
    const its = play(scene).run(3000);
    scene.latency = 1500;
    its.run(240);
    // Asked just after INFO, and not answered yet when that is.
    scene.confirms = undefined;
    its.run(30_000);
    expect(its.orders()).toEqual([]);
  });

  it('because this agent did not run: that time is no silence', () => {
    const scene = new Scene();
    const its = play(scene).run(3000);
    for (let turn = 0; turn < 20; turn++) its.run(300).scene.stall(5000);
    expect(its.orders()).toEqual([]);
  });

  it('just after this agent did not run: what came meanwhile is not read yet, and who stood still too is about to answer', () => {
    for (let ms = LIMIT - 200; ms < LIMIT + 100; ms += 10) {
      const scene = new Scene();
      const its = play(scene).run(3000);
      hang(scene);
      its.run(ms);
      const already = its.orders().length;
      // The clock leaves out what goes beyond the wake-up that is due and 50 ms.
      scene.stall(1000).advance(90);
      its.run(10);
      scene.says('s0', {});
      scene.confirms = 2;
      its.run(3000);
      expect(its.orders(), `${ms} ms`).toHaveLength(already);
    }
  });

  it('who waits to start, whatever it owed before', () => {
    const scene = new Scene();
    hang(scene);
    scene.ask('info', 's0');
    scene.advance(90_000);
    scene.server = { state: 'waiting', since: scene.now };
    expect(decideHang(scene.known(), {}, true).orders).toEqual([]);
  });
});

describe('a pause of writes does not make the agent ask all the time', () => {
  it('once a second is enough', () => {
    const scene = new Scene();
    const its = play(scene).run(3000);
    scene.confirms = undefined;
    its.run(3000);
    scene.asked.info = 0;
    its.run(10_000);
    expect(scene.asked.info).toBeLessThanOrEqual(25);
  });
});

describe('the whole agent', () => {
  it('ends a strict master that hangs, and has a replica promoted as soon as it is dead', () => {
    const scene = new Scene();
    const its = playAgent(scene, { seenAsMaster: true }).run(3000);
    hang(scene);
    its.onOrder = (order) => {
      if (order.do !== 'end-server') return false;
      scene.serverIs('waiting').says('s1', { linkUp: false }).says('s2', { linkUp: false });
      return true;
    };
    const began = its.at;
    its.until(() => its.orders('announce').length > 0, 10_000);
    expect(its.orders('announce')).toMatchObject([{ master: 's1', epoch: 6 }]);
    expect(its.at - began).toBeLessThan(3000);
  });

  it('reads the time that a hung server has had on the connection that stands', () => {
    const scene = new Scene();
    const its = playAgent(scene, { seenAsMaster: true }).run(3000);
    scene.says('s0', 'silent');
    its.run(60_000);
    expect(its.orders('end-server').length).toBeGreaterThan(0);
  });
});
