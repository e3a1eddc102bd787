import { describe, expect, it } from 'vitest';
import { Scene } from './known.js';
import { playAgent } from './play.js';

/** What a restarted agent does once. */
const SETTLE_MS = 5000;

function idle(me: string, props = {}) {
  const scene = new Scene({ me, ...props });
  const play = playAgent(scene, { seenAsMaster: me === 's0', linked: me !== 's0' }).run(SETTLE_MS);
  play.given.length = 0;
  play.said.length = 0;
  play.decisions = 0;
  for (const kind in scene.asked) scene.asked[kind] = 0;
  play.run(60_000);
  return { scene, play };
}

describe('an idle topology in good health', () => {
  it.each([
    // own INFO and three Sentinels' views once a second, WAIT four times.
    { me: 's0', strict: true, asked: { info: 60, view: 180, confirmed: 240, position: 0, replicas: 0 } },
    { me: 's0', strict: false, asked: { info: 60, view: 180, confirmed: 0, position: 0, replicas: 0 } },
    { me: 's1', strict: true, asked: { info: 60, view: 60, confirmed: 0, position: 0, replicas: 0 } },
    { me: 's2', strict: false, asked: { info: 60, view: 60, confirmed: 0, position: 0, replicas: 0 } },
  ])('asks for little in a minute ($me, strict: $strict), orders nothing and says nothing', ({ me, strict, asked }) => {
    const { scene, play } = idle(me, { strict });
    const marks = play.orders('mark');
    expect(play.orders()).toEqual(marks);
    // So that the file of an idle master tells how far it came, after it was rewritten too.
    expect(marks.length).toBeLessThanOrEqual(me === 's0' ? 6 : 0);
    expect(play.said).toEqual([]);
    for (const [kind, count] of Object.entries(asked)) {
      expect(scene.asked[kind] ?? 0, kind).toBeLessThanOrEqual(count + 2);
      if (count > 0) expect(scene.asked[kind] ?? 0, kind).toBeGreaterThanOrEqual(count * 0.9);
    }
  });
});
