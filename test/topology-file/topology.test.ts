import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import { expect, test } from 'vitest';
import { Auth } from '../../src/auth/auth.js';
import { Engine } from '../../src/engine/engine.js';
import { Spread } from '../../src/kube/spread.js';
import { Network } from '../../src/network/network.js';
import { Environment } from '../../src/topology/environment.js';
import { Persistence } from '../../src/topology/persistence.js';
import { Profile } from '../../src/topology/profile.js';
import type { RedisSentinelProps } from '../../src/topology/props.js';
import { Sentinels } from '../../src/topology/sentinels.js';
import { loadTopologies, parseTopology } from '../../src/topology-file/load.js';
import { Drill } from '../../src/verification/drill.js';
import { VerificationHook } from '../../src/verification/verification-hook.js';

const CHARTS = join(import.meta.dirname, '../../charts');

test('the name is that of the file, unless the file says another', () => {
  expect(parseTopology('charts/my-cache.yaml', 'memory: 1Gi').name).toBe('my-cache');
  expect(parseTopology('charts/my-cache.yaml', 'name: other').name).toBe('other');
});

test('every prop can be said in a file', () => {
  const text = `
name: everything
namespace: caches
masterName: main
engine: { redis: "8.2.2", image: registry.example.com/redis, digest: "sha256:${'a'.repeat(64)}" }
servers: 5
sentinels: { separate: { count: 3, size: 200Mi, storageClass: fast } }
quorum: 2
memory: 2Gi
profile: default
auth: { secret: { name: a, key: b } }
environment: development
persistence: { appendOnly: { fsync: always, size: 16Gi, storageClass: fast } }
writeSafety: { minReplicasToWrite: 2, maxLag: 2s }
failover:
  downAfter: 5s
  failoverTimeout: 1m
  tiltPeriod: 15000ms
  parallelSyncs: 2
  pollPeriods: { info: 1s, ask: 500ms, ping: 500ms }
spread: preferred
maxmemoryPolicy: volatile-lru
resources: { redis: { cpu: 2 }, sentinel: { cpu: 100m, memory: 64Mi }, keeper: { cpu: 0.5, memory: 128Mi } }
network: { clients: { namespaces: [shop] } }
clusterDomain: k8s.example.com
labels: { team: shop }
annotations: { contact: shop@example.com }
`;
  // Required: a new prop that the file does not know fails to compile here.
  const expected: Required<RedisSentinelProps> = {
    name: 'everything',
    namespace: 'caches',
    masterName: 'main',
    engine: Engine.of({
      kind: 'redis',
      version: '8.2.2',
      image: 'registry.example.com/redis',
      digest: `sha256:${'a'.repeat(64)}`,
    }),
    servers: 5,
    sentinels: Sentinels.separate({ count: 3, size: Size.mebibytes(200), storageClass: 'fast' }),
    quorum: 2,
    memory: Size.gibibytes(2),
    profile: Profile.DEFAULT,
    auth: Auth.fromSecret('a', { key: 'b' }),
    environment: Environment.DEVELOPMENT,
    persistence: Persistence.appendOnly({ fsync: 'always', size: Size.gibibytes(16), storageClass: 'fast' }),
    writeSafety: { minReplicasToWrite: 2, maxLag: Duration.seconds(2) },
    failover: {
      downAfter: Duration.seconds(5),
      failoverTimeout: Duration.minutes(1),
      tiltPeriod: Duration.millis(15000),
      parallelSyncs: 2,
      pollPeriods: { info: Duration.seconds(1), ask: Duration.millis(500), ping: Duration.millis(500) },
    },
    spread: Spread.PREFERRED,
    maxmemoryPolicy: 'volatile-lru',
    resources: {
      redis: { cpu: '2' },
      sentinel: { cpu: '100m', memory: Size.mebibytes(64) },
      keeper: { cpu: '0.5', memory: Size.mebibytes(128) },
    },
    network: Network.clients({ namespaces: ['shop'] }),
    clusterDomain: 'k8s.example.com',
    labels: { team: 'shop' },
    annotations: { contact: 'shop@example.com' },
  };
  expect(parseTopology('x.yaml', text).props).toEqual(expected);
});

test.each<[string, Partial<RedisSentinelProps>]>([
  ['engine: redis', { engine: Engine.redis() }],
  ['engine: valkey', { engine: Engine.valkey() }],
  ['engine: { valkey: "8.1.1" }', { engine: Engine.valkey('8.1.1') }],
  ['sentinels: with-servers', { sentinels: Sentinels.withServers() }],
  ['profile: strict', { profile: Profile.STRICT }],
  ['profile: cache', { profile: Profile.CACHE }],
  ['auth: { secret: {} }', { auth: Auth.fromSecret() }],
  ['auth: { generated: {} }', { auth: Auth.generated({}) }],
  ['auth: { generated: { length: 64 } }', { auth: Auth.generated({ length: 64 }) }],
  ['{ environment: development, auth: { literal: abc } }', { auth: Auth.literal('abc') }],
  [
    'auth: { externalSecret: { store: { name: vault, kind: ClusterSecretStore }, remoteKey: redis, property: p, refreshInterval: 1h } }',
    {
      auth: Auth.externalSecret({
        store: { name: 'vault', kind: 'ClusterSecretStore' },
        remoteKey: 'redis',
        property: 'p',
        refreshInterval: Duration.hours(1),
      }),
    },
  ],
  ['persistence: none', { persistence: Persistence.none() }],
  ['network: open', { network: Network.open() }],
  ['network: none', { network: Network.none() }],
  ['spread: required', { spread: Spread.REQUIRED }],
  ['environment: production', { environment: Environment.PRODUCTION }],
])('%s', (text, expected) => {
  expect(parseTopology('x.yaml', text).props).toMatchObject(expected);
});

test.each([
  ['memory: 1Gi', undefined],
  ['verification: false', undefined],
  ['verification: true', {}],
  ['verification: { hook: argo, ttl: 1h }', { hook: VerificationHook.argoPostSync(), ttl: Duration.hours(1) }],
  ['verification: { hook: flux }', { hook: VerificationHook.fluxForce() }],
  ['verification: { drill: switchover }', { drill: Drill.switchover() }],
  ['verification: { drill: observe }', { drill: Drill.observe() }],
  [
    'verification: { drill: { switchover: { limit: 90s, writers: 2 } } }',
    { drill: Drill.switchover({ limit: Duration.seconds(90), writers: 2 }) },
  ],
  ['verification: { drill: { observe: { limit: 10m } } }', { drill: Drill.observe({ limit: Duration.minutes(10) }) }],
])('%s asks for the verification %j', (text, expected) => {
  expect(parseTopology('x.yaml', text).verification).toEqual(expected);
});

test('values may be marked once and used again', () => {
  const text = 'resources:\n  sentinel: &small { cpu: 10m }\n  keeper: *small\n';
  expect(parseTopology('x.yaml', text).props.resources).toEqual({ sentinel: { cpu: '10m' }, keeper: { cpu: '10m' } });
});

test('the topologies of this repository are sound', () => {
  const files = readdirSync(CHARTS).filter((file) => file.endsWith('.yaml'));
  expect(loadTopologies(files.map((file) => join(CHARTS, file))).map(({ name }) => name)).toEqual(
    files.map((file) => file.replace('.yaml', '')),
  );
});

test('the same file named twice is one topology', () => {
  const file = join(CHARTS, 'cache.yaml');
  expect(loadTopologies([file, join(CHARTS, '../charts/cache.yaml')])).toHaveLength(1);
});
