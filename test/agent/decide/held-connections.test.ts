import { describe, expect, it } from 'vitest';
import { heldSentinels } from '../../../src/agent/program/act/held-clients.js';
import { decideHeldConnections } from '../../../src/agent/program/decide/held-connections.js';
import type { HandOverMemory, HeldConnectionsMemory } from '../../../src/agent/program/decide/memory.js';
import { Scene, type SceneProps } from './known.js';

/** When held connections were closed, ms after the first decision, in so many ms, looked at every 100 ms. */
function freedIn(ms: number, phase: HandOverMemory['phase'], props: SceneProps = {}, change?: (scene: Scene) => void) {
  const scene = new Scene(props);
  scene.askAll();
  change?.(scene);
  let memory: HeldConnectionsMemory = {};
  const freed: number[] = [];
  for (let at = 0; at <= ms; at += 100) {
    const step = decideHeldConnections(scene.known(), memory, { phase }, false);
    memory = step.memory;
    for (const order of step.orders) {
      expect(order).toEqual({ do: 'free-sentinels' });
      freed.push(at);
    }
    scene.advance(100);
  }
  return freed;
}

describe('connections of Sentinels that are held', () => {
  const TIMES = [500, 1000, 1500, 2000];
  it.each<[string, HandOverMemory['phase'], SceneProps, number[]]>([
    ['no hand-over is asked for', undefined, {}, []],
    ['the hand-over has not paused writes yet', 'elect', {}, []],
    ['writes are paused until an heir has them all', 'catch-up', {}, TIMES],
    ['a Sentinel is asked for its failover', 'by-sentinel', {}, TIMES],
    ['the master stops, and waits for its replicas', 'over', {}, TIMES],
    ['an heir is promoted', 'promote', {}, []],
    ['this server is a replica that stops', 'over', { me: 's1' }, []],
  ])('where %s', (_, phase, props, times) => {
    expect(freedIn(2000, phase, props)).toEqual(times);
  });

  it('are closed while the master is fenced: those Sentinels that reach it are to see that it lives', () => {
    const scene = new Scene();
    scene.askAll();
    const { memory } = decideHeldConnections(scene.known(), {}, {}, true);
    scene.advance(500);
    expect(decideHeldConnections(scene.known(), memory, {}, true).orders).toEqual([{ do: 'free-sentinels' }]);
  });

  it('are closed until the server has ended, though the hand-over is long over', () => {
    const scene = new Scene();
    scene.askAll();
    let { memory } = decideHeldConnections(scene.known(), {}, { phase: 'over' }, false);
    scene.advance(30_000);
    const later = decideHeldConnections(scene.known(), memory, {}, false);
    expect(later.orders).toEqual([{ do: 'free-sentinels' }]);
    scene.server = { state: 'running', since: scene.now };
    scene.advance(1000);
    memory = decideHeldConnections(scene.known(), later.memory, {}, false).memory;
    scene.advance(1000);
    expect(decideHeldConnections(scene.known(), memory, {}, false).orders).toEqual([]);
  });

  it('are left alone where the server has ended', () => {
    expect(
      freedIn(2000, 'over', {}, (scene) => {
        scene.server = { state: 'waiting', since: scene.now };
      }),
    ).toEqual([]);
  });

  it('are found in CLIENT LIST', () => {
    const line = (id: number, name: string, flags: string) =>
      `id=${id} addr=10.0.0.1:5 laddr=10.0.0.2:6379 fd=10 name=${name} age=6 idle=0 flags=${flags} db=0 cmd=publish user=default`;
    const list = [
      line(3, 'sentinel-0781839b-cmd', 'b'),
      line(4, 'sentinel-0781839b-cmd', 'xb'),
      line(5, 'sentinel-0781839b-cmd', 'N'),
      line(6, 'sentinel-0781839b-pubsub', 'P'),
      line(7, 'application', 'b'),
    ];
    expect(heldSentinels(`${list.join('\n')}\n`)).toEqual(['3', '4']);
  });
});
