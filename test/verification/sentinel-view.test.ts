import { expect, test } from 'vitest';
import type { Outcome, Reply } from '../../src/client/outcome.js';
import { downFlags, viewSentinel } from '../../src/verification/program/survey.js';

const ANSWERS: Record<string, Reply> = {
  MYID: 'first',
  'GET-MASTER-ADDR-BY-NAME': ['10.0.0.1', '6379'],
  MASTER: ['name', 'mymaster', 'ip', '10.0.0.1', 'port', '6379', 'quorum', '2', 'flags', 'master'],
  SENTINELS: [['ip', '10.0.0.2', 'port', '26379', 'runid', 'second', 'flags', 'sentinel']],
  REPLICAS: [],
  CKQUORUM: 'OK 2 usable Sentinels',
};

/** A Sentinel that answers so, with these changes. */
function sentinel(changes: Record<string, Outcome> = {}) {
  const send = async ([, question = '']: readonly string[]): Promise<Outcome> =>
    changes[question] ?? { kind: 'reply', reply: ANSWERS[question] ?? null };
  return { address: '10.0.0.3:26379', send };
}

test("a Sentinel's answers are its view of this master", async () => {
  expect(await viewSentinel(sentinel(), 'mymaster')).toMatchObject({
    id: 'first',
    named: '10.0.0.1:6379',
    master: { host: '10.0.0.1', port: 6379, flags: ['master'] },
    quorum: 2,
    otherSentinels: [{ id: 'second', host: '10.0.0.2', port: 26379, flags: ['sentinel'] }],
    replicas: [],
    checkedQuorum: 'OK 2 usable Sentinels',
  });
});

test('that the quorum cannot be reached is an answer too', async () => {
  const message = 'NOQUORUM 1 usable Sentinels';
  const view = await viewSentinel(sentinel({ CKQUORUM: { kind: 'error', message } }), 'mymaster');
  expect(view.checkedQuorum).toBe(message);
});

test.each<[name: string, changes: Record<string, Outcome>, message: string]>([
  ['knows no such master', { 'GET-MASTER-ADDR-BY-NAME': { kind: 'reply', reply: null } }, "knows no master 'mymaster'"],
  ['refuses the password', { MYID: { kind: 'denied', message: 'WRONGPASS no' } }, 'WRONGPASS no'],
  ['is silent', { REPLICAS: { kind: 'silent', afterMs: 3000 } }, '10.0.0.3:26379: no answer within 3 s'],
])('one that %s has no view', async (_, changes, message) => {
  await expect(viewSentinel(sentinel(changes), 'mymaster')).rejects.toThrow(message);
});

test.each(['s_down', 'o_down', 'disconnected', 'failover_in_progress'])('%s is told from harmless flags', (flag) => {
  expect(downFlags({ flags: [flag, 'slave', 'promoted'] })).toBe(flag);
});
