import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import { expect, test } from 'vitest';
import { Auth, SentinelAuth } from '../../src/auth/auth.js';
import { Engine } from '../../src/engine/engine.js';
import { Spread } from '../../src/kube/spread.js';
import { Network } from '../../src/network/network.js';
import { Maxmemory } from '../../src/server/maxmemory.js';
import { Tls } from '../../src/tls/tls.js';
import { Environment } from '../../src/topology/environment.js';
import { Persistence } from '../../src/topology/persistence.js';
import { Profile } from '../../src/topology/profile.js';
import type { RedisSentinelProps } from '../../src/topology/props.js';
import { Sentinels } from '../../src/topology/sentinels.js';
import type { TopologyFileProps } from '../../src/topology/words.js';
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
engine: { redis: "8.2.2" }
registry: mirror.example.com/hub
images: { redis: "ghcr.io/x/redis:8", node: "ghcr.io/x/node:24", exporter: "ghcr.io/x/exporter:1", haproxy: "ghcr.io/x/haproxy:3" }
servers: 5
sentinels: { separate: { count: 3, size: 200Mi, storageClass: fast } }
quorum: 2
memory: 2Gi
profile: default
auth: { secret: { name: a, key: b }, sentinels: { secret: { name: c } } }
environment: development
persistence:
  appendOnly: { fsync: always }
  snapshots: { save: ["900 1"] }
  claim: { size: 16Gi, storageClass: fast, labels: { a: b }, annotations: { c: d } }
  retention: { whenDeleted: Delete, whenScaled: Retain }
writeSafety: { minReplicasToWrite: 2, maxLag: 2s }
failover:
  downAfter: 5s
  failoverTimeout: 1m
  tiltPeriod: 15000ms
  parallelSyncs: 2
  pollPeriods: { info: 1s, ask: 500ms, ping: 500ms }
spread: { nodes: preferred, zones: required }
maxmemoryPolicy: volatile-lru
maxmemory: 70%
redisConfig: { hz: 20, activedefrag: true, notify-keyspace-events: Ex, rename-command: ['FLUSHALL ""'] }
modules: [redisjson, redisearch]
pod:
  tolerations: [{ key: dedicated, operator: Equal, value: redis, effect: NoExecute, tolerationSeconds: 60 }]
  nodeSelector: { disk: ssd }
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } }
  priorityClassName: high
  runtimeClassName: gvisor
  imagePullSecrets: [pull]
  labels: { tier: data }
  annotations: { sidecar.istio.io/inject: "false" }
  securityContext: { runAsUser: 1000, runAsGroup: 1001, fsGroup: 1002 }
  terminationGracePeriod: 90s
  serviceAccountName: ours
verification: { ttl: 1h }
resources:
  redis: { cpu: 2, requests: { memory: 1Gi }, limits: { cpu: 4 } }
  sentinel: { cpu: 100m, memory: 64Mi }
  agent: { cpu: 0.5, memory: 128Mi }
  exporter: { memory: 48Mi }
  proxy: { memory: 256Mi }
  jobs: { limits: { cpu: 100m, memory: 128M } }
network: { clients: { namespaces: [shop] }, from: [{ podSelector: {} }], metrics: { namespaces: [monitoring], from: [{ podSelector: {} }] }, dns: cluster }
metrics: { exporter: { sentinels: false }, monitor: { kind: ServiceMonitor, interval: 15s, labels: { release: prometheus } }, rules: { labels: { release: prometheus }, runbooks: https://wiki.example/runbooks }, dashboard: { labels: { grafana_dashboard: yes-please }, annotations: { grafana_folder: Redis } } }
access:
  master: { type: LoadBalancer, annotations: { a: b }, loadBalancerClass: tailscale, loadBalancerSourceRanges: [10.0.0.0/8], nodePort: 30001, replicas: 3 }
  read: true
  sentinel: { type: NodePort, nodePort: 30002 }
tls: { secret: { name: d, keys: { ca: e } }, clients: optional, transition: prefer }
clusterDomain: k8s.example.com
labels: { team: shop }
annotations: { contact: shop@example.com }
`;
  // Required: a new prop that the file does not know fails to compile here.
  const expected: Required<TopologyFileProps> = {
    name: 'everything',
    namespace: 'caches',
    masterName: 'main',
    engine: Engine.redis('8.2.2'),
    registry: 'mirror.example.com/hub',
    images: {
      redis: 'ghcr.io/x/redis:8',
      node: 'ghcr.io/x/node:24',
      exporter: 'ghcr.io/x/exporter:1',
      haproxy: 'ghcr.io/x/haproxy:3',
    },
    servers: 5,
    sentinels: Sentinels.separate({ count: 3, size: Size.mebibytes(200), storageClass: 'fast' }),
    quorum: 2,
    memory: Size.gibibytes(2),
    profile: Profile.DEFAULT,
    auth: Auth.fromSecret('a', { key: 'b', sentinels: SentinelAuth.fromSecret('c') }),
    tls: Tls.fromSecret('d', { clients: 'optional', transition: 'prefer', keys: { ca: 'e' } }),
    environment: Environment.DEVELOPMENT,
    persistence: Persistence.of({
      appendOnly: { fsync: 'always' },
      snapshots: { save: ['900 1'] },
      claim: { size: Size.gibibytes(16), storageClass: 'fast', labels: { a: 'b' }, annotations: { c: 'd' } },
      retention: { whenDeleted: 'Delete', whenScaled: 'Retain' },
    }),
    writeSafety: { minReplicasToWrite: 2, maxLag: Duration.seconds(2) },
    failover: {
      downAfter: Duration.seconds(5),
      failoverTimeout: Duration.minutes(1),
      tiltPeriod: Duration.millis(15000),
      parallelSyncs: 2,
      pollPeriods: { info: Duration.seconds(1), ask: Duration.millis(500), ping: Duration.millis(500) },
    },
    spread: { nodes: Spread.PREFERRED, zones: Spread.REQUIRED },
    maxmemoryPolicy: 'volatile-lru',
    resources: {
      redis: { cpu: '2', requests: { memory: Size.gibibytes(1) }, limits: { cpu: '4' } },
      sentinel: { cpu: '100m', memory: Size.mebibytes(64) },
      agent: { cpu: '0.5', memory: Size.mebibytes(128) },
      exporter: { memory: Size.mebibytes(48) },
      proxy: { memory: Size.mebibytes(256) },
      jobs: { limits: { cpu: '100m', memory: Size.kibibytes(125000) } },
    },
    metrics: {
      exporter: { sentinels: false },
      monitor: { kind: 'ServiceMonitor', interval: Duration.seconds(15), labels: { release: 'prometheus' } },
      rules: { labels: { release: 'prometheus' }, runbooks: 'https://wiki.example/runbooks' },
      dashboard: { labels: { grafana_dashboard: 'yes-please' }, annotations: { grafana_folder: 'Redis' } },
    },
    maxmemory: Maxmemory.percent(70),
    redisConfig: {
      hz: 20,
      activedefrag: true,
      'notify-keyspace-events': 'Ex',
      'rename-command': ['FLUSHALL ""'],
    },
    modules: ['redisjson', 'redisearch'],
    pod: {
      tolerations: [
        { key: 'dedicated', operator: 'Equal', value: 'redis', effect: 'NoExecute', tolerationSeconds: 60 },
      ],
      nodeSelector: { disk: 'ssd' },
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
      },
      priorityClassName: 'high',
      runtimeClassName: 'gvisor',
      imagePullSecrets: ['pull'],
      labels: { tier: 'data' },
      annotations: { 'sidecar.istio.io/inject': 'false' },
      securityContext: { runAsUser: 1000, runAsGroup: 1001, fsGroup: 1002 },
      terminationGracePeriod: Duration.seconds(90),
      serviceAccountName: 'ours',
    },
    verification: { ttl: Duration.hours(1) },
    network: Network.clients({
      namespaces: ['shop'],
      from: [{ podSelector: {} }],
      metrics: { namespaces: ['monitoring'], from: [{ podSelector: {} }] },
      dns: 'cluster',
    }),
    access: {
      master: {
        type: 'LoadBalancer',
        annotations: { a: 'b' },
        loadBalancerClass: 'tailscale',
        loadBalancerSourceRanges: ['10.0.0.0/8'],
        nodePort: 30001,
        replicas: 3,
      },
      read: true,
      sentinel: { type: 'NodePort', nodePort: 30002 },
    },
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
  ['verification: false', false],
  ['verification: true', true],
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
  expect(parseTopology('x.yaml', text).props.verification).toEqual(expected);
});

test('values may be marked once and used again', () => {
  const text = 'resources:\n  sentinel: &small { cpu: 10m }\n  agent: *small\n';
  expect(parseTopology('x.yaml', text).props.resources).toEqual({ sentinel: { cpu: '10m' }, agent: { cpu: '10m' } });
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
