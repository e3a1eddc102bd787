import { expect, test } from 'vitest';
import { parseInfo, replicasIn, type ServerInfo, serverInfo } from '../../src/client/info.js';

const MASTER = `# Replication
role:master
connected_slaves:2
min_slaves_good_slaves:1
slave0:ip=10.96.0.2,port=6379,state=online,offset=157,lag=1
slave1:ip=fd00::3,port=6380,state=wait_bgsave,offset=0,lag=0,type=replica
master_replid:5105e8c5f7a77983e06a3955501d18f157280e92
master_repl_offset:171
# Persistence
loading:0
async_loading:0
rdb_changes_since_last_save:12
`;

const REPLICA = `# Replication
role:slave
master_host:10.96.0.1
master_port:6379
master_link_status:up
master_last_io_seconds_ago:4
master_sync_in_progress:0
slave_read_repl_offset:158
slave_repl_offset:157
slave_priority:100
connected_slaves:0
master_repl_offset:157
# Persistence
loading:0
rdb_changes_since_last_save:3
`;

const master: ServerInfo = {
  role: 'master',
  loading: false,
  offset: 171,
  priority: -1,
  master: '',
  linkUp: false,
  syncing: false,
  heardMs: 0,
  linkDownMs: 0,
  replicas: [
    { address: '10.96.0.2', offset: 157, lagMs: 1000, online: true },
    { address: 'fd00::3', offset: 0, lagMs: 0, online: false },
  ],
  changes: 12,
  rewriting: false,
};

const replica: ServerInfo = {
  role: 'replica',
  loading: false,
  offset: 157,
  priority: 100,
  master: '10.96.0.1',
  linkUp: true,
  syncing: false,
  heardMs: 4000,
  linkDownMs: 0,
  replicas: [],
  changes: 3,
  rewriting: false,
};

const NEVER = Number.POSITIVE_INFINITY;
const unlinked = REPLICA.replace('status:up', 'status:down').replace('ago:4', 'ago:-1');

test.each<[name: string, text: string, expected: ServerInfo]>([
  ['a master', MASTER, master],
  ['a replica', REPLICA, replica],
  ['one whose file is being written anew', `${REPLICA}aof_rewrite_in_progress:1\n`, { ...replica, rewriting: true }],
  [
    'one whose file is about to be',
    `${REPLICA}aof_rewrite_in_progress:0\naof_rewrite_scheduled:1\n`,
    { ...replica, rewriting: true },
  ],
  [
    'one without a link',
    `${unlinked}master_link_down_since_seconds:3\n`,
    { ...replica, linkUp: false, heardMs: NEVER, linkDownMs: 3000 },
  ],
  [
    'one that never had a link',
    `${unlinked}master_link_down_since_seconds:-1\n`,
    { ...replica, linkUp: false, heardMs: NEVER, linkDownMs: NEVER },
  ],
  ['one that must not be promoted', REPLICA.replace('priority:100', 'priority:0'), { ...replica, priority: 0 }],
  [
    'one that is being filled',
    REPLICA.replace('in_progress:0', 'in_progress:1').replace('loading:0', 'loading:1'),
    { ...replica, syncing: true, loading: true },
  ],
])('INFO of %s', (_, text, expected) => {
  expect(serverInfo(text.replaceAll('\n', '\r\n'))).toEqual(expected);
});

test('what has no section on replication is no INFO of a server', () => {
  expect(serverInfo('# Sentinel\r\nsentinel_masters:1\r\n')).toBeUndefined();
});

test('a value may contain colons, and headings are no values', () => {
  expect([...parseInfo('# Server\r\nexecutable:/usr/bin/a:b\r\n\r\nempty:\r\n')]).toEqual([
    ['executable', '/usr/bin/a:b'],
    ['empty', ''],
  ]);
});

test('a replica that is still being filled is listed with its state', () => {
  expect(replicasIn(parseInfo(MASTER)).map(({ host, port, state }) => [host, port, state])).toEqual([
    ['10.96.0.2', 6379, 'online'],
    ['fd00::3', 6380, 'wait_bgsave'],
  ]);
});
