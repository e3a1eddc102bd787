import { Duration, Size } from 'cdk8s';
import { Auth, Engine, Environment, Network, Persistence, Profile, Sentinels, Spread } from '../../src/index.js';
import type { RedisSentinelProps } from '../../src/topology/props.js';

/** Every prop, so that a new one breaks this file until somebody has decided what it does to the manifests. */
export const EVERY_PROP: Required<RedisSentinelProps> = {
  name: 'every',
  namespace: 'caches',
  masterName: 'primary',
  engine: Engine.of({
    kind: 'valkey',
    version: '9.1.2',
    image: 'registry.example/valkey',
    digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
  }),
  servers: 4,
  sentinels: Sentinels.separate({ count: 5, size: Size.mebibytes(200), storageClass: 'slow' }),
  quorum: 4,
  memory: Size.gibibytes(8),
  profile: Profile.DEFAULT,
  auth: Auth.fromSecret('vault-password', { key: 'redis' }),
  environment: Environment.DEVELOPMENT,
  persistence: Persistence.appendOnly({ fsync: 'always', size: Size.gibibytes(40), storageClass: 'fast' }),
  writeSafety: { minReplicasToWrite: 2, maxLag: Duration.seconds(4) },
  failover: {
    downAfter: Duration.seconds(6),
    failoverTimeout: Duration.seconds(20),
    tiltPeriod: Duration.seconds(7),
    parallelSyncs: 2,
    pollPeriods: { info: Duration.millis(700), ask: Duration.millis(600), ping: Duration.millis(800) },
  },
  spread: Spread.PREFERRED,
  maxmemoryPolicy: 'volatile-lfu',
  resources: {
    redis: { cpu: '2' },
    sentinel: { cpu: '70m', memory: Size.mebibytes(80) },
    keeper: { cpu: '30m', memory: Size.mebibytes(96) },
  },
  network: Network.clients({ namespaces: ['shop', 'search'] }),
  clusterDomain: 'cluster.example',
  labels: { team: 'shop' },
  annotations: { contact: 'shop@example.com' },
};

/** One of every kind of topology: what must hold for all is tried with each. */
export const TOPOLOGIES: Record<string, RedisSentinelProps> = {
  'the defaults': {},
  'the strict profile': { profile: Profile.STRICT, namespace: 'caches' },
  'the cache profile': { profile: Profile.CACHE },
  'five servers': { servers: 5, writeSafety: { minReplicasToWrite: 2 } },
  'two servers and three separate Sentinels': {
    servers: 2,
    sentinels: Sentinels.separate({ count: 3 }),
    writeSafety: { minReplicasToWrite: 0 },
  },
  'separate Sentinels without persistence': {
    sentinels: Sentinels.separate({ count: 3 }),
    persistence: Persistence.none(),
  },
  'Valkey with an ExternalSecret': {
    engine: Engine.valkey(),
    auth: Auth.externalSecret({ store: { name: 'vault' }, remoteKey: 'redis/cache' }),
  },
  'a generated password': { auth: Auth.generated(), namespace: 'caches' },
  'a literal password': {
    auth: Auth.literal('correct horse battery staple'),
    environment: Environment.DEVELOPMENT,
    spread: Spread.PREFERRED,
  },
  'an open network': { network: Network.open() },
  'no NetworkPolicy': { network: Network.none() },
  'the longest name': { name: 'a'.repeat(40), sentinels: Sentinels.separate({ count: 3 }), auth: Auth.generated() },
  'every prop': EVERY_PROP,
};
