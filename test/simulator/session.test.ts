import { describe, expect, it } from 'vitest';
import { runSeed } from '../../src/simulation/run.js';
import { line } from '../../src/simulation/timeline.js';
import { readAddress, USUAL } from '../../src/simulator/address.js';
import { runAgain } from '../../src/simulator/again.js';
import { Session } from '../../src/simulator/session.js';
import { addressOfRun } from '../../src/simulator/show.js';
import { STORIES, toldAt } from '../../src/simulator/stories.js';
import { ledgerOf, viewOf } from '../../src/simulator/view.js';
import { shape, UNCONFIRMED } from './support.js';

const KILLED = { ...USUAL, acts: [{ at: 9000, act: 'kill-server:0' }], time: 12_000 };

describe('a session', () => {
  it('goes back to what was, and comes to the same events again', () => {
    const session = new Session(KILLED);
    const { lines } = session;
    session.seek(8000);
    expect(session.lines.length).toBeLessThan(lines.length);
    session.seek(12_000);
    expect(session.lines).toEqual(lines);
  });

  it('comes to the same, whether something was done then or stands in the address', () => {
    const session = new Session({ ...USUAL, time: 9000 });
    session.act('kill-server:0');
    session.seek(12_000);
    expect(session.address.acts).toEqual(KILLED.acts);
    expect(session.lines).toEqual(new Session(KILLED).lines);
  });

  it('steps to what happens next, and back', () => {
    const session = new Session({ ...KILLED, time: 8500 });
    const before = session.notes.length;
    session.stepForward(5000);
    expect(session.notes.length).toBeGreaterThan(before);
    expect(session.now).toBe(9000);
    session.stepForward(5000);
    expect(session.now).toBeGreaterThan(9000);
    session.stepBack();
    expect(session.now).toBe(9000);
  });

  it('shows a run of the command, event by event', () => {
    const strict = shape('name: strict\nprofile: strict');
    const { notes } = runAgain({ shape: strict, fault: 'node lost', load: UNCONFIRMED }, 4);
    const { address } = readAddress(addressOfRun({ profile: 'strict' }, 'node lost', 4));
    const last = notes.at(-1)?.at as number;
    expect(new Session({ ...address, time: last }).notes).toEqual(notes);
  });

  it('shows a schedule of npm run simulate, event by event', () => {
    const lines: string[] = [];
    const { virtualMs } = runSeed(42, { severity: 'many', listener: (at, note) => lines.push(line(at, note)) });
    expect(new Session({ ...USUAL, profile: undefined, seed: 42, test: 'many', time: virtualMs }).lines).toEqual(lines);
  });

  it('takes a topology as its file has it, and refuses it with the same words', () => {
    expect(new Session({ ...USUAL, yaml: 'servers: 5\nfailover: { downAfter: 1s }' }).description).toMatch(
      /5 servers.*downAfter 1 s/,
    );
    expect(() => new Session({ ...USUAL, yaml: 'servers: 4' })).toThrow(
      /^topology\.yaml:1:10: 'servers' must be an odd number/,
    );
  });
});

describe('what is seen', () => {
  const partsAt = (time: number) => {
    const { play } = new Session({ ...KILLED, time });
    return viewOf(play).nodes.flatMap(({ pods }) => pods);
  };

  it('is told in words: who is master, who follows, what each Sentinel names', () => {
    const [first, second] = partsAt(8900);
    expect(first?.server?.text).toMatch(/^master, offset \d+, 2 replicas in step$/);
    expect(second?.server?.text).toMatch(/^replica, follows redis-0, offset \d+$/);
    expect(second?.sentinel?.text).toBe('names redis-0 in epoch 1');
    expect(Object.fromEntries(first?.reasons ?? []).start).toBeTypeOf('string');
  });

  it('is another master after the failover', () => {
    const [first, ...others] = partsAt(9300);
    expect(first?.server).toMatchObject({ role: 'none', health: 'broken' });
    expect(others.filter(({ server }) => server?.role === 'master')).toHaveLength(1);
  });

  it('has a ledger that knows what is lost', () => {
    const { play } = new Session({
      ...(STORIES.find(({ name }) => name === 'default') as (typeof STORIES)[0]).address,
      time: 45_000,
    });
    const { acknowledged, losses, gap } = ledgerOf(play, 9000);
    expect(acknowledged).toBeGreaterThan(3000);
    expect(losses?.acknowledged).toBeGreaterThan(50);
    expect(losses?.confirmed).toBe(0);
    expect(gap).toBeGreaterThan(3000);
  });
});

describe('the stories', () => {
  const lossOf = (name: string) => {
    const story = STORIES.find((its) => its.name === name) as (typeof STORIES)[0];
    return ledgerOf(new Session({ ...story.address, time: 45_000 }).play, 9000);
  };

  it('are true: a partition loses less in strict than in default, and a hand-over nothing', () => {
    const [strict, byDefault, handOver] = ['strict', 'default', 'hand-over'].map(
      (name) => lossOf(name).losses?.acknowledged,
    );
    expect(strict).toBeLessThan(byDefault as number);
    expect(handOver).toBe(0);
  });

  it('are true: without the third zone nobody writes until it is back', () => {
    expect(lossOf('zones').gap).toBeGreaterThan(20_000);
  });

  it.each(STORIES)('$title is told from the first moment on', (story) => {
    expect(toldAt(story, story.address.time)).not.toBe('');
  });
});
