import { Duration, Size } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import {
  Auth,
  checkTopology,
  Engine,
  Environment,
  Network,
  Persistence,
  Profile,
  type RedisSentinelProps,
  Sentinels,
} from '../../src/index.js';
import { EVERY_PROP, TOPOLOGIES } from '../manifests/topologies.js';

const separate = (count: number) => Sentinels.separate({ count });
const ms = (value: number) => Duration.millis(value);
const s = (value: number) => Duration.seconds(value);
const engine = (props: object) => Engine.of({ kind: 'redis', version: '8.2.2', ...props });

interface Case {
  readonly fault: string;
  readonly props: RedisSentinelProps;
  readonly path: (string | number)[];
  readonly says: string | RegExp;
}

const CASES: Record<string, Case[]> = {
  members: [
    {
      fault: 'one server',
      props: { servers: 1, sentinels: separate(3), writeSafety: { minReplicasToWrite: 0 } },
      path: ['servers'],
      says: "'servers' must be a whole number of at least 2 so that there is a replica to promote, got 1",
    },
    { fault: 'a server and a half', props: { servers: 3.5 }, path: ['servers'], says: /whole number .* got 3\.5/ },
    {
      fault: 'four servers with a Sentinel each',
      props: { servers: 4 },
      path: ['servers'],
      says: /^'servers' must be an odd number of at least 3 .* majority of Sentinels survives one loss, got 4: give 5 servers/,
    },
    {
      fault: 'two separate Sentinels',
      props: { sentinels: separate(2) },
      path: ['sentinels', 'separate', 'count'],
      says: "'sentinels' must be an odd number of at least 3 so that a majority survives one loss, got 2: give 3",
    },
    {
      fault: 'six separate Sentinels',
      props: { sentinels: separate(6) },
      path: ['sentinels', 'separate', 'count'],
      says: /got 6: give 7/,
    },
    {
      fault: 'one separate Sentinel',
      props: { sentinels: separate(1) },
      path: ['sentinels', 'separate', 'count'],
      says: /got 1: give 3/,
    },
    {
      fault: 'a quorum that is no majority',
      props: { servers: 5, quorum: 2 },
      path: ['quorum'],
      says: /must be a majority of the 5 Sentinels, 3 to 5, .* got 2/,
    },
    {
      fault: 'a quorum above the number of Sentinels',
      props: { quorum: 4 },
      path: ['quorum'],
      says: /2 to 3, .* got 4/,
    },
    { fault: 'half a vote', props: { quorum: 2.5 }, path: ['quorum'], says: /got 2\.5/ },
  ],
  'write safety': [
    {
      fault: 'replicas without which the loss of one server stops all writes',
      props: { writeSafety: { minReplicasToWrite: 2 } },
      path: ['writeSafety', 'minReplicasToWrite'],
      says: /at most 'servers' - 2 = 1, since else the loss of one server stops all writes, got 2: give at least 4 servers/,
    },
    {
      fault: 'two servers under a profile that waits for a replica',
      props: { servers: 2, sentinels: separate(3) },
      path: ['servers'],
      says: /got 1 from the default profile: give at least 3 servers, or 'minReplicasToWrite: 0'/,
    },
    {
      fault: 'fewer than no replicas',
      props: { writeSafety: { minReplicasToWrite: -1 } },
      path: ['writeSafety', 'minReplicasToWrite'],
      says: /got -1/,
    },
    {
      fault: 'a lag that nobody looks at',
      props: { writeSafety: { minReplicasToWrite: 0, maxLag: s(2) } },
      path: ['writeSafety', 'maxLag'],
      says: /must be left out while 'minReplicasToWrite' is 0/,
    },
    {
      fault: 'a lag of one second and a half',
      props: { writeSafety: { maxLag: ms(1500) } },
      path: ['writeSafety', 'maxLag'],
      says: /whole seconds.* got 1\.5 s/,
    },
    {
      fault: 'no lag at all',
      props: { writeSafety: { maxLag: s(0) } },
      path: ['writeSafety', 'maxLag'],
      says: /at least 1 s/,
    },
  ],
  'the strict profile': [
    {
      fault: 'no persistence',
      props: { profile: Profile.STRICT, persistence: Persistence.none() },
      path: ['persistence'],
      says: /must not be none in the strict profile/,
    },
    {
      fault: 'a file that is not forced to disk',
      props: { profile: Profile.STRICT, persistence: Persistence.appendOnly({ fsync: 'everysec' }) },
      path: ['persistence', 'appendOnly', 'fsync'],
      says: /must be always in the strict profile, .* got everysec/,
    },
    {
      fault: 'writes without a replica',
      props: { profile: Profile.STRICT, writeSafety: { minReplicasToWrite: 0 } },
      path: ['writeSafety', 'minReplicasToWrite'],
      says: /at least 1 with 3 servers in the strict profile/,
    },
    {
      fault: 'writes that less than half of the servers has',
      props: { servers: 5, profile: Profile.STRICT, writeSafety: { minReplicasToWrite: 1 } },
      path: ['writeSafety', 'minReplicasToWrite'],
      says: /at least 2 with 5 servers in the strict profile/,
    },
    {
      fault: 'Sentinels that may elect without a server that confirmed',
      props: { profile: Profile.STRICT, sentinels: Sentinels.separate({ count: 3 }) },
      path: ['sentinels'],
      says: /must run with the servers in the strict profile/,
    },
    {
      fault: 'a master that may still write when another is elected',
      props: { profile: Profile.STRICT, writeSafety: { maxLag: s(3) } },
      path: ['writeSafety', 'maxLag'],
      says: /at least 1 s shorter than 'downAfter' .* got 3 s with 'downAfter' 3 s: give a 'maxLag' of 2s/,
    },
    {
      fault: 'a downAfter too short for any lag',
      props: { profile: Profile.STRICT, failover: { downAfter: ms(1500) } },
      path: ['writeSafety', 'maxLag'],
      says: /a 'maxLag' of 1s and a 'downAfter' of at least 2s/,
    },
  ],
  failover: [
    {
      fault: 'a downAfter below half a second',
      props: { failover: { downAfter: ms(400) } },
      path: ['failover', 'downAfter'],
      says: /'downAfter' must be 500 to 60000 ms, .* got 400 ms/,
    },
    {
      fault: 'a downAfter of an hour',
      props: { failover: { downAfter: s(3600) } },
      path: ['failover', 'downAfter'],
      says: /got 3600000 ms/,
    },
    {
      fault: 'a fraction of a millisecond',
      props: { failover: { downAfter: ms(900.5) } },
      path: ['failover', 'downAfter'],
      says: /got 900\.5 ms/,
    },
    {
      fault: 'a failoverTimeout shorter than a promotion',
      props: { failover: { failoverTimeout: s(1) } },
      path: ['failover', 'failoverTimeout'],
      says: /3000 to 180000 ms/,
    },
    {
      fault: "Sentinel's own tilt period with a short downAfter, which can end in no eligible replica for ever",
      props: { failover: { tiltPeriod: s(30) } },
      path: ['failover', 'tiltPeriod'],
      says: /1000 to 18000 ms, since a Sentinel that only watches .* got 30000 ms/,
    },
    {
      fault: 'a ping period at which some failovers find no replica',
      props: { failover: { pollPeriods: { ping: ms(200) } } },
      path: ['failover', 'pollPeriods', 'ping'],
      says: /'ping' must be 500 to 3000 ms, .* got 200 ms/,
    },
    {
      fault: 'a ping period beyond downAfter',
      props: { failover: { downAfter: s(1), pollPeriods: { ping: s(2) } } },
      path: ['failover', 'pollPeriods', 'ping'],
      says: /500 to 1000 ms/,
    },
    {
      fault: 'an ask period that makes answers stale',
      props: { failover: { pollPeriods: { ask: ms(100) } } },
      path: ['failover', 'pollPeriods', 'ask'],
      says: /500 to 1000 ms/,
    },
    {
      fault: 'an info period that is load only',
      props: { failover: { pollPeriods: { info: ms(50) } } },
      path: ['failover', 'pollPeriods', 'info'],
      says: /300 to 10000 ms/,
    },
    {
      fault: 'no parallel sync',
      props: { failover: { parallelSyncs: 0 } },
      path: ['failover', 'parallelSyncs'],
      says: /at least 1, .* got 0/,
    },
  ],
  sizes: [
    {
      fault: 'memory that the process does not fit into',
      props: { memory: Size.mebibytes(255) },
      path: ['memory'],
      says: "'memory' must be at least 256Mi, since the replication backlog of 64 MiB",
    },
    {
      fault: 'a volume too small for a rewrite',
      props: { memory: Size.gibibytes(4), persistence: Persistence.appendOnly({ size: Size.gibibytes(5) }) },
      path: ['persistence', 'appendOnly', 'size'],
      says: /must be at least 8192Mi, since a rewrite .* got 5Gi/,
    },
    {
      fault: "a Sentinel's volume too small for a file system",
      props: { sentinels: Sentinels.separate({ count: 3, size: Size.mebibytes(1) }) },
      path: ['sentinels', 'separate', 'size'],
      says: /at least 16Mi/,
    },
    {
      fault: 'a keeper without memory',
      props: { resources: { keeper: { memory: Size.mebibytes(8) } } },
      path: ['resources', 'keeper', 'memory'],
      says: /at least 32Mi/,
    },
    {
      fault: 'CPU in a unit that Kubernetes does not know',
      props: { resources: { redis: { cpu: '1 core' } } },
      path: ['resources', 'redis', 'cpu'],
      says: /such as 100m or 0\.5, got '1 core'/,
    },
    {
      fault: 'no CPU',
      props: { resources: { sentinel: { cpu: '0' } } },
      path: ['resources', 'sentinel', 'cpu'],
      says: /above 0/,
    },
  ],
  engine: [
    {
      fault: 'Redis 7.0',
      props: { engine: Engine.redis('7.0.15') },
      path: ['engine', 'version'],
      says: /must be redis 7\.2 or newer, .* got 7\.0\.15/,
    },
    {
      fault: 'Valkey 7.2',
      props: { engine: Engine.valkey('7.2.8') },
      path: ['engine', 'version'],
      says: /must be valkey 8\.0 or newer/,
    },
    {
      fault: 'a tag that tells no version',
      props: { engine: Engine.redis('latest') },
      path: ['engine', 'version'],
      says: /must name a version such as 7\.2\.0, .* got 'latest'/,
    },
    {
      fault: 'an image with a tag',
      props: { engine: engine({ image: 'registry.example:5000/redis:8' }) },
      path: ['engine', 'image'],
      says: /without a tag or digest/,
    },
    {
      fault: 'a digest that is cut off',
      props: { engine: engine({ digest: 'sha256:abc' }) },
      path: ['engine', 'digest'],
      says: /64 lower-case hexadecimal digits, got 'sha256:abc'/,
    },
  ],
  names: [
    {
      fault: 'a name in capitals',
      props: { name: 'Cache' },
      path: ['name'],
      says: /lower-case letters, .* got 'Cache'/,
    },
    {
      fault: 'a name that begins with a digit',
      props: { name: '1cache' },
      path: ['name'],
      says: /begin with a letter/,
    },
    {
      fault: 'a name that leaves no room for what is put behind it',
      props: { name: 'a'.repeat(41) },
      path: ['name'],
      says: /at most 40/,
    },
    {
      fault: 'a namespace with a dot',
      props: { namespace: 'my.caches' },
      path: ['namespace'],
      says: /got 'my\.caches'/,
    },
    {
      fault: 'a master name with a space',
      props: { masterName: 'my master' },
      path: ['masterName'],
      says: /got 'my master'/,
    },
    {
      fault: 'a cluster domain with a dot at its end',
      props: { clusterDomain: 'cluster.local.' },
      path: ['clusterDomain'],
      says: /without a dot at its end/,
    },
    {
      fault: 'a storage class that is none',
      props: { persistence: Persistence.appendOnly({ storageClass: 'Fast SSD' }) },
      path: ['persistence', 'appendOnly', 'storageClass'],
      says: /name of a StorageClass/,
    },
    {
      fault: 'a pattern for namespaces',
      props: { network: Network.clients({ namespaces: ['shop', 'team-*'] }) },
      path: ['network', 'clients', 'namespaces', 1],
      says: /got 'team-\*'/,
    },
    {
      fault: 'a label that the selectors are made of',
      props: { labels: { 'app.kubernetes.io/name': 'x' } },
      path: ['labels', 'app.kubernetes.io/name'],
      says: /selectors/,
    },
    {
      fault: 'a label with a bad key',
      props: { labels: { 'a b': 'x' } },
      path: ['labels', 'a b'],
      says: /keys as Kubernetes takes them/,
    },
    {
      fault: 'a label with a bad value',
      props: { labels: { contact: 'shop@example.com' } },
      path: ['labels', 'contact'],
      says: /make it an annotation/,
    },
    {
      fault: 'an annotation with a bad key',
      props: { annotations: { '/x': 'y' } },
      path: ['annotations', '/x'],
      says: /keys as Kubernetes takes them/,
    },
    {
      fault: 'a policy that Redis does not know',
      props: { maxmemoryPolicy: 'lru' as never },
      path: ['maxmemoryPolicy'],
      says: /one of noeviction, .* got 'lru'/,
    },
  ],
  password: [
    {
      fault: 'a password in production',
      props: { auth: Auth.literal('secret') },
      path: ['auth', 'literal'],
      says: /must not be a literal password in production/,
    },
    {
      fault: 'an empty password',
      props: { auth: Auth.literal(''), environment: Environment.DEVELOPMENT },
      path: ['auth', 'literal'],
      says: /1 to 512 characters/,
    },
    {
      fault: 'a password with a line break',
      props: { auth: Auth.literal('sec\nret'), environment: Environment.DEVELOPMENT },
      path: ['auth', 'literal'],
      says: /without a line break/,
    },
    {
      fault: 'a Secret with a name that none can have',
      props: { auth: Auth.fromSecret('My_Secret') },
      path: ['auth', 'secret', 'name'],
      says: /got 'My_Secret'/,
    },
    {
      fault: 'a key that no Secret can have',
      props: { auth: Auth.fromSecret('cache', { key: 'a/b' }) },
      path: ['auth', 'secret', 'key'],
      says: /got 'a\/b'/,
    },
    {
      fault: 'a store that cannot be one',
      props: { auth: Auth.externalSecret({ store: { name: 'A B' }, remoteKey: 'x' }) },
      path: ['auth', 'externalSecret', 'store', 'name'],
      says: /SecretStore/,
    },
    {
      fault: 'no entry of the store',
      props: { auth: Auth.externalSecret({ store: { name: 'a' }, remoteKey: '' }) },
      path: ['auth', 'externalSecret', 'remoteKey'],
      says: /name the entry/,
    },
    {
      fault: 'a password that can be guessed',
      props: { auth: Auth.generated({ length: 8 }) },
      path: ['auth', 'generated', 'length'],
      says: /22 to 512.* got '8'/,
    },
  ],
};

describe.each(Object.entries(CASES))('%s', (_title, cases) => {
  test.each(cases)('refuses $fault', ({ props, path, says }) => {
    const violations = checkTopology({ name: 'cache', ...props });
    expect(violations).toHaveLength(1);
    expect(violations[0]?.path).toEqual(path);
    if (typeof says === 'string') expect(violations[0]?.message).toContain(says);
    else expect(violations[0]?.message).toMatch(says);
  });
});

test.each(Object.values(CASES).flat())(
  'the message for $fault says the prop, the rule and a remedy',
  ({ props, path }) => {
    const [violation] = checkTopology({ name: 'cache', ...props });
    expect(violation?.message).toMatch(/^'[\w.]+' must .+: \S+/);
    expect(violation?.path).toEqual(path);
  },
);

test.each(Object.entries(TOPOLOGIES))('takes %s', (_title, props) => {
  expect(checkTopology({ name: 'cache', ...props })).toEqual([]);
});

test('never repeats a password', () => {
  const messages = checkTopology({ name: 'cache', auth: Auth.literal('hunter2\n') });
  expect(messages).toHaveLength(2);
  expect(JSON.stringify(messages)).not.toContain('hunter2');
});

test('names all faults at once, in the order of their kinds', () => {
  const paths = checkTopology({ ...EVERY_PROP, name: 'X', sentinels: separate(4), memory: Size.mebibytes(1) }).map(
    ({ path }) => path[0],
  );
  expect(paths).toEqual(['name', 'sentinels', 'memory']);
});

test('a bad downAfter is one fault, not one for each period that follows from it', () => {
  expect(checkTopology({ name: 'cache', failover: { downAfter: ms(10) } })).toHaveLength(1);
});

test.each([500, 1000, 3000, 10_000, 60_000])('a downAfter of %i ms needs no other setting', (downAfter) => {
  expect(checkTopology({ name: 'cache', failover: { downAfter: ms(downAfter) } })).toEqual([]);
});
