// The cache client's checks against a client that answers as told: real servers do not give these answers.
import { describe, expect, test } from 'vitest';
import { delThenGet, getMissing, ping, setThenGet } from '../../src/verification/program/check-contract.js';
import { replicatedWrite } from '../../src/verification/program/check-replication.js';
import type { Check, Context } from '../../src/verification/program/checks.js';
import { Unsound } from '../../src/verification/program/finding.js';
import { Keys } from '../../src/verification/program/keys.js';
import type { Survey } from '../../src/verification/program/survey.js';
import { LiveTopology, until } from './live-topology.js';

/** Answers a command with the next of its answers, and with the last one from then on. */
function context(answers: Record<string, unknown[]>, more: Partial<Context> = {}): Context {
  const left = structuredClone(answers);
  const call = async (command: string) => {
    const replies = left[command] ?? [];
    return replies.length > 1 ? replies.shift() : replies[0];
  };
  return { keys: new Keys(), client: { call }, ...more } as unknown as Context;
}

const VALUE = 'written by the verification';
const SOUND = { SET: ['OK'], GET: [VALUE], TTL: [-1] };

describe("a cache client's check", () => {
  const UNSOUND: [string, Check['run'], Record<string, unknown[]>, string][] = [
    ['PING has another answer', ping, { PING: ['PONG', 'LOADING'] }, 'PING answered "LOADING"'],
    ['a missing key has a value', getMissing, { GET: [''] }, 'GET of a key that was never set answered ""'],
    ['SET has another answer', setThenGet, { ...SOUND, SET: [null] }, 'SET answered null'],
    ['another value comes back', setThenGet, { ...SOUND, GET: ['other'] }, 'GET of the key just set answered "other"'],
    [
      'the key has got an expiry',
      setThenGet,
      { ...SOUND, TTL: [3600] },
      'TTL of a key set without expiry answered 3600',
    ],
    ['the key was gone before', delThenGet, { DEL: [0], GET: [null] }, 'DEL of the key set before answered 0'],
    ['a deleted key has a value', delThenGet, { DEL: [1], GET: [VALUE] }, 'GET of the key just deleted answered'],
  ];
  test.each(UNSOUND)('is unsound when %s', async (_, check, answers, found) => {
    const error = await check(context(answers)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Unsound);
    expect((error as Unsound).found).toContain(found);
  });

  test('is sound with the right answers', async () => {
    const answers = [{ PING: ['PONG'] }, { GET: [null] }, SOUND, { DEL: [1], GET: [null] }] as const;
    for (const [i, check] of [ping, getMissing, setThenGet, delThenGet].entries()) {
      await expect(check(context(answers[i] as Record<string, unknown[]>))).resolves.toEqual(expect.any(String));
    }
  });
});

test('a replica that confirms a write and does not have it is unsound', async () => {
  const live = await LiveTopology.start(3, 1);
  try {
    await until(() => live.master.ask('PING') === 'PONG', 'the server answers');
    const view = { named: 'elsewhere:6379', replicas: [live.master.address] };
    const survey = { sentinels: [{ address: 'x:1', view }], servers: [] } as unknown as Survey;
    const settings = { ...live.settings, servers: 2 };
    const run = replicatedWrite(context({ SET: ['OK'], WAIT: [1] }, { settings, survey: async () => survey }));
    await expect(run).rejects.toMatchObject({ found: `${live.master.id} has null` });
  } finally {
    await live.stop();
  }
});
