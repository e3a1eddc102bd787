import { describe, expect, it } from 'vitest';
import {
  decidePassword,
  newPasswordMemory,
  type PasswordKnown,
  type PasswordMemory,
  type Survey,
} from '../../../src/agent/program/decide/password.js';

const OLD = 's3cret-1';
const NEW = 's3cret-2';

function known(changes: Partial<PasswordKnown> = {}): PasswordKnown {
  return {
    now: 100_000,
    ordinal: 0,
    parts: ['server', 'sentinel'],
    downAfter: 3000,
    secret: { value: OLD },
    used: OLD,
    told: new Map(),
    ...changes,
  };
}

/** While both are accepted, and all parts of the pod know it. */
const accepting = (changes: Partial<PasswordKnown> = {}) =>
  known({
    secret: { value: NEW },
    accepted: NEW,
    told: new Map([
      ['server', 'accept'],
      ['sentinel', 'accept'],
    ]),
    ...changes,
  });

const memory = (changes: Partial<PasswordMemory> = {}): PasswordMemory => ({ ...newPasswordMemory(), ...changes });

const survey = (changes: Partial<Survey> = {}): Survey => ({
  password: NEW,
  askedAt: 99_000,
  refusers: [],
  unanswered: [],
  masterInsists: false,
  seesDown: false,
  ...changes,
});

const PUT = { do: 'put-in-force', used: NEW, accepted: OLD };

describe('a pod', () => {
  it.each([
    ['whose Secret holds the one in use', known(), []],
    ['whose Secret cannot be used', known({ secret: { fault: 'it is empty' } }), []],
    [
      'whose Secret holds an unknown one accepts it too',
      known({ secret: { value: NEW } }),
      [{ do: 'put-in-force', used: OLD, accepted: NEW }],
    ],
    [
      'that accepts both tells its parts, and asks all',
      accepting({ told: new Map() }),
      [
        { do: 'tell', part: 'server', step: 'accept' },
        { do: 'tell', part: 'sentinel', step: 'accept' },
        { do: 'survey', password: NEW },
      ],
    ],
    [
      'tells again a part that did not run',
      accepting({ told: new Map([['sentinel', 'accept']]) }),
      [
        { do: 'tell', part: 'server', step: 'accept' },
        { do: 'survey', password: NEW },
      ],
    ],
    [
      'waits while one refuses the new one',
      accepting({ survey: survey({ refusers: ['10.0.0.2'] }) }),
      [{ do: 'survey', password: NEW }],
    ],
    [
      'waits for one that does not answer',
      accepting({ survey: survey({ unanswered: ['10.0.0.2'] }) }),
      [{ do: 'survey', password: NEW }],
    ],
    ['uses the new one when all take it', accepting({ survey: survey() }), [PUT]],
    [
      'uses it at once where the master insists, whoever else refuses it',
      accepting({ ordinal: 2, survey: survey({ refusers: ['10.0.0.2'], masterInsists: true }) }),
      [PUT],
    ],
    [
      'goes by no survey of another password',
      accepting({ survey: survey({ password: OLD }) }),
      [{ do: 'survey', password: NEW }],
    ],
    [
      'that uses the new one tells its parts',
      known({ secret: { value: NEW }, used: NEW, accepted: OLD }),
      [
        { do: 'tell', part: 'server', step: 'use' },
        { do: 'tell', part: 'sentinel', step: 'use' },
      ],
    ],
  ])('%s', (_, input, orders) => {
    const step = decidePassword(input, memory(), true);
    const decided = step.orders.some((order) => order.do === 'put-in-force')
      ? step.orders.filter((order) => order.do === 'put-in-force')
      : step.orders;
    expect(decided).toEqual(orders);
  });

  it('leaves the old one in use where the Secret is changed back before anything came of it', () => {
    const back = accepting({ secret: { value: OLD } });
    expect(decidePassword(back, memory({ step: 'accept' }), true).orders).toEqual([]);
  });

  it('goes by each survey once', () => {
    const asked = accepting({ ordinal: 1, survey: survey() });
    const once = decidePassword(asked, memory(), false).memory;
    expect(once.turn).toBe(1);
    expect(decidePassword(asked, once, false).memory.turn).toBe(1);
  });

  it.each([
    [0, 1],
    [1, 3],
    [2, 5],
  ])('of ordinal %i uses the new one after %i surveys in which all take it', (ordinal, expected) => {
    let state = memory();
    let surveys = 0;
    for (let put = false; !put; surveys++) {
      const step = decidePassword(accepting({ ordinal, survey: survey({ askedAt: surveys }) }), state, false);
      put = step.orders.some((order) => order.do === 'put-in-force');
      state = step.memory;
    }
    expect(surveys).toBe(expected);
  });

  it('begins its turn anew when one refuses again', () => {
    const before = memory({ turn: 4 });
    const step = decidePassword(accepting({ ordinal: 2, survey: survey({ refusers: ['10.0.0.3'] }) }), before, false);
    expect(step.memory.turn).toBe(0);
  });

  it.each([
    [12_999, false],
    [13_000, true],
  ])('waits for a silent one for down-after and 10 s (%i ms)', (waited, uses) => {
    const silent = survey({ unanswered: ['10.0.0.3'], askedAt: 99_999 });
    const before = memory({ unansweredSince: 100_000 - waited });
    const step = decidePassword(accepting({ survey: silent }), before, false);
    expect(step.orders.some((order) => order.do === 'put-in-force')).toBe(uses);
  });
});

describe('the log', () => {
  it('says a fault of the Secret once, and the same fault again after another value', () => {
    const faulty = known({ secret: { fault: 'it is empty' } });
    const once = decidePassword(faulty, memory(), true);
    expect(once.say).toEqual(['password-ignored reason=it is empty; the one of before stays in force']);
    expect(decidePassword(faulty, once.memory, true).say).toEqual([]);
    const well = decidePassword(known(), once.memory, true);
    expect(decidePassword(faulty, well.memory, true).say).toHaveLength(1);
  });

  it('says once that all parts accept, and once that all parts use it', () => {
    const accepted = decidePassword(accepting(), memory(), true);
    expect(accepted.say).toEqual(['password-changed accepted-by=server,sentinel']);
    expect(decidePassword(accepting(), accepted.memory, true).say).toEqual([]);
    const using = known({
      secret: { value: NEW },
      used: NEW,
      accepted: OLD,
      told: new Map([
        ['server', 'use'],
        ['sentinel', 'use'],
      ]),
    });
    expect(decidePassword(using, memory(), true).say).toEqual(['password-used towards=all by=server,sentinel']);
  });

  it('holds no password', () => {
    const inputs = [accepting({ survey: survey() }), known({ secret: { value: NEW } }), accepting({ told: new Map() })];
    for (const input of inputs) {
      const { say, why } = decidePassword(input, memory(), true);
      expect([...say, why].join(' ')).not.toContain('s3cret');
    }
  });
});

describe('a Sentinel that may have been refused', () => {
  const own = (changes: Partial<Survey> = {}) => known({ survey: survey({ password: OLD, ...changes }) });

  it('has all asked at the fifth look, then at every tenth', () => {
    let state = memory();
    const asked: number[] = [];
    for (let look = 1; look <= 26; look++) {
      const step = decidePassword(known(), state, true);
      if (step.orders.length > 0) asked.push(look);
      state = step.memory;
    }
    expect(asked).toEqual([5, 15, 25]);
  });

  it('has all asked at every look while one refuses', () => {
    const refused = decidePassword(own({ refusers: ['10.0.0.2'] }), memory(), true);
    expect(decidePassword(own({ refusers: ['10.0.0.2'] }), refused.memory, true).orders).toEqual([
      { do: 'survey', password: OLD },
    ]);
  });

  it.each([
    ['one that refused takes it now', { refusedBy: ['10.0.0.2'] }, own(), true],
    ['the same still refuse', { refusedBy: ['10.0.0.2'] }, own({ refusers: ['10.0.0.2'] }), false],
    ['it considers someone down, who may have just started', {}, own({ seesDown: true }), false],
    ['it has done so for 4 s', { seesDownSince: 95_000 }, own({ seesDown: true }), false],
    ['it has done so for 5 s, whom nobody refuses', { seesDownSince: 94_000 }, own({ seesDown: true }), true],
    [
      'someone is down and does not answer',
      { seesDownSince: 94_000 },
      own({ seesDown: true, unanswered: ['10.0.0.3'] }),
      false,
    ],
    ['all is well', {}, own(), false],
  ])('connects anew or not where %s', (_, changes, input, reconnects) => {
    const { orders } = decidePassword(input, memory(changes), false);
    expect(orders).toEqual(reconnects ? [{ do: 'reconnect-sentinel' }] : []);
  });

  it('is settled when all was well for long enough, and nobody is asked any more', () => {
    const early = decidePassword(own(), memory({ looks: 5 }), false).memory;
    expect(early.settled).toBe(false);
    const late = decidePassword(own(), memory({ looks: 15 }), false).memory;
    expect(late.settled).toBe(true);
    expect(decidePassword(known(), { ...late, looks: 24 }, true).orders).toEqual([]);
  });

  it('is no matter of a pod without one', () => {
    const alone = known({ parts: ['server'] });
    expect(decidePassword(alone, memory({ looks: 4 }), true).orders).toEqual([]);
  });
});
