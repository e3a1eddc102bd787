import { describe, expect, it } from 'vitest';
import { newMemory } from '../../../src/agent/program/decide/memory.js';
import { decideSentinel, type Watched } from '../../../src/agent/program/decide/sentinel.js';
import { Scene, type SceneProps } from './known.js';
import { Play, playAgent } from './play.js';

const NO_FILE = { configEpoch: 0, leaderEpoch: 0, currentEpoch: 0, hadData: false };

function play(scene: Scene, patient = false, hadDataSigned = false): Play<Watched> {
  const { sentinel, durable } = newMemory({ patient });
  return new Play(scene, { sentinel: { ...sentinel, hadDataSigned }, durable }, decideSentinel);
}

/** The Sentinel of q0 waits to start, without a file. */
function waiting(props: SceneProps = {}): Scene {
  const scene = new Scene(props).sentinelsSay('refused', ['q0']);
  scene.sentinel = { state: 'waiting', since: scene.now - 1000 };
  scene.sentinelState = NO_FILE;
  return scene.forget();
}

describe('a Sentinel that waits to start', () => {
  it('starts with what its file remembers, at once', () => {
    const scene = waiting();
    scene.sentinelState = { master: 's2', configEpoch: 7, leaderEpoch: 8, currentEpoch: 9, hadData: true };
    const its = play(scene).run(500);
    expect(its.orders()).toEqual([
      { do: 'start-sentinel', master: 's2', configEpoch: 7, leaderEpoch: 8, currentEpoch: 9 },
    ]);
    expect(its.said).toEqual(['remembered master=s2 epoch=7', 'start-sentinel master=s2 epoch=7']);
  });

  it('adopts the newest of what the others know', () => {
    const scene = waiting().sentinelsSay({ master: 's1', epoch: 6 }, ['q1']);
    scene.sentinelsSay({ master: 's2', epoch: 7 }, ['q2']);
    const its = play(scene).run(500);
    expect(its.orders()).toEqual([
      { do: 'start-sentinel', master: 's2', configEpoch: 7, leaderEpoch: 7, currentEpoch: 7 },
    ]);
    expect(its.said[0]).toBe('adopted master=s2 epoch=7 from=2');
  });

  it('starts with server 0 in epoch 0 where no other is there: the first start of all', () => {
    const its = play(waiting().sentinelsSay('refused')).run(500);
    expect(its.orders()).toEqual([
      { do: 'start-sentinel', master: 's0', configEpoch: 0, leaderEpoch: 0, currentEpoch: 1 },
    ]);
  });

  it('does not believe in epoch 0 where there was once a replica in step', () => {
    const scene = waiting();
    scene.sentinelState = { ...NO_FILE, master: 's0', hadData: true };
    expect(play(scene).run(500).orders()).toMatchObject([{ configEpoch: 1, currentEpoch: 1 }]);
  });

  it.each<[string, (scene: Scene) => void]>([
    ['one is silent', (scene) => scene.sentinelsSay('silent', ['q2'])],
    ['one refuses the password', (scene) => scene.sentinelsSay('denied', ['q2'])],
    ['one sees someone down', (scene) => scene.sentinelsSay({ subjectivelyDown: true }, ['q2'])],
    ['one sees someone objectively down', (scene) => scene.sentinelsSay({ objectivelyDown: true }, ['q2'])],
    ['one is at a failover', (scene) => scene.sentinelsSay({ failoverInProgress: true }, ['q2'])],
  ])('waits as long as an election may run where %s: a vote of its own may be forgotten', (_, change) => {
    const scene = waiting();
    change(scene);
    const its = play(scene);
    its.until(() => its.orders().length > 0, 60_000);
    expect(its.at).toBeGreaterThanOrEqual(11_000);
    expect(its.at).toBeLessThan(14_000);
    expect(its.orders()).toMatchObject([{ do: 'start-sentinel', master: 's0', configEpoch: 5 }]);
    expect(its.said[0]).toBe('holding-back seconds=11 reason=a-vote-may-be-forgotten');
  });

  it('waits for a shorter election where failover-timeout is shorter', () => {
    const scene = waiting({ failoverTimeout: 4000 }).sentinelsSay('silent', ['q2']);
    const its = play(scene);
    its.until(() => its.orders().length > 0, 60_000);
    expect(its.at).toBeLessThan(8000);
  });

  // At a first start each pod's network is as new as the others': a packet to one that is not yet let through is lost.
  it.each<[string, Parameters<Scene['sentinelsSay']>[0], object]>([
    ['it answers, and sees nobody down', { master: 's1', epoch: 6 }, { master: 's1', configEpoch: 6 }],
    ['nobody listens there yet', 'refused', { master: 's0', configEpoch: 5 }],
  ])('waits for a silent one no longer than until %s', (_, becomes, started) => {
    const scene = waiting().sentinelsSay('silent', ['q2']);
    const its = play(scene).run(4000);
    expect(its.orders()).toEqual([]);
    scene.sentinelsSay(becomes, ['q2']);
    its.run(2500);
    expect(its.orders()).toMatchObject([started]);
  });

  it('waits on where one that was silent answers, and sees someone down', () => {
    const scene = waiting().sentinelsSay('silent', ['q2']);
    const its = play(scene).run(4000);
    scene.sentinelsSay({ subjectivelyDown: true }, ['q2']);
    its.run(1000);
    scene.sentinelsSay({ subjectivelyDown: false }, ['q2']);
    its.until(() => its.orders().length > 0, 60_000);
    expect(its.at).toBeGreaterThanOrEqual(11_000);
  });

  it('goes by what was decided meanwhile', () => {
    const scene = waiting().sentinelsSay({ failoverInProgress: true }, ['q2']);
    const its = play(scene).run(5000);
    scene.sentinelsSay({ master: 's1', epoch: 6, failoverInProgress: false });
    scene.sentinelsSay('refused', ['q0']);
    its.run(10_000);
    expect(its.orders()).toMatchObject([{ master: 's1', configEpoch: 6 }]);
  });

  it('keeps what it adopted where nobody answers any more', () => {
    const scene = waiting().sentinelsSay({ master: 's1', epoch: 6, subjectivelyDown: true }, ['q2']);
    scene.sentinelsSay('refused', ['q1']);
    const its = play(scene).run(5000);
    scene.sentinelsSay('refused');
    its.run(10_000);
    expect(its.orders()).toMatchObject([{ master: 's1', configEpoch: 6 }]);
  });

  it('waits as long as all others that are there refuse the password', () => {
    const scene = waiting().sentinelsSay('denied', ['q1']).sentinelsSay('refused', ['q2']);
    const its = play(scene).run(60_000);
    expect(its.orders()).toEqual([]);
    expect(its.why).toContain('refuse');
  });

  it('does not go by what was known of the others before', () => {
    const scene = waiting().askAll().advance(10);
    scene.sentinelsSay({ master: 's1', epoch: 6 }, ['q1', 'q2']);
    expect(play(scene).run(500).orders()).toMatchObject([{ master: 's1', configEpoch: 6 }]);
  });

  it('is ordered to start once, and again when nothing came of it in 5 s', () => {
    const its = play(waiting()).run(4900);
    expect(its.orders('start-sentinel')).toHaveLength(1);
    its.run(1000);
    expect(its.orders('start-sentinel')).toHaveLength(2);
  });

  it('says for what it waits, in a pod without a server too', () => {
    const scene = waiting({ hasServer: false, me: 'q0' }).sentinelsSay('silent', ['q2']);
    const its = playAgent(scene).run(8000);
    expect(its.said).toContainEqual(expect.stringContaining('waiting holds back'));
  });
});

describe('a Sentinel that runs', () => {
  function started(met: boolean, hadData: boolean, plan: SceneProps = {}): Scene {
    const scene = new Scene(plan).sentinelsSay({ met, hasLinkedReplica: hadData });
    scene.sentinelState = { ...scene.sentinelState, hadData };
    scene.sentinel = { state: 'running', since: scene.now };
    return scene.forget();
  }

  const PATIENT = { do: 'set-down-after', ms: 60_000, of: 'own' };
  const USUAL = { do: 'set-down-after', ms: 3000, of: 'own' };

  it('is patient with a master that it has not met, for ever where there was no data', () => {
    const its = play(started(false, false).sentinelsSay({ epoch: 1 }), true).run(120_000);
    expect(its.orders()).toEqual([PATIENT]);
    expect(its.memory.durable.patient).toBe(true);
  });

  it.each([
    { what: 'there was data', hadData: true, epoch: 1 },
    { what: 'there was a failover, of which its own volume knows nothing', hadData: false, epoch: 2 },
  ])('is patient for 10 s where $what', ({ hadData, epoch }) => {
    const its = play(started(false, hadData).sentinelsSay({ epoch }), true);
    its.until(() => its.orders().length > 1, 60_000);
    expect(its.orders()).toEqual([PATIENT, USUAL]);
    expect(its.at).toBeGreaterThanOrEqual(10_000);
    expect(its.at).toBeLessThan(11_500);
    its.run(60_000);
    expect(its.orders()).toHaveLength(2);
  });

  it('is as usual once it has met the master', () => {
    const scene = started(false, false);
    const its = play(scene, true).run(20_000);
    scene.sentinelsSay({ met: true });
    its.run(2000);
    expect(its.orders()).toEqual([PATIENT, USUAL]);
    expect(its.memory.durable.patient).toBe(false);
  });

  it('makes its links anew where its master answers this agent, each time after twice as long, and is patient until it has met it', () => {
    const scene = started(false, true, { me: 's1', nearest: 'q1' });
    const its = play(scene, true).run(20_000);
    expect(its.orders('reconnect-sentinel')).toHaveLength(2);
    expect(its.orders('set-down-after')).toEqual([PATIENT]);
    scene.sentinelsSay({ met: true });
    its.run(2000);
    expect(its.orders('set-down-after')).toEqual([PATIENT, USUAL]);
    expect(its.orders('reconnect-sentinel')).toHaveLength(2);
  });

  it('is as usual 10 s later where its master answers this agent no more', () => {
    const scene = started(false, true, { me: 's1', nearest: 'q1' });
    const its = play(scene, true).run(20_000);
    scene.says('s0', 'silent');
    its.run(4000);
    expect(its.orders('set-down-after')).toEqual([PATIENT, USUAL]);
  });

  it('is told so again by an agent that was restarted meanwhile', () => {
    const its = play(started(true, true), true).run(2000);
    expect(its.orders()).toEqual([PATIENT, USUAL]);
  });

  it('notes the first replica in step, once', () => {
    const scene = started(true, false);
    const its = play(scene).run(5000);
    expect(its.orders()).toEqual([]);
    expect(its.needs).toMatchObject({ replicas: 1000 });
    scene.sentinelsSay({ hasLinkedReplica: true });
    its.run(10_000);
    expect(its.orders()).toEqual([{ do: 'set-fact', fact: 'had-data', holds: true }]);
    expect(its.needs).toEqual({ nearest: 1000 });
  });

  it('is not taken for one that answers because one before it did', () => {
    const scene = new Scene().advance(10).sentinelsSay('silent', ['q0']);
    scene.sentinel = { state: 'running', since: scene.now };
    expect(play(scene, true).run(2000).orders()).toEqual([]);
  });

  it('is patient again when it was started anew', () => {
    const scene = started(true, true);
    const its = play(scene).run(1000);
    scene.sentinel = { state: 'waiting', since: scene.now };
    its.run(500);
    scene.sentinel = { state: 'running', since: scene.now };
    its.run(1000);
    expect(its.orders().map((order) => order.do)).toEqual(['start-sentinel', 'set-down-after', 'set-down-after']);
  });

  it.each([
    { silence: 59_000, ended: 0 },
    { silence: 61_500, ended: 1 },
    { silence: 70_000, ended: 2 },
  ])('that answers nothing for $silence ms is ended $ended times', ({ silence, ended }) => {
    const scene = started(true, true);
    const its = play(scene).run(5000);
    scene.sentinelsSay('silent', ['q0']);
    its.run(silence);
    expect(its.orders('end-sentinel')).toHaveLength(ended);
    expect(its.said).toHaveLength(ended);
  });

  it('has the time of its own start, whatever was open before', () => {
    const scene = started(true, true).sentinelsSay('silent', ['q0']);
    const its = play(scene).run(50_000);
    scene.sentinel = { state: 'running', since: scene.now };
    its.run(50_000);
    expect(its.orders('end-sentinel')).toEqual([]);
  });

  it('is no matter of a pod without one', () => {
    expect(
      play(new Scene({ hasSentinel: false }), true)
        .run(5000)
        .orders(),
    ).toEqual([]);
  });
});

describe('a Sentinel that hangs', () => {
  it('is ended after 60 s without an answer, not before, and not twice at once', () => {
    const scene = new Scene();
    const its = play(scene, false, true).run(2000);
    scene.sentinelsSay('silent', ['q0']);
    its.run(58_000);
    expect(its.orders()).toEqual([]);
    its.run(6000);
    expect(its.orders()).toEqual([{ do: 'end-sentinel' }]);
    expect(its.said).toEqual(['ended-sentinel limit=60000ms reason=it-hangs']);
  });

  it('is left alone where it is not there: its container starts it', () => {
    const scene = new Scene();
    const its = play(scene, false, true).run(2000);
    scene.sentinelsSay('refused', ['q0']);
    its.run(120_000);
    expect(its.orders()).toEqual([]);
  });
});
