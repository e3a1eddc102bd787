import { afterEach, expect, test } from 'vitest';
import { Connection } from '../../src/client/connection.js';
import { askWholeView, namedAddress, newestView, replicaPeers, viewOf } from '../../src/client/sentinel.js';
import { FakeServer } from './server.js';

const atEnd: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of atEnd.splice(0).reverse()) await end();
});

const MASTER = (
  'name mymaster ip 10.96.0.1 port 6379 runid fcd583bf flags s_down,master config-epoch 7 num-slaves 2 ' +
  'num-other-sentinels 2 quorum 2 failover-timeout 10000 parallel-syncs 1 down-after-milliseconds 3000 ' +
  'last-ok-ping-reply 312'
).split(' ');

const REPLICA = (
  'name 10.96.0.2:6379 ip 10.96.0.2 port 6379 runid 0a flags slave,disconnected master-link-status err master-host ? ' +
  'slave-priority 0'
).split(' ');

const OTHER = 'name a ip 10.96.1.2 port 26379 runid 0b flags sentinel'.split(' ');

test('what a Sentinel says of the master', () => {
  expect(viewOf(MASTER)).toEqual({
    master: { id: 'fcd583bf', host: '10.96.0.1', port: 6379, flags: ['s_down', 'master'] },
    configEpoch: 7,
    quorum: 2,
    downAfterMs: 3000,
    failoverTimeoutMs: 10_000,
    replicaCount: 2,
    otherSentinelCount: 2,
    failoverState: '',
    heardMs: 312,
  });
  expect(viewOf([...MASTER, 'failover-state', 'wait_start']).failoverState).toBe('wait_start');
});

test('a replica that has told nothing yet has no master, no link, and its priority', () => {
  expect(replicaPeers([REPLICA])).toEqual([
    {
      id: '0a',
      host: '10.96.0.2',
      port: 6379,
      flags: ['slave', 'disconnected'],
      priority: 0,
      linkUp: false,
      master: '',
    },
  ]);
});

test('a Sentinel that knows no master of that name gives no address', () => {
  expect(namedAddress(null)).toBeUndefined();
  expect(namedAddress(['message', '+switch-master'])).toBeUndefined();
  expect(namedAddress(['10.96.0.1', '65536'])).toBeUndefined();
  expect(namedAddress(['10.96.0.1', '6379'])).toEqual({ host: '10.96.0.1', port: 6379 });
});

test('of several views the newest is that of the highest epoch, the first of equals', () => {
  const views = [3, 9, 9, 4].map((configEpoch, index) => ({ configEpoch, index }));
  expect(newestView(views)?.index).toBe(1);
  expect(newestView([])).toBeUndefined();
});

test('everything that one Sentinel knows is asked in one go', async () => {
  const answers: Record<string, unknown> = { MASTER, REPLICAS: [REPLICA], SENTINELS: [OTHER] };
  const sentinel = await connectTo(([, what = '']) => resp(answers[what]));
  expect(await askWholeView(sentinel, 'mymaster', 5000)).toMatchObject({
    configEpoch: 7,
    replicas: [{ host: '10.96.0.2' }],
    otherSentinels: [{ id: '0b', host: '10.96.1.2', port: 26379, flags: ['sentinel'] }],
  });
});

test('one that does not answer everything is no view', async () => {
  const sentinel = await connectTo(([, what]) =>
    what === 'REPLICAS' ? '-ERR No such master with that name\r\n' : '*0\r\n',
  );
  expect(await askWholeView(sentinel, 'other', 5000)).toEqual({
    kind: 'error',
    message: 'ERR No such master with that name',
  });
});

async function connectTo(answer: Parameters<typeof FakeServer.start>[0]): Promise<Connection> {
  const server = await FakeServer.start(answer);
  const connection = Connection.open(server.endpoint);
  atEnd.push(
    () => server.stop(),
    () => connection.close(),
  );
  return connection;
}

function resp(value: unknown): string {
  return Array.isArray(value) ? `*${value.length}\r\n${value.map(resp).join('')}` : `+${value}\r\n`;
}
