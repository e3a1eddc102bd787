import { expect, test } from 'vitest';
import { judge } from '../../src/cli/status/judge.js';
import type { Verdict } from '../../src/cli/status/judgement.js';
import { type KubeItem, parseStatus, podProblem } from '../../src/cli/status/observe.js';
import { judgementText } from '../../src/cli/status/table.js';
import { ADDRESSES, type Deviation, observed, statusOf } from './support/observed.js';

const [, SECOND = ''] = ADDRESSES;
const known = (ordinal: number, deviation: Deviation = {}) => statusOf(ordinal, deviation).known as never;

test('a sound topology has nothing to be mended, and every fact in its rows', () => {
  const { verdict, master, servers, sentinels, findings, waiting } = judge(observed());
  expect({ verdict, master, findings, waiting }).toEqual({
    verdict: 'sound',
    master: 'cache-0',
    findings: [],
    waiting: [],
  });
  expect(servers).toMatchObject([
    { pod: 'cache-0', role: 'master', offset: 5000, node: 'n0' },
    { pod: 'cache-1', role: 'replica', offset: 4900, behind: 100, lagMs: 0, link: 'up', priority: 100 },
    { pod: 'cache-2', role: 'replica' },
  ]);
  expect(sentinels).toEqual([0, 1, 2].map((i) => ({ pod: `cache-${i}`, names: 'cache-0', epoch: 4, flags: [] })));
});

/** What deviates, the verdict, and what is said of it: all of it, in that order. */
const CASES: [string, Deviation, Verdict, string[]][] = [
  ['a replica without a link', { servers: { 1: { linkUp: false } } }, 'unsound', ['cache-1 has no link to cache-0']],
  [
    'a full copy',
    { servers: { 1: { syncing: true, linkUp: false } } },
    'unsound',
    ['cache-1 is receiving a full copy'],
  ],
  ['a replica of another', { servers: { 2: { master: SECOND } } }, 'unsound', ['cache-2 follows cache-1, not cache-0']],
  [
    'a replica that may not be promoted',
    { servers: { 2: { priority: 0 } } },
    'unsound',
    ['cache-2 may not be promoted yet (priority 0)'],
  ],
  [
    'late replicas',
    {
      servers: {
        0: { replicas: ADDRESSES.slice(1).map((address) => ({ address, offset: 1, lagMs: 4000, online: true })) },
      },
    },
    'unsound',
    [
      'cache-1 confirmed last 4 s ago, more than 3 s',
      'cache-2 confirmed last 4 s ago, more than 3 s',
      'the master refuses writes (NOREPLICAS): 0 of 1 replicas confirm in time',
    ],
  ],
  [
    'a certificate that ends soon, and is renewed by one that cannot be used',
    {
      agents: {
        0: { certificate: { expires: '2027-01-02T03:04:05.000Z', days: 3.4, why: 'in use' } },
        1: {
          certificate: {
            expires: '2027-01-02T03:04:05.000Z',
            days: 3.4,
            ignored: 'tls.key has a passphrase',
            why: 'in use',
          },
        },
        2: { certificate: { expires: '2027-03-02T03:04:05.000Z', days: 62, why: 'in use' } },
      },
    },
    'unsound',
    [
      'the certificate of cache-0, cache-1 ends in 3.4 days, on 2027-01-02',
      'the certificate of cache-1 is the one of before, as the mounted one is not taken: tls.key has a passphrase',
    ],
  ],
  [
    'TLS that is half turned on',
    { agents: { 0: { transition: 'accept' }, 1: { transition: 'prefer' }, 2: { transition: 'prefer' } } },
    'unsound',
    [
      'plain text is taken beside TLS by cache-0 (tls.transition: accept)',
      'plain text is taken beside TLS by cache-1, cache-2 (tls.transition: prefer)',
    ],
  ],
  [
    'a certificate that lasts',
    { agents: { 0: { certificate: { expires: '2027-03-02T03:04:05.000Z', days: 62, why: 'in use' } } } },
    'sound',
    [],
  ],
  [
    'a Sentinel whose certificate its own agent alone accepts',
    { untrusted: { sentinel: 2 } },
    'unsound',
    ["the Sentinel of cache-2 and the agents of cache-0, cache-1 do not accept each other's certificate"],
  ],
  [
    'a server whose certificate the others do not accept',
    { untrusted: { server: 1 }, there: 2 },
    'unsound',
    [
      '2 of 3 pods of the StatefulSet cache are there',
      "the server of cache-1 and the agent of cache-0 do not accept each other's certificate",
    ],
  ],
  ['no replica, where none is asked for', { minReplicas: 0, servers: { 0: { replicas: [] } } }, 'sound', []],
  ['a server that is silent', { servers: { 1: null } }, 'unsound', ['the server of cache-1 is down']],
  [
    'no master',
    { servers: { 0: { role: 'replica', priority: 100, linkUp: false } } },
    'unsound',
    ['no server is master', 'cache-0 has no link to nobody'],
  ],
  ['two masters', { servers: { 1: { role: 'master' } } }, 'unsound', ['cache-0 and cache-1 are both master']],
  [
    'a Sentinel that names another',
    { sentinels: { 2: { master: SECOND } } },
    'unsound',
    ['the Sentinel of cache-2 names cache-1 as master, not cache-0'],
  ],
  ['a silent Sentinel', { sentinels: { 2: null } }, 'unsound', ['the Sentinel of cache-2 does not answer']],
  [
    'a master considered down',
    { sentinels: { 0: { subjectivelyDown: true } } },
    'unsound',
    ['the Sentinel of cache-0 considers cache-0 down'],
  ],
  [
    'a failover at work',
    { sentinels: { 1: { objectivelyDown: true, failoverInProgress: true } } },
    'unsound',
    ['the Sentinel of cache-1 considers cache-0 down, as a majority does, to be replaced (a failover is at work)'],
  ],
  [
    'a fenced master',
    { agents: { 0: { memory: { durable: { fenced: true }, handOver: {} } } } },
    'unsound',
    ['writes on cache-0 are paused: it is cut off from its replicas and from the Sentinels'],
  ],
  [
    'a hand-over',
    { agents: { 0: { memory: { durable: { fenced: false }, handOver: { phase: 'pause' } } } } },
    'unsound',
    ['cache-0 is handing over'],
  ],
  [
    'a hand-over that is over',
    { agents: { 0: { memory: { durable: { fenced: false }, handOver: { phase: 'over' } } } } },
    'sound',
    [],
  ],
  [
    'a candidate',
    { agents: { 1: { memory: { durable: { fenced: false, candidate: {} }, handOver: {} } } } },
    'unsound',
    ['cache-1 stands for election without a master'],
  ],
  [
    'a server that waits',
    { agents: { 1: { waiting: { server: { reason: 'no master is named', since: 88_000 } } } } },
    'unsound',
    ['the server of cache-1 has waited for 12 s: no master is named'],
  ],
  [
    'an agent that waits for its password',
    { agents: { 1: { known: undefined, waiting: { agent: { reason: 'there is no password', since: 0 } } } } },
    'unsound',
    ['the agent of cache-1 waits: there is no password'],
  ],
  [
    'an agent that is starting',
    { agents: { 1: { known: undefined } } },
    'unknown',
    ['the agent of cache-1 is starting'],
  ],
  [
    'an agent that does not tell, of a server that the others see',
    { agents: { 1: null } },
    'unknown',
    ['the agent of cache-1 does not tell: no answer in 4 s'],
  ],
  [
    'a pod that is missing',
    { there: 2, servers: { 2: null }, sentinels: { 2: null } },
    'unsound',
    [
      '2 of 3 pods of the StatefulSet cache are there',
      'the Sentinel of cache-2 does not answer',
      'the server of cache-2 is down',
    ],
  ],
  [
    'a pod without a node',
    { pods: { 2: { ready: false, problem: 'has no node: 0/2 nodes are available' } } },
    'unsound',
    ['pod cache-2 has no node: 0/2 nodes are available'],
  ],
  [
    'agents that know only what is old',
    { stale: true },
    'unknown',
    [
      'no server is seen to be master',
      ...[0, 1, 2].map((i) => `the Sentinel of cache-${i} is not heard of`),
      ...[0, 1, 2].map((i) => `the server of cache-${i} is not heard of`),
    ],
  ],
  [
    'nobody who tells',
    { agents: { 0: null, 1: null, 2: null } },
    'unknown',
    [0, 1, 2].map((i) => `the agent of cache-${i} does not tell: no answer in 4 s`),
  ],
];

test.each(CASES)('%s', (_, deviation, verdict, what) => {
  const judgement = judge(observed(deviation));
  expect(judgement.findings.map((finding) => finding.what)).toEqual(what);
  expect(judgement.verdict).toBe(verdict);
  expect(judgement.findings.filter(({ mend }) => mend === '')).toEqual([]);
});

test("a server's own agent is believed before the others", () => {
  const others = { servers: { 1: { role: 'master' } } } as const;
  const { servers } = judge(observed({ agents: { 0: { known: known(0, others) }, 2: { known: known(2, others) } } }));
  expect(servers[1]).toMatchObject({ role: 'replica' });
});

test('Sentinels in pods of their own are told by the names of these', () => {
  const sentinels = ['10.0.1.1', '10.0.1.2', '10.0.1.3'];
  const { pods, sets, topology } = observed();
  const view = statusOf(0).known?.sentinels[ADDRESSES[0] ?? ''];
  const apart = (me: string, own: boolean, ordinal: number) => {
    const known = statusOf(ordinal).known;
    const plan = { ...known?.plan, sentinels, hasSentinel: own, hasServer: !own, me, nearest: own ? me : sentinels[0] };
    return { waiting: {}, known: { ...known, plan, sentinels: Object.fromEntries(sentinels.map((at) => [at, view])) } };
  };
  const judgement = judge({
    topology,
    sets: [...sets, { name: 'cache-sentinel', component: 'sentinel', replicas: 3 }],
    pods: [
      ...pods.map((pod, i) => ({ ...pod, agent: apart(ADDRESSES[i] ?? '', false, i) as never })),
      ...sentinels.map((at, i) => ({
        name: `cache-sentinel-${i}`,
        component: 'sentinel' as const,
        ready: true,
        agent: apart(at, true, i) as never,
      })),
    ],
  });
  expect(judgement).toMatchObject({ verdict: 'sound', master: 'cache-0' });
  expect(judgement.sentinels.map(({ pod, names }) => [pod, names])).toEqual(
    [0, 1, 2].map((i) => [`cache-sentinel-${i}`, 'cache-0']),
  );
});

test('of a pod whose agent is silent, the others tell', () => {
  const { servers, sentinels } = judge(observed({ agents: { 1: null } }));
  expect(servers[1]).toMatchObject({ role: 'replica', link: 'up' });
  expect(sentinels[1]).toMatchObject({ names: 'cache-0' });
});

test('what an agent writes for infinite times is read as such', () => {
  expect(parseStatus('{"known":{"at":"-Infinity","text":"x"}}')).toEqual({ known: { at: -Infinity, text: 'x' } });
  expect(parseStatus('<html>')).toBeUndefined();
});

const pod = (status: KubeItem['status'], deletionTimestamp?: string): KubeItem => ({
  kind: 'Pod',
  metadata: { name: 'cache-0', deletionTimestamp },
  spec: {},
  status,
});

test.each<[string, KubeItem, boolean, string | undefined]>([
  ['a ready pod', pod({}), true, undefined],
  ['one that is deleted', pod({}, '2026-01-01'), true, 'is being stopped'],
  [
    'one without a node',
    pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no room' }] }),
    false,
    'has no node: no room',
  ],
  [
    'an image that is not there',
    pod({
      initContainerStatuses: [{ name: 'agent', ready: false, state: { waiting: { reason: 'ImagePullBackOff' } } }],
    }),
    false,
    'container agent: ImagePullBackOff',
  ],
  [
    'one that starts',
    pod({ containerStatuses: [{ name: 'redis', ready: false, state: { waiting: { reason: 'PodInitializing' } } }] }),
    false,
    'is not ready: redis',
  ],
  [
    'one whose node is gone',
    pod({ containerStatuses: [{ name: 'redis', ready: true }] }),
    false,
    'is not ready; perhaps its node is gone',
  ],
])('%s is told as such', (_, item, ready, problem) => {
  expect(podProblem(item, ready)).toBe(problem);
});

test('a person sees a table of servers, one of Sentinels, and what is to be mended', () => {
  const text = judgementText(judge(observed({ servers: { 1: { linkUp: false } } })));
  expect(text).toBe(`cache: unsound; cache-0 is master

SERVER   ROLE     LINK  OFFSET  BEHIND  LAG  PRIORITY  NODE
cache-0  master   -     5000    -       -    -         n0
cache-1  replica  down  4900    100 B   0 s  100       n1
cache-2  replica  up    4900    100 B   0 s  100       n2

SENTINEL  NAMES    EPOCH  CONSIDERS IT
cache-0   cache-0  4      up
cache-1   cache-0  4      up
cache-2   cache-0  4      up

wrong  cache-1 has no link to cache-0
  to mend: wait for it; if it does not end: kubectl logs of both`);
});

test('where a change of passwords stands is told while one is under way, and a user without one is wrong', () => {
  const of = (shop: string) => ({ passwords: { 'the topology': 'one password', shop } });
  const calm = judge(observed({ agents: { 0: of('one password'), 1: of('one password'), 2: of('one password') } }));
  expect(judgementText(calm)).not.toContain('PASSWORD');
  const amid = judge(observed({ agents: { 0: of('two passwords'), 1: of('one password'), 2: of('two passwords') } }));
  expect(amid.verdict).toBe('sound');
  expect(judgementText(amid)).toMatch(/shop +two passwords +cache-0, cache-2\nshop +one password +cache-1/);
  const lacking = judge(observed({ agents: { 0: of('no password'), 1: of('one password'), 2: of('one password') } }));
  expect(lacking.verdict).toBe('unsound');
  expect(lacking.findings.map(({ what }) => what)).toEqual([
    "nobody can log in as 'shop' on cache-0: there is no password of it",
  ]);
});

test('agents that call the members by name are understood beside such as call them by address', () => {
  const byName = (ordinal: number) =>
    ADDRESSES.reduce(
      (text, address, place) => text.replaceAll(`"${address}"`, `"cache-${place}.shop.svc.cluster.local"`),
      JSON.stringify(statusOf(ordinal)),
    );
  const mixed = observed({ agents: { 1: JSON.parse(byName(1)), 2: JSON.parse(byName(2)) } });
  expect(mixed.pods[1]?.agent?.known?.plan.me).toBe('cache-1.shop.svc.cluster.local');
  const { findings, servers, sentinels } = judge(mixed);
  expect(findings).toEqual([]);
  expect({ servers, sentinels }).toEqual({
    servers: judge(observed()).servers,
    sentinels: judge(observed()).sentinels,
  });
});
