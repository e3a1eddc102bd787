// The checks that judge what a survey saw, and the wait for it: each fault alone, in a survey that is otherwise sound.
import { describe, expect, test } from 'vitest';
import { quorum, sentinelMesh, sentinelsAgree } from '../../src/verification/program/check-sentinels.js';
import { serverRoles } from '../../src/verification/program/check-servers.js';
import type { Check, Context } from '../../src/verification/program/checks.js';
import { Unknown, Unsound } from '../../src/verification/program/finding.js';
import { missing, settledSurvey, unsettled } from '../../src/verification/program/readiness.js';
import type { ProgramSettings } from '../../src/verification/program/settings.js';
import type { SentinelAnswers, ServerView, Survey } from '../../src/verification/program/survey.js';

const MASTER = 's0:6379';
const SETTINGS = {
  masterName: 'mymaster',
  servers: 3,
  quorum: 2,
  minReplicas: 1,
  sentinels: [0, 1, 2],
} as unknown as ProgramSettings;

const up = (kind: string, n: number, port: number) => ({ id: `${kind}${n}`, host: `s${n}`, port, flags: [kind] });
const SENTINELS: SentinelAnswers[] = [0, 1, 2].map((n) => ({
  id: `sentinel${n}`,
  named: MASTER,
  master: up('master', 0, 6379),
  configEpoch: 1,
  quorum: 2,
  downAfterMs: 3000,
  failoverTimeoutMs: 10_000,
  replicaCount: 2,
  otherSentinelCount: 2,
  failoverState: '',
  heardMs: 100,
  otherSentinels: [0, 1, 2].filter((other) => other !== n).map((other) => up('sentinel', other, 26379)),
  replicas: [1, 2].map((other) => ({ ...up('slave', other, 6379), priority: 100, linkUp: true, master: 's0' })),
  checkedQuorum: 'OK 3 usable Sentinels.',
}));
const REPLICA: ServerView = {
  role: 'replica',
  follows: MASTER,
  link: 'connected',
  online: [],
  goodReplicas: undefined,
};
const SERVERS: ServerView[] = [
  { role: 'master', follows: '', link: '', online: ['s1:6379', 's2:6379'], goodReplicas: 2 },
  REPLICA,
  REPLICA,
];

/** A survey with these changes to the third Sentinel and to servers; a text is a failure to answer. */
function survey(
  sentinel: Partial<SentinelAnswers> | string = {},
  ...servers: (Partial<ServerView> | string)[]
): Survey {
  const seen = <T>(address: string, sound: T, change: Partial<T> | string = {}) =>
    typeof change === 'string' ? { address, failure: change } : { address, view: { ...sound, ...change } };
  return {
    sentinels: SENTINELS.map((sound, n) => seen(`s${n}:26379`, sound, n === 2 ? sentinel : {})),
    servers: SERVERS.map((sound, n) => seen(`s${n}:6379`, sound, servers[n])),
  };
}

const SILENT: Survey = {
  sentinels: [0, 1, 2].map((n) => ({ address: `s${n}:26379`, failure: 'connect ECONNREFUSED' })),
  servers: [],
};
const [REPLICA_1, REPLICA_2] = SENTINELS[2]?.replicas ?? [];
const [OTHER_0, OTHER_1] = SENTINELS[2]?.otherSentinels ?? [];
if (!REPLICA_1 || !REPLICA_2 || !OTHER_0 || !OTHER_1) throw new Error('the sound survey has two of each');

type Run = Check['run'];
const run = (check: Run, seen: Survey) => check({ settings: SETTINGS, survey: async () => seen } as unknown as Context);

describe('a survey', () => {
  test.each<[string, Run]>([
    ['sentinels', sentinelsAgree],
    ['sentinel-mesh', sentinelMesh],
    ['quorum', quorum],
    ['servers', serverRoles],
  ])('is sound to %s when all is as the topology says', async (_, check) => {
    await expect(run(check, survey())).resolves.toEqual(expect.any(String));
  });

  const UNSOUND: [string, Run, Survey, string][] = [
    ['one Sentinel is silent', sentinelsAgree, survey('closed'), 'no answer from s2:26379 (closed)'],
    ['one names another master', sentinelsAgree, survey({ named: 's1:6379' }), 's2:26379 names s1:6379'],
    [
      'one knows a ghost',
      sentinelMesh,
      survey({ otherSentinels: [OTHER_0, OTHER_1, { id: 'x', host: 'x', port: 1, flags: ['sentinel'] }] }),
      's2:26379 sees ghost x:1 (id x)',
    ],
    [
      'one sees another down',
      sentinelMesh,
      survey({ otherSentinels: [OTHER_0, { ...OTHER_1, flags: ['s_down', 'sentinel'] }] }),
      's2:26379 sees s1:26379 s_down',
    ],
    ['one does not know another', sentinelMesh, survey({ otherSentinels: [OTHER_0] }), 's2:26379 sees not s1:26379'],
    [
      'two addresses are one Sentinel',
      sentinelMesh,
      survey({ id: 'sentinel1' }),
      '3 addresses lead to 2 different Sentinels',
    ],
    ['one has another quorum', quorum, survey({ quorum: 3 }), 'quorum 3 on s2:26379'],
    [
      'one cannot reach the quorum',
      quorum,
      survey({ checkedQuorum: 'NOQUORUM 1 usable' }),
      "CKQUORUM on s2:26379 answered 'NOQUORUM 1 usable'",
    ],
    [
      'the named master is a replica',
      serverRoles,
      survey({}, { role: 'replica' }),
      `${MASTER} is named as the master and its ROLE is replica`,
    ],
    ['a replica is missing', serverRoles, survey({}, { online: ['s1:6379'] }), `1 replicas linked to ${MASTER}`],
    ['a replica is too many', serverRoles, survey({}, { online: ['a', 'b', 'c'] }), `3 replicas linked to ${MASTER}`],
    [
      'a replica is silent',
      serverRoles,
      survey({}, {}, 'connect ETIMEDOUT'),
      's1:6379 does not answer (connect ETIMEDOUT)',
    ],
    ['a replica is a master', serverRoles, survey({}, {}, { role: 'master' }), 's1:6379 is a second master'],
    ['a replica follows another', serverRoles, survey({}, {}, { follows: 's2:6379' }), 's1:6379 follows s2:6379'],
    ['a replica is not linked', serverRoles, survey({}, {}, { link: 'connect' }), "the link of s1:6379 is 'connect'"],
    [
      'one lists too few replicas',
      serverRoles,
      survey({ replicas: [REPLICA_1] }),
      'Sentinel s2:26379 lists 1 replicas',
    ],
    [
      'one lists a ghost',
      serverRoles,
      survey({ replicas: [REPLICA_1, REPLICA_2, REPLICA_2] }),
      'Sentinel s2:26379 lists 3 replicas',
    ],
    [
      'one sees a replica down',
      serverRoles,
      survey({ replicas: [REPLICA_1, { ...REPLICA_2, flags: ['s_down', 'slave', 'disconnected'] }] }),
      'sees s2:6379 s_down,disconnected',
    ],
  ];
  test.each(UNSOUND)('is unsound when %s', async (_, check, seen, found) => {
    const error = await run(check, seen).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Unsound);
    const { found: text, expected, mend } = error as Unsound;
    expect(text).toContain(found);
    expect(expected).not.toBe('');
    expect(mend).not.toBe('');
  });

  test.each<[string, Run, Survey]>([
    ['the master is silent', serverRoles, survey({}, 'no answer within 3 s')],
    ['no Sentinel answers, to sentinels', sentinelsAgree, SILENT],
    ['no Sentinel answers, to servers', serverRoles, SILENT],
  ])('cannot tell when %s', async (_, check, seen) => {
    await expect(run(check, seen)).rejects.toBeInstanceOf(Unknown);
  });
});

describe('the wait for readiness', () => {
  test('ends when all is there and settled', () => {
    expect([missing(survey(), SETTINGS), unsettled(survey(), SETTINGS)]).toEqual([[], []]);
  });

  const MISSING: [string, Survey, string][] = [
    ['a Sentinel', survey('connect ECONNREFUSED'), 'Sentinel s2:26379: connect ECONNREFUSED'],
    ['the master', survey({}, 'no answer within 3 s'), `master ${MASTER}: no answer within 3 s`],
    [
      'the master, for the named one is a replica',
      survey({}, { role: 'replica' }),
      `${MASTER}, that the Sentinels name as the master, is a replica`,
    ],
    ['a replica', survey({}, { online: ['s2:6379'] }), `1 of 2 replicas linked to master ${MASTER} (linked: s2:6379)`],
  ];
  test.each(MISSING)('says that %s is missing', (_, seen, text) => {
    expect(missing(seen, SETTINGS)).toEqual([text]);
  });

  const UNSETTLED: [string, Survey, string][] = [
    ['to agree', survey({ named: 's1:6379' }), `the Sentinels to agree on one of the masters ${MASTER}, s1:6379`],
    [
      'to see the master up',
      survey({ master: { ...up('master', 0, 6379), flags: ['s_down', 'master'] } }),
      'Sentinel s2:26379: sees the master as s_down',
    ],
    ['to know each other', survey({ otherSentinels: [OTHER_0] }), 'Sentinel s2:26379: sees 1 of 2 other Sentinels'],
    [
      'to see each other up',
      survey({ otherSentinels: [OTHER_0, { ...OTHER_1, flags: ['s_down', 'sentinel'] }] }),
      'Sentinel s2:26379: sees 1 of 2 other Sentinels',
    ],
    ['to know the replicas', survey({ replicas: [REPLICA_1] }), 'Sentinel s2:26379: sees 1 of 2 replicas'],
    [
      'for replicas to be connected',
      survey({}, {}, { link: 'sync' }),
      '1 of 2 replicas say that they are connected to the master',
    ],
    [
      'for replicas to follow it',
      survey({}, {}, { follows: 'x:1' }),
      '1 of 2 replicas say that they are connected to the master',
    ],
    [
      'for replicas to acknowledge',
      survey({}, { goodReplicas: 0 }),
      '0 of the 1 replicas that a write needs acknowledge in time',
    ],
  ];
  test.each(UNSETTLED)('goes on %s', (_, seen, text) => {
    expect(unsettled(seen, SETTINGS)).toEqual([text]);
    expect(missing(seen, SETTINGS)).toEqual([]);
  });

  test('leaves it to the checks that Sentinels contradict each other, whatever the masters they name are like', () => {
    expect(missing(survey({ named: 's1:6379' }, { online: [] }, 'closed'), SETTINGS)).toEqual([]);
  });

  test('does not go on for a ghost, which does not go away', () => {
    const ghost = { ...REPLICA_1, id: 'x', host: 'x', port: 1, flags: ['s_down'] };
    expect(unsettled(survey({ otherSentinels: [OTHER_0, OTHER_1, ghost] }), SETTINGS)).toEqual([]);
    expect(unsettled(survey({ replicas: [REPLICA_1, REPLICA_2, ghost] }), SETTINGS)).toEqual([]);
  });
});

describe('the one look of all checks', () => {
  const { signal } = new AbortController();
  // A Sentinel that makes its links anew, as its agent has one do that spins.
  const reconnecting = survey({ otherSentinels: [{ ...OTHER_0, flags: ['sentinel', 'disconnected'] }, OTHER_1] });

  test('is taken again where a Sentinel is just making its links anew', async () => {
    const looks = [reconnecting, reconnecting, survey()];
    const seen = await settledSurvey(SETTINGS, signal, async () => looks.shift() as Survey);
    expect(looks).toEqual([]);
    await expect(run(sentinelMesh, seen)).resolves.toContain('no ghost');
  });

  test('is taken once where all is well', async () => {
    let looks = 0;
    await settledSurvey(SETTINGS, signal, async () => {
      looks++;
      return survey();
    });
    expect(looks).toBe(1);
  });

  test('is judged as it is after two seconds', async () => {
    const began = performance.now();
    const seen = await settledSurvey(SETTINGS, signal, async () => reconnecting);
    expect(performance.now() - began).toBeGreaterThanOrEqual(1900);
    expect(performance.now() - began).toBeLessThan(20_000);
    await expect(run(sentinelMesh, seen)).rejects.toThrow(Unsound);
  });
});
