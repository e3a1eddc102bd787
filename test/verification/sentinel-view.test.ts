import { expect, test } from 'vitest';
import { viewSentinel } from '../../src/verification/program/survey.js';

const PEER = ['ip', '10.0.0.2', 'port', '26379', 'runid', 'second', 'flags'];

/** A Sentinel that answers with this about its master and its one peer. */
function sentinel(masterFlags: string, peerFlags: string) {
  const answers: Record<string, unknown> = {
    MYID: 'first',
    'GET-MASTER-ADDR-BY-NAME': ['10.0.0.1', '6379'],
    MASTERS: [
      ['name', 'other', 'quorum', '1', 'flags', 'master,s_down'],
      ['name', 'mymaster', 'quorum', '2', 'flags', masterFlags],
    ],
    SENTINELS: [[...PEER, peerFlags]],
    REPLICAS: [],
    CKQUORUM: 'OK 2 usable Sentinels',
  };
  return { call: async (_: string, subcommand: string | number) => answers[subcommand] };
}

test("a Sentinel's answers are its view of this master, not of another", async () => {
  expect(await viewSentinel(sentinel('master', 'sentinel'), 'mymaster')).toEqual({
    id: 'first',
    master: '10.0.0.1:6379',
    masterDown: '',
    quorum: 2,
    others: [{ id: 'second', address: '10.0.0.2:26379', down: '' }],
    replicas: [],
    checkedQuorum: 'OK 2 usable Sentinels',
  });
});

test.each(['s_down', 'o_down', 'disconnected', 'failover_in_progress'])(
  '%s is told from harmless flags',
  async (flag) => {
    const { masterDown } = await viewSentinel(sentinel(`${flag},master`, 'sentinel'), 'mymaster');
    const { others } = await viewSentinel(sentinel('master', `sentinel,${flag}`), 'mymaster');
    expect([masterDown, others[0]?.down]).toEqual([flag, flag]);
  },
);
