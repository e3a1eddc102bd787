import { describe, expect, it } from 'vitest';
import { complaints, type Expectation, type Observation } from '../cluster/load/observation.js';

const expected: Expectation = {
  servers: { a: '10.0.0.1:6379', b: '10.0.0.2:6379', c: '10.0.0.3:6379' },
  sentinels: { a: '10.0.0.1:26379', b: '10.0.0.2:26379', c: '10.0.0.3:26379' },
  quorum: 2,
};

/** b is the master, and all is well. */
function whole() {
  const replica = (host: string) => ({ host, role: 'slave', follows: '10.0.0.2:6379', link: 'connected' });
  const sentinel = (host: string) => ({
    host,
    master: '10.0.0.2:6379',
    flags: 'master',
    quorum: 2,
    replicas: ['10.0.0.1:6379', '10.0.0.3:6379'].map((address) => ({ address, flags: 'slave' })),
    sentinels: Object.entries(expected.sentinels)
      .filter(([other]) => other !== host)
      .map(([, address]) => ({ address, flags: 'sentinel' })),
  });
  return {
    servers: [replica('a'), { host: 'b', role: 'master' }, replica('c')] as Observation['servers'][number][],
    sentinels: ['a', 'b', 'c'].map(sentinel) as Observation['sentinels'][number][],
  };
}

describe('a topology', () => {
  it('is whole when all agree', () => {
    expect(complaints(whole(), expected)).toEqual([]);
  });

  it.each<[string, (seen: ReturnType<typeof whole>) => unknown, string]>([
    ['two masters', (s) => (s.servers[0] = { host: 'a', role: 'master' }), 'masters by ROLE must be one, got [a b]'],
    [
      'no master',
      (s) => (s.servers[1] = { host: 'b', error: 'connect ECONNREFUSED' }),
      'server b: connect ECONNREFUSED',
    ],
    [
      'a replica whose link is down',
      (s) => (s.servers[0] = { host: 'a', role: 'slave', follows: '10.0.0.2:6379', link: 'connect' }),
      'server a: slave of 10.0.0.2:6379, link connect',
    ],
    [
      'a replica of another server',
      (s) => (s.servers[0] = { host: 'a', role: 'slave', follows: '10.0.0.3:6379', link: 'connected' }),
      'server a: slave of 10.0.0.3:6379, link connected',
    ],
    [
      'a Sentinel that names another master',
      (s) => amend(s, { master: '10.0.0.1:6379' }),
      'Sentinel a: names 10.0.0.1:6379',
    ],
    [
      'a Sentinel that is in failover',
      (s) => amend(s, { flags: 'master,failover_in_progress' }),
      'flags of the master',
    ],
    ['a wrong quorum', (s) => amend(s, { quorum: 1 }), 'Sentinel a: quorum 1, not 2'],
    [
      'a ghost among the replicas',
      (s) =>
        amend(s, {
          replicas: [...(s.sentinels[0]?.replicas ?? []), { address: '10.0.0.9:6379', flags: 's_down,slave' }],
        }),
      'Sentinel a: replicas are [10.0.0.1:6379 10.0.0.3:6379 10.0.0.9:6379]',
    ],
    [
      'a ghost among the Sentinels',
      (s) =>
        amend(s, {
          sentinels: [...(s.sentinels[0]?.sentinels ?? []), { address: '10.0.0.9:26379', flags: 'sentinel' }],
        }),
      'Sentinel a: other Sentinels are',
    ],
    [
      'a replica unknown to a Sentinel',
      (s) => amend(s, { replicas: s.sentinels[0]?.replicas?.slice(1) }),
      'Sentinel a: replicas are [10.0.0.3:6379]',
    ],
    [
      'a Sentinel that does not reach a peer',
      (s) => amend(s, { sentinels: s.sentinels[0]?.sentinels?.map((p) => ({ ...p, flags: 's_down,sentinel' })) }),
      '10.0.0.2:26379 is s_down,sentinel',
    ],
  ])('is not whole with %s', (_, breakIt, complaint) => {
    const seen = whole();
    breakIt(seen);
    expect(complaints(seen, expected).join('\n')).toContain(complaint);
  });

  it('is not whole when another server than the required one is master', () => {
    expect(complaints(whole(), { ...expected, master: 'c' })).toEqual(['master must be c, is b']);
  });
});

function amend(seen: ReturnType<typeof whole>, change: Partial<Observation['sentinels'][number]>): void {
  seen.sentinels[0] = { ...(seen.sentinels[0] as Observation['sentinels'][number]), ...change };
}
