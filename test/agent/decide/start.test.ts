import { beforeEach, describe, expect, it } from 'vitest';
import type { ServerInfo } from '../../../src/agent/program/decide/known.js';
import type { Memory } from '../../../src/agent/program/decide/memory.js';
import type { Order } from '../../../src/agent/program/decide/orders.js';
import { decideStart, type Started } from '../../../src/agent/program/decide/start.js';
import { counter, type Mute, ORPHAN, Scene, type SceneProps } from './known.js';
import { Play, playAgent } from './play.js';

const NO_DATA = { there: false, firstStart: false, position: { epoch: 0, offset: 0, bytes: 0 } };
const DURABLE = { seenAsMaster: true, linked: true, fenced: true, patient: false };
/** A replica that has just started, and one that may be promoted. */
const STARTED = { role: 'replica', priority: 0 } as const;
const PROMOTABLE = { role: 'replica', priority: 100 } as const;

type Others = Partial<ServerInfo> | Mute;

interface Case extends SceneProps {
  readonly named?: string;
  readonly epoch?: number;
  readonly s0?: Others;
  readonly s1?: Others;
  readonly s2?: Others;
  readonly empty?: boolean;
  readonly damaged?: boolean;
  readonly foreign?: boolean;
  readonly outdated?: boolean;
  readonly firstStart?: boolean;
  readonly ordered?: boolean;
}

/** The server of `me` waits to start; nobody else listens, where nothing else is said. */
function sceneOf({ named = 's0', epoch, s0, s1, s2, ...rest }: Case) {
  const { empty, damaged, foreign, outdated, firstStart, ordered, ...props } = rest;
  const scene = new Scene(props);
  for (const [address, what] of [
    ['s0', s0],
    ['s1', s1],
    ['s2', s2],
  ] as const)
    scene.says(address, what ?? 'refused');
  scene.serverIs('waiting', scene.now - 60_000);
  scene.sentinelsSay({ master: named, ...(epoch !== undefined && { epoch }) });
  if (empty) scene.data = { ...NO_DATA, firstStart: firstStart ?? false };
  if (damaged) scene.data = { ...scene.data, fault: 'base.rdb is cut short' };
  if (foreign) scene.data = { ...scene.data, fault: 'written by Redis 8', foreign: true };
  if (outdated) scene.data = { ...scene.data, outdated: true };
  scene.promoteOrdered = ordered ?? false;
  return scene.forget();
}

function play(scene: Scene): Play<Started> {
  const next = counter();
  return new Play(scene, { start: {}, durable: DURABLE }, (known, memory) => decideStart(known, memory, next));
}

function startOf(orders: readonly Order[]) {
  return orders.find((order) => order.do === 'start-server');
}

describe('the guard, within a moment', () => {
  it.each<[string, Case, string]>([
    ['name another, which answers as master', { me: 's1', s0: { role: 'master' } }, 'replica of s0'],
    ['name another, which is master and loads', { me: 's1', s0: { role: 'master', loading: true } }, 'replica of s0'],
    [
      'name another master, and an old one has yet to hear of it',
      { me: 's1', named: 's2', s0: { role: 'master' }, s2: { role: 'master' } },
      'replica of s2',
    ],
    ['name another, and a third is master', { me: 's1', s2: { role: 'master' } }, 'a failover is under way'],
    ['name another, and a third may be promoted', { me: 's1', s2: PROMOTABLE }, 'a failover is under way'],
    ['name another, which is a replica', { me: 's1', s0: STARTED }, 'after 30 s'],
    ['name another, and one refuses the password', { me: 's1', s2: 'denied' }, 'refuse this pod'],
    ['name another, which is away', { me: 's1' }, 'after 30 s'],
    ['name it, and another is master', { s1: { role: 'master' } }, 'another server is master: s1'],
    ['name it, and one may be promoted', { s2: PROMOTABLE }, 'not listening'],
    ['name it, and one does not answer', { s1: 'silent' }, 'no answer from s1'],
    ['name it, and one refuses the password', { s1: 'denied' }, 'refuse this pod'],
    ['name it, and one does not take the certificate', { s1: 'untrusted' }, 'certificate'],
    ['name it, and one is busy', { s1: 'busy' }, 'too busy'],
    ['name it, and it has data', {}, 'master'],
    ['name it, it has data, and replicas have just started', { s1: STARTED, s2: STARTED }, 'master'],
    ['name it, and it is empty', { empty: true }, 'lost its data'],
    ['name it, and its file is damaged', { damaged: true }, 'lost its data'],
    ['name it, and its file is of a newer engine', { foreign: true }, 'written by Redis 8'],
    ['name it, which is not the first, in epoch 0', { me: 's1', named: 's1', epoch: 0, empty: true }, 'lost its data'],
    ['name it in epoch 1, and it never began', { epoch: 1, empty: true }, 'lost its data'],
    ['name it, it is empty, and a person says so', { empty: true, ordered: true }, 'master'],
    [
      'name it, a person says so, and one may be promoted',
      { empty: true, ordered: true, s1: PROMOTABLE },
      'not listen',
    ],
    ['name it, it is empty, and may start so', { empty: true, whenEmpty: 'start' }, 'it starts empty after 30 s'],
    ['name another, which is away, and a person says so', { me: 's1', ordered: true }, 'candidate'],
    [
      'name another, a person says so, and one refuses the password',
      { me: 's1', ordered: true, s2: 'denied' },
      'candidate',
    ],
    [
      'name another, a person says so, and one may be promoted',
      { me: 's1', ordered: true, s2: PROMOTABLE },
      'failover',
    ],
    [
      'name another, which is master, and its file is foreign',
      { me: 's1', foreign: true, s0: { role: 'master' } },
      'by Redis 8',
    ],
  ])('where the Sentinels %s', (_, props, expected) => {
    const scene = sceneOf(props);
    const its = play(scene).run(1500);
    const start = startOf(its.orders());
    const outcome = start ? (start.as === 'replica' ? `replica of ${start.master}` : start.as) : String(its.why);
    if (['master', 'candidate'].includes(expected) || expected.startsWith('replica')) expect(outcome).toBe(expected);
    else {
      expect(start).toBeUndefined();
      expect(outcome).toContain(expected);
    }
  });

  it.each([
    { answer: 1, of: 3, starts: false },
    { answer: 2, of: 3, starts: true },
    { answer: 2, of: 5, starts: false },
    { answer: 3, of: 5, starts: true },
  ])('starts only where a majority of the Sentinels answers: $answer of $of', ({ answer, of, starts }) => {
    const scene = sceneOf({ sentinels: of });
    scene.sentinelsSay('silent', scene.plan.sentinels.slice(answer));
    const its = play(scene).run(60_000);
    expect(startOf(its.orders()) !== undefined).toBe(starts);
    if (!starts) expect(its.why).toContain(`${answer} of ${of} Sentinels answer`);
  });

  it('waits where the Sentinels name two masters in one epoch', () => {
    const scene = sceneOf({}).sentinelsSay({ master: 's1' }, ['q1', 'q2']);
    expect(play(scene).run(60_000).why).toBe('the Sentinels name two masters in epoch 5');
  });

  it('goes by the newest epoch, although only one Sentinel knows of it', () => {
    const scene = sceneOf({ s1: { role: 'master' } })
      .sentinelsSay({ master: 's1', epoch: 6 }, ['q2'])
      .askAll();
    expect(startOf(play(scene).run(1500).orders())).toMatchObject({ as: 'replica', master: 's1' });
  });

  it('does not go by what was answered before the server came to its end', () => {
    const scene = sceneOf({}).askAll().advance(10);
    scene.serverIs('waiting');
    const { memory, orders, needs } = decideStart(scene.known(), { start: {}, durable: DURABLE }, counter());
    expect(startOf(orders)).toBeUndefined();
    expect(needs).toMatchObject({ sentinels: 200, servers: 200 });
    expect(memory.start.startedAt).toBeUndefined();
  });

  it('does not take for silent now who was silent an hour ago, and has not been asked since', () => {
    const scene = sceneOf({ me: 's1', ordered: true, s2: 'silent' });
    scene.ask('info', 's2');
    scene.advance(3_600_000);
    scene.serverIs('waiting');
    for (const sentinel of scene.plan.sentinels) scene.ask('view', sentinel);
    scene.ask('info', 's0');
    scene.advance(0);
    const { orders } = decideStart(scene.known(), { start: {}, durable: DURABLE }, counter());
    expect(orders).toEqual([]);
  });

  it.each([
    { answersIn: 900, starts: true },
    { answersIn: 1600, starts: false },
  ])('on a busy node takes answers that come after $answersIn ms: $starts', ({ answersIn, starts }) => {
    const scene = sceneOf({ me: 's1', s0: { role: 'master' } });
    scene.latency = answersIn;
    expect(startOf(play(scene).run(20_000).orders()) !== undefined).toBe(starts);
  });
});

describe('the guard, as time goes by', () => {
  it.each([
    { what: 'a silent server is waited for 5 s', props: { s1: 'silent' as const }, at: 6000, as: 'master' },
    { what: 'an abandoned topology for 30 s', props: { me: 's1' }, at: 30_000, as: 'candidate' },
    { what: 'an empty master for 30 s', props: { empty: true, whenEmpty: 'start' as const }, at: 30_000, as: 'master' },
    {
      what: 'the others, where its file is of before a full copy, for 20 s more than they need',
      props: { outdated: true, whenAbandoned: 'promote' as const },
      at: 50_000,
      as: 'master',
    },
    { what: 'or for as long as is said', props: { me: 's1', whenAbandonedAfter: 5000 }, at: 5000, as: 'candidate' },
  ])('$what', ({ props, at, as }) => {
    const its = play(sceneOf(props));
    its.until(() => startOf(its.orders()) !== undefined, 120_000);
    expect(startOf(its.orders())).toMatchObject({ as });
    expect(its.at).toBeGreaterThanOrEqual(at);
    expect(its.at).toBeLessThan(at + 500);
  });

  it('waits for ever with an empty master, where nobody may start without data', () => {
    const its = play(sceneOf({ empty: true })).run(600_000);
    expect(its.orders()).toEqual([]);
  });

  it('waits for ever with a file of before a full copy, where all that was confirmed must be found again', () => {
    const its = play(sceneOf({ outdated: true })).run(600_000);
    expect(its.orders()).toEqual([]);
    expect(its.why).toContain('promote (see the runbook)');
  });

  it('does not take a topology with such a file for one that begins', () => {
    expect(
      play(sceneOf({ outdated: true, epoch: 0 }))
        .run(60_000)
        .orders(),
    ).toEqual([]);
  });

  it('begins anew with the time when the Sentinels are away, or someone may be promoted', () => {
    const scene = sceneOf({ me: 's1' });
    const its = play(scene).run(28_000);
    scene.sentinelsSay('silent');
    its.run(2500);
    scene.sentinelsSay({}).says('s2', PROMOTABLE);
    its.run(2000);
    scene.says('s2', 'refused');
    its.run(29_000);
    expect(its.orders()).toEqual([]);
    its.run(2000);
    expect(startOf(its.orders())).toMatchObject({ as: 'candidate' });
  });

  it('does not count the time before for one who is silent again', () => {
    const scene = sceneOf({ s1: 'silent' });
    const its = play(scene).run(4000);
    scene.says('s1', 'denied');
    its.run(1000);
    scene.says('s1', 'silent');
    its.run(4000);
    expect(its.orders()).toEqual([]);
  });

  it('orders a start once, and again when nothing came of it in 5 s', () => {
    const its = play(sceneOf({}));
    its.onOrder = () => true;
    its.run(4900);
    expect(its.orders('start-server')).toHaveLength(1);
    its.run(200);
    expect(its.orders('start-server')).toHaveLength(2);
  });

  it('orders the start of a container that came after the last order at once', () => {
    const scene = sceneOf({});
    const its = play(scene);
    its.onOrder = () => true;
    its.run(1000);
    // It began and ended between two looks.
    scene.serverIs('waiting');
    its.run(1500);
    expect(its.orders('start-server')).toHaveLength(2);
  });
});

describe('what goes with a start', () => {
  it.each<[string, Case, Order[]]>([
    [
      'a replica with data',
      { me: 's1', s0: { role: 'master' } },
      [{ do: 'set-fact', fact: 'first-start', holds: false }],
    ],
    [
      'a replica without',
      { me: 's1', empty: true, s0: { role: 'master' } },
      [
        { do: 'set-fact', fact: 'incomplete', holds: true },
        { do: 'set-fact', fact: 'first-start', holds: false },
      ],
    ],
    [
      'a replica that a person wanted to promote',
      { me: 's1', ordered: true, s0: { role: 'master' } },
      [{ do: 'set-fact', fact: 'first-start', holds: false }, { do: 'forget-promote' }],
    ],
    ['a master', {}, [{ do: 'set-fact', fact: 'incomplete', holds: false }]],
    [
      'a master by a person’s word',
      { empty: true, ordered: true },
      [{ do: 'set-fact', fact: 'incomplete', holds: false }, { do: 'forget-promote' }],
    ],
    ['a candidate with data', { me: 's1', ordered: true }, []],
    [
      'a candidate without data, whose file will hold none',
      { me: 's1', ordered: true, empty: true },
      [{ do: 'set-fact', fact: 'incomplete', holds: true }],
    ],
  ])('%s', (_, props, expected) => {
    const orders = play(sceneOf(props)).run(1500).orders();
    expect(orders.at(-1)).toBe(startOf(orders));
    expect(orders.slice(0, -1)).toEqual(expected);
  });

  it.each<[string, Case, object]>([
    ['its file, where it can be read', { me: 's1', s0: { role: 'master' } }, { as: 'replica', setAside: false }],
    [
      'nothing damaged: it is put aside',
      { me: 's1', damaged: true, s0: { role: 'master' } },
      { as: 'replica', setAside: true },
    ],
    [
      'nothing damaged, though it never held a whole copy',
      { me: 's1', empty: true, damaged: true, s0: { role: 'master' } },
      { as: 'replica', setAside: true },
    ],
    [
      'the position that its file tells',
      { me: 's1', ordered: true },
      { as: 'candidate', master: 's0', position: { epoch: 5, offset: 1000, bytes: 50 } },
    ],
    [
      'a position that proves nothing, where its file is of before a full copy',
      { me: 's1', ordered: true, outdated: true },
      { as: 'candidate', position: { epoch: 0, offset: 0, bytes: 1 }, setAside: false },
    ],
    [
      'its data, whatever may be missing, by a person’s word',
      { ordered: true, outdated: true },
      { as: 'master', setAside: false },
    ],
    [
      'an empty position, where the file is damaged',
      { me: 's1', ordered: true, damaged: true },
      { as: 'candidate', position: { epoch: 0, offset: 0, bytes: 0 }, setAside: true },
    ],
  ])('starts with %s', (_, props, expected) => {
    expect(startOf(play(sceneOf(props)).run(1500).orders())).toMatchObject(expected);
  });

  it.each<[string, Case, object]>([
    ['a master', {}, { seenAsMaster: false, linked: false, fenced: false, candidate: undefined }],
    ['a replica', { me: 's1', s0: { role: 'master' } }, { seenAsMaster: false, linked: false, fenced: false }],
    [
      'a candidate',
      { me: 's1', ordered: true },
      { linked: false, candidate: { position: { epoch: 5, offset: 1000, bytes: 50 } } },
    ],
  ])('forgets what was true of the server before: %s', (_, props, expected) => {
    expect(play(sceneOf(props)).run(1500).memory.durable).toMatchObject(expected);
  });

  it('says in one line what a damaged file comes to', () => {
    const its = play(sceneOf({ me: 's1', damaged: true, s0: { role: 'master' } })).run(1500);
    expect(its.said).toEqual(['start-replica master=s0 epoch=5 put-aside=damaged-file (base.rdb is cut short)']);
  });
});

describe('the first start of all', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = sceneOf({ epoch: 0, empty: true });
  });

  it('is noted by all Sentinels, on disk, before there is a master', () => {
    const its = play(scene).run(2500);
    expect(its.orders().map((order) => order.do)).toEqual([
      'set-fact',
      'announce',
      'flush-sentinels',
      'set-fact',
      'start-server',
    ]);
    expect(its.orders()[0]).toEqual({ do: 'set-fact', fact: 'first-start', holds: true });
    expect(its.orders('announce')).toMatchObject([{ master: 's0', epoch: 1 }]);
    expect(its.said).toEqual(['start-master epoch=1 reason=first-start']);
  });

  it('takes less than 1 s', () => {
    const its = play(scene);
    its.until(() => startOf(its.orders()) !== undefined, 10_000);
    expect(its.at).toBeLessThan(1000);
  });

  it('waits as long as no majority has noted it, and tells them again', () => {
    const its = play(scene);
    its.onOrder = (order) => order.do === 'announce' && scene.results.set(order.number as number, 'done') !== undefined;
    its.run(10_000);
    expect(startOf(its.orders())).toBeUndefined();
    expect(its.orders('announce').length).toBeGreaterThan(3);
    scene.sentinelsSay({ epoch: 1 }, ['q0', 'q1']);
    its.run(2000);
    expect(startOf(its.orders())).toMatchObject({ as: 'master' });
  });

  it('is not noted where one of three has done so', () => {
    const its = play(scene);
    its.onOrder = (order) => {
      if (order.do !== 'announce') return false;
      scene.sentinelsSay({ epoch: 1 }, ['q0']);
      scene.results.set(order.number as number, 'failed');
      return true;
    };
    its.run(10_000);
    expect(startOf(its.orders())).toBeUndefined();
  });

  it('goes on where an order has no end', () => {
    const its = play(scene);
    its.onOrder = (order) => {
      if (order.do === 'announce') scene.sentinelsSay({ epoch: 1 });
      return order.do !== 'start-server';
    };
    its.run(10_000);
    expect(startOf(its.orders())).toMatchObject({ as: 'master' });
  });

  it('of a server that had said so before, and ended before it had a file', () => {
    const its = play(sceneOf({ epoch: 1, empty: true, firstStart: true })).run(2500);
    expect(its.orders('start-server')).toMatchObject([{ as: 'master' }]);
    expect(its.orders('announce')).toEqual([]);
  });

  it('goes on without a volume too, once it was noted', () => {
    const its = play(sceneOf({ epoch: 0, empty: true, persistent: false, whenEmpty: 'start' }));
    its.until(() => startOf(its.orders()) !== undefined, 10_000);
    expect(its.at).toBeLessThan(1000);
  });

  it.each([
    ['without a volume nothing remembers it', { epoch: 1, empty: true, firstStart: true, persistent: false }],
    ['there was an election since', { epoch: 2, empty: true, firstStart: true }],
  ])('is not believed: %s', (_, props) => {
    expect(play(sceneOf(props)).run(20_000).orders()).toEqual([]);
  });
});

describe('a pod that is made anew', () => {
  it('of a replica: starts as one within a second', () => {
    const scene = sceneOf({ me: 's1', s0: { role: 'master' }, s2: PROMOTABLE });
    const its = playAgent(scene);
    its.until(() => startOf(its.orders()) !== undefined, 5000);
    expect(its.at).toBeLessThan(1000);
  });

  it('of the master, without a hand-over: has a replica promoted at once, and starts as its replica', () => {
    const scene = sceneOf({ s1: { ...ORPHAN, offset: 1000 }, s2: { ...ORPHAN, offset: 900 } });
    const its = playAgent(scene).run(3000);
    expect(its.orders('follow')[0]).toMatchObject({ server: 's1' });
    expect(its.orders('start-server')).toMatchObject([{ as: 'replica', master: 's1' }]);
    expect(its.at).toBeLessThan(5000);
  });

  it('after a stop of all: the last master starts, and the others as its replicas', () => {
    const masters = playAgent(sceneOf({ me: 's0' })).run(5000);
    expect(masters.orders('start-server')).toMatchObject([{ as: 'master' }]);
    const scene = sceneOf({ me: 's2' });
    const replicas = playAgent(scene).run(5000);
    expect(replicas.orders('start-server')).toEqual([]);
    scene.says('s0', { role: 'master', loading: true });
    replicas.run(1000);
    expect(replicas.orders('start-server')).toMatchObject([{ as: 'replica', master: 's0' }]);
  });

  it('says what it waits for after a second, and again every 30 s', () => {
    const its = playAgent(sceneOf({ empty: true }), {} as Partial<Memory['durable']>);
    its.run(900);
    expect(its.said).toEqual([]);
    its.run(70_000);
    const waits = its.said.filter((line) => line.startsWith('waiting this master has lost its data'));
    expect(waits).toHaveLength(3);
  });

  it('says something of reasons that take turns, too', () => {
    const scene = sceneOf({ me: 's1', whenAbandonedAfter: 600_000 });
    const its = playAgent(scene);
    for (let turn = 0; turn < 80; turn++) {
      scene.sentinelsSay({ master: turn % 2 === 0 ? 's2' : 's0' }, ['q1']);
      its.run(500);
    }
    const waits = its.said.filter((line) => line.startsWith('waiting'));
    expect(waits).toHaveLength(1);
  });
});
