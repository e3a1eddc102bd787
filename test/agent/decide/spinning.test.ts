import { describe, expect, it } from 'vitest';
import { newMemory, type SpinningMemory } from '../../../src/agent/program/decide/memory.js';
import { decideSpinning } from '../../../src/agent/program/decide/spinning.js';
import { Scene, type SceneProps } from './known.js';

/** When links were made anew, s after the first look; each look finds that share of a processor. */
function looksAt(percent: (second: number) => number, seconds: number, props: SceneProps = {}): number[] {
  const scene = new Scene(props);
  const anew: number[] = [];
  let memory: SpinningMemory = newMemory().spinning;
  let looked = scene.now;
  for (let second = 0; second <= seconds; second++) {
    scene.advance(1000);
    const { cpu = Infinity } = decideSpinning(scene.known(), memory).needs;
    if (scene.now - looked >= cpu) {
      looked = scene.now;
      scene.cpu = { at: scene.now, percent: percent(second) };
    }
    // It decides several times for each look.
    for (let again = 0; again < 3; again++) {
      const step = decideSpinning(scene.known(), memory);
      memory = step.memory;
      if (step.orders.length > 0) {
        expect(step.orders).toEqual([{ do: 'reconnect-sentinel' }]);
        expect(step.say).toEqual([`sentinel-connects-anew reason=spins cpu=${Math.round(percent(second))}%`]);
        anew.push(second);
      }
    }
  }
  return anew;
}

describe('a Sentinel', () => {
  it.each([
    { percent: 2, anew: [] },
    { percent: 24.9, anew: [] },
    { percent: 25, anew: [1, 3, 7, 15, 23] },
    { percent: 100, anew: [1, 3, 7, 15, 23] },
  ])('that takes $percent % of a processor for 25 s makes its links anew at $anew', ({ percent, anew }) => {
    expect(looksAt(() => percent, 25)).toEqual(anew);
  });

  it('is looked at once a second again when that has helped', () => {
    expect(looksAt((second) => (second % 10 < 2 ? 90 : 2), 19)).toEqual([1, 11]);
  });

  it('that is busy at a single look, as when it starts, keeps its links', () => {
    expect(looksAt((second) => (second % 5 === 0 ? 90 : 2), 20)).toEqual([]);
  });

  it('that does not run, or is not in this pod, is not looked at', () => {
    expect(looksAt(() => 90, 10, { hasSentinel: false })).toEqual([]);
    const scene = new Scene();
    scene.cpu = { at: scene.now, percent: 90 };
    scene.sentinel = { state: 'waiting', since: scene.now };
    expect(decideSpinning(scene.known(), newMemory().spinning).orders).toEqual([]);
  });
});
