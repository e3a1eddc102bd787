import { expect, it } from 'vitest';
import { line } from '../../src/simulation/timeline.js';
import { readAct } from '../../src/simulator/acts.js';
import { Play } from '../../src/simulator/play.js';
import { shape, UNCONFIRMED } from './support.js';

const strict = shape('profile: strict');

function eventsOf(
  looksEvery: number,
  acts = [
    { at: 9000, act: 'kill-server:0' },
    { at: 12_000, act: 'cut:1:2' },
  ],
): string[] {
  const lines: string[] = [];
  const listener = (at: number, note: readonly [string, string]) => lines.push(line(at, note));
  const play = Play.of({ shape: strict, seed: 3, load: UNCONFIRMED, acts, listener });
  while (play.now < 20_000) play.runTo(play.now + looksEvery);
  return lines;
}

it('comes to the same events however often one looks', () => {
  const often = eventsOf(7);
  expect(often.length).toBeGreaterThan(40);
  expect(eventsOf(20_000)).toEqual(often);
});

it.each([
  ['kill-server:0', /FAULT +kills the server of pod 0/],
  ['hang-agent:1', /FAULT +stops the agent of pod 1/],
  ['delete-pod:2', /FAULT +deletes pod 2/],
  ['lose-volume:2', /FAULT +ends pod 2 at once, and takes its volume/],
  ['slow-disk:0', /FAULT +makes each fsync of pod 0 take 300 ms more/],
  ['fill-disk:0', /FAULT +fills the disk of pod 0/],
  ['cut:0:1', /FAULT +cuts the link between pods 0 and 1/],
  ['isolate-node:0', /FAULT +cuts off node 1/],
  ['power-off:0', /FAULT +takes the power of node 1/],
  ['zone-off:1', /FAULT +takes the power of node 2/],
  ['rolling-restart', /FAULT +deletes pod 2/],
])('does %s', (act, told) => {
  expect(eventsOf(20_000, [{ at: 9000, act }]).join('\n')).toMatch(told);
});

it.each([
  ['explode:0', /^there is no fault 'explode:0'; there are master-killed, /],
  ['cut:0', "'cut' needs two numbers behind it, as in cut:0:1, got 'cut:0'"],
  ['kill-server:x', "'kill-server' needs a number behind it, as in kill-server:0, got 'kill-server:x'"],
])('refuses %s', (act, message) => {
  expect(() => readAct(act)).toThrow(message);
});
