import { describe, expect, it } from 'vitest';
import {
  decideRenewal,
  newRenewalMemory,
  RENEWAL_LOOK_MS,
  type RenewalKnown,
  type RenewalMemory,
  type SentinelCertificate,
} from '../../../src/agent/program/decide/renewal.js';

const OLD = 'a'.repeat(16);
const NEW = 'b'.repeat(16);

type Look = Pick<RenewalKnown, 'server' | 'sentinels'> & Partial<Pick<RenewalKnown, 'tellsAddresses'>>;

/** What is done after each look, one word each; the looks follow each other as the agent takes them. */
function done(looks: readonly Look[], own: number | 'none' = 0, hasServer = true): string[] {
  let memory: RenewalMemory = newRenewalMemory();
  return looks.map((look, count) => {
    const now = 1000 + count * RENEWAL_LOOK_MS;
    const step = decideRenewal(
      {
        now,
        current: NEW,
        lookedAt: now - 1,
        hasServer,
        own: own === 'none' ? undefined : own,
        tellsAddresses: false,
        ...look,
      },
      memory,
    );
    memory = step.memory;
    const orders = step.orders.map((order) => order.do).filter((order) => order !== 'look');
    return orders.join(' ') || (memory.settled === NEW && step.why === 'in use' ? 'settled' : 'waits');
  });
}

/** `n` runs with the new one, `o` with the old one, `x` with one that is not accepted, and `?` does not tell. */
function sentinels(ids: string, shaken?: number): SentinelCertificate[] {
  return [...ids].map((id, place) => ({
    address: `10.0.0.${place + 1}`,
    id: id === 'n' ? NEW : id === 'o' ? OLD : undefined,
    whole: place !== shaken && id !== 'x',
    ...(id === 'x' && { untrusted: true }),
  }));
}

const three = (look: Look, times = 3) => Array<Look>(times).fill(look);

describe('with a certificate that is new to the pod', () => {
  it.each<[string, number | 'none', Look, string[]]>([
    [
      'all of it that runs with it already is left alone',
      0,
      { server: NEW, sentinels: sentinels('noo') },
      ['settled', 'settled', 'settled'],
    ],
    ['a server loads it while it runs', 0, { server: OLD, sentinels: sentinels('noo') }, ['load', 'load', 'load']],
    [
      'a server that does not tell is asked again',
      0,
      { server: undefined, sentinels: sentinels('noo') },
      ['waits', 'waits', 'waits'],
    ],
    [
      'the first Sentinel is ended once all were whole for 10 s',
      0,
      { server: NEW, sentinels: sentinels('ooo') },
      ['waits', 'waits', 'end-sentinel'],
    ],
    [
      'server and Sentinel each have their own',
      0,
      { server: OLD, sentinels: sentinels('ooo') },
      ['load', 'load', 'end-sentinel load'],
    ],
    [
      'the second one waits for the first',
      1,
      { server: NEW, sentinels: sentinels('ooo') },
      ['waits', 'waits', 'waits'],
    ],
    [
      'the second one waits for the first that does not tell',
      1,
      { server: NEW, sentinels: sentinels('?oo') },
      ['waits', 'waits', 'waits'],
    ],
    [
      'the second one follows the first',
      1,
      { server: NEW, sentinels: sentinels('noo') },
      ['waits', 'waits', 'end-sentinel'],
    ],
    ['the last one waits for the second', 2, { server: NEW, sentinels: sentinels('noo') }, ['waits', 'waits', 'waits']],
    ['the last one is the last', 2, { server: NEW, sentinels: sentinels('nno') }, ['waits', 'waits', 'end-sentinel']],
    [
      'none is ended while another is not whole',
      0,
      { server: NEW, sentinels: sentinels('ooo', 2) },
      ['waits', 'waits', 'waits'],
    ],
    [
      'none is ended while itself is not whole',
      0,
      { server: NEW, sentinels: sentinels('ooo', 0) },
      ['waits', 'waits', 'waits'],
    ],
    [
      'the second one does not wait for the last, whose certificate is not accepted',
      1,
      { server: NEW, sentinels: sentinels('nox') },
      ['waits', 'waits', 'end-sentinel'],
    ],
    [
      'the last one waits for the second, whose certificate is not accepted',
      2,
      { server: NEW, sentinels: sentinels('nxo') },
      ['waits', 'waits', 'waits'],
    ],
    [
      'a pod without a Sentinel has only its server',
      'none',
      { server: NEW, sentinels: sentinels('ooo') },
      ['settled', 'settled', 'settled'],
    ],
    [
      'one whose file tells nothing is left alone',
      0,
      { server: NEW, sentinels: sentinels('?oo') },
      ['waits', 'waits', 'waits'],
    ],
  ])('%s', (_, own, look, orders) => {
    expect(done(three(look), own)).toEqual(orders);
  });

  it('a pod of Sentinels alone has no server to load it', () => {
    expect(done(three({ server: undefined, sentinels: sentinels('nno') }), 0, false)).toEqual([
      'settled',
      'settled',
      'settled',
    ]);
  });

  it('a Sentinel that was ended is not ended again while its container starts', () => {
    const looks = [
      ...three({ server: NEW, sentinels: sentinels('ooo') }),
      ...three({ server: NEW, sentinels: sentinels('ooo') }, 8),
    ];
    expect(done(looks).filter((order) => order === 'end-sentinel')).toHaveLength(1);
  });

  it('a moment in which one is not whole begins the 10 s anew', () => {
    const whole = { server: NEW, sentinels: sentinels('ooo') };
    const shaken = { server: NEW, sentinels: sentinels('ooo', 1) };
    expect(done([whole, whole, shaken, whole, whole, whole])).toEqual([
      'waits',
      'waits',
      'waits',
      'waits',
      'waits',
      'end-sentinel',
    ]);
  });

  it('nothing is done on what was looked at before', () => {
    const first = decideRenewal(
      {
        now: 1,
        current: NEW,
        lookedAt: Number.NEGATIVE_INFINITY,
        hasServer: true,
        own: 0,
        tellsAddresses: false,
        sentinels: [],
      },
      newRenewalMemory(),
    );
    expect(first.orders).toEqual([{ do: 'look' }]);
    const looked = {
      now: 2,
      current: NEW,
      lookedAt: 1,
      server: OLD,
      hasServer: true,
      tellsAddresses: false,
      own: 0,
      sentinels: sentinels('ooo'),
    };
    const second = decideRenewal(looked, first.memory);
    expect(decideRenewal({ ...looked, now: 3 }, second.memory).orders).toEqual([{ do: 'look' }]);
  });
});

/**
 * Three Sentinels with the certificate of before, whose agents take their looks `apart` ms after one another, until all is over.
 *
 * @param seen how one of them is seen by an agent: whether it has been up for a second at least, and is the agent's own
 */
function playMesh(
  apart: number,
  seen: (id: string, isBack: boolean, isOwn: boolean) => Omit<SentinelCertificate, 'address'>,
) {
  const ids = [OLD, OLD, OLD];
  const downUntil = [0, 0, 0];
  const memories = ids.map(() => newRenewalMemory());
  let mostDown = 0;
  for (let now = 0; now < 300_000; now += 100) {
    for (const [own, memory] of memories.entries()) {
      if ((now + own * apart) % RENEWAL_LOOK_MS !== 0) continue;
      const all = ids.map((id, each) => ({
        address: `${each}`,
        ...seen(id, now >= (downUntil[each] as number) + 1000, each === own),
      }));
      const step = decideRenewal(
        { now, current: NEW, lookedAt: now, server: NEW, hasServer: true, own, tellsAddresses: false, sentinels: all },
        memory,
      );
      memories[own] = step.memory;
      if (!step.orders.some((order) => order.do === 'end-sentinel')) continue;
      downUntil[own] = now + 2500;
      ids[own] = NEW;
    }
    mostDown = Math.max(mostDown, downUntil.filter((until) => now < until).length);
  }
  return { ids, mostDown };
}

const EACH_IN_ITS_TURN = { ids: [NEW, NEW, NEW], mostDown: 1 };

it('however the agents’ looks fall, never are two Sentinels down at a time', () => {
  for (let offset = 0; offset < 12; offset++) {
    expect(playMesh(offset * 400, (id, isBack) => ({ id, whole: isBack }))).toEqual(EACH_IN_ITS_TURN);
  }
});

it('an authority that is exchanged at a stroke leaves no Sentinel with the old one, and never are two down at a time', () => {
  const played = playMesh(1200, (id, isBack, isOwn) => ({
    // The file of its own pod tells which certificate its Sentinel has, whatever is accepted.
    id: id === NEW || isOwn ? id : undefined,
    whole: id === NEW && isBack,
    untrusted: id !== NEW,
  }));
  expect(played).toEqual(EACH_IN_ITS_TURN);
});

describe('a Sentinel that runs with the certificate, and tells addresses where names are to be told', () => {
  const tells = (over: Partial<Look> = {}) => ({
    server: NEW,
    sentinels: sentinels('nnn'),
    tellsAddresses: true,
    ...over,
  });
  it.each<[string, number, readonly Look[], string]>([
    ['is ended once all were whole for 10 s', 0, three(tells(), 3), 'end-sentinel'],
    ['has its turn by its ordinal', 1, three(tells(), 4), 'waits'],
    ['has it 10 s later than the one before', 1, three(tells(), 5), 'end-sentinel'],
    ['waits while another sees somebody down', 0, three(tells({ sentinels: sentinels('nnn', 2) }), 9), 'waits'],
    ['is left alone when it tells names again', 0, [tells(), tells({ tellsAddresses: false })], 'settled'],
  ])('%s', (_, own, looks, last) => {
    expect(done(looks, own).at(-1)).toBe(last);
  });

  it('is found out also after the certificate was settled', () => {
    const settled = tells({ tellsAddresses: false });
    expect(done([settled, settled, ...three(tells(), 4)])).toContain('end-sentinel');
  });
});
