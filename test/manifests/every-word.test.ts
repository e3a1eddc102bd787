import { describe, expect, test } from 'vitest';
import { topologyManifest } from '../../src/cli/manifests.js';
import { topologyWords } from '../../src/topology/words.js';
import { parseTopology } from '../../src/topology-file/load.js';
import type { Entry } from '../../src/words/value-kind.js';

/** Each word that holds no further ones, with a value other than its default; `…` stands for what the topology has besides. */
const CHANGES: Readonly<Record<string, string | readonly [without: string, given: string]>> = {
  name: 'name: other',
  namespace: 'namespace: caches',
  masterName: 'masterName: main',
  clusterDomain: 'clusterDomain: cluster.example',
  labels: 'labels: { team: shop }',
  annotations: 'annotations: { contact: shop }',
  servers: 'servers: 5',
  'sentinels.separate.count': ['sentinels: { separate: { count: 3 } }', 'sentinels: { separate: { count: 5 } }'],
  'sentinels.separate.size': [
    'sentinels: { separate: { count: 3 } }',
    'sentinels: { separate: { count: 3, size: 1Gi } }',
  ],
  'sentinels.separate.storageClass': [
    'sentinels: { separate: { count: 3 } }',
    'sentinels: { separate: { count: 3, storageClass: fast } }',
  ],
  quorum: 'quorum: 3',
  'engine.redis': 'engine: { redis: "8.0.2" }',
  'engine.valkey': 'engine: { valkey: "9.1.2" }',
  'engine.image': ['engine: { redis: "8.2.2" }', 'engine: { redis: "8.2.2", image: x/y }'],
  'engine.digest': ['engine: { redis: "8.2.2" }', `engine: { redis: "8.2.2", digest: "sha256:${'a'.repeat(64)}" }`],
  registry: 'registry: mirror.example.com',
  'images.redis': 'images: { redis: x/y:1 }',
  'images.node': 'images: { node: x/y:1 }',
  'images.exporter': ['metrics: { exporter: true }', '{ metrics: { exporter: true }, images: { exporter: x/y:1 } }'],
  'images.haproxy': ['access: { master: true }', '{ access: { master: true }, images: { haproxy: x/y:1 } }'],
  profile: 'profile: strict',
  environment: ['{ environment: development, auth: none }', '{ environment: development, auth: none, network: open }'],
  memory: 'memory: 2Gi',
  maxmemory: 'maxmemory: 50%',
  maxmemoryPolicy: 'maxmemoryPolicy: allkeys-lfu',
  redisConfig: 'redisConfig: { hz: 20 }',
  modules: 'modules: [redisbloom]',
  ...ofContainer('redis', '2Gi'),
  ...ofContainer('sentinel', '256Mi'),
  ...ofContainer('agent', '256Mi'),
  ...ofContainer('exporter', '256Mi'),
  ...ofContainer('jobs', '256Mi'),
  ...ofContainer('proxy', '256Mi', 'access: { master: true }\n'),
  'persistence.appendOnly.fsync': 'persistence: { appendOnly: { fsync: always } }',
  'persistence.appendOnly.size': 'persistence: { appendOnly: { size: 20Gi } }',
  'persistence.appendOnly.storageClass': 'persistence: { appendOnly: { storageClass: fast } }',
  'persistence.snapshots.save': 'persistence: { appendOnly: {}, snapshots: { save: ["900 1"] } }',
  'persistence.claim.size': 'persistence: { claim: { size: 20Gi } }',
  'persistence.claim.storageClass': 'persistence: { claim: { storageClass: fast } }',
  'persistence.claim.labels': 'persistence: { claim: { labels: { a: b } } }',
  'persistence.claim.annotations': 'persistence: { claim: { annotations: { a: b } } }',
  'persistence.retention.whenDeleted': 'persistence: { retention: { whenDeleted: Delete } }',
  'persistence.retention.whenScaled': 'persistence: { retention: { whenScaled: Delete } }',
  'writeSafety.minReplicasToWrite': 'writeSafety: { minReplicasToWrite: 0 }',
  'writeSafety.maxLag': 'writeSafety: { maxLag: 2s }',
  'failover.downAfter': 'failover: { downAfter: 5s }',
  'failover.failoverTimeout': 'failover: { failoverTimeout: 20s }',
  'failover.tiltPeriod': 'failover: { tiltPeriod: 4s }',
  'failover.parallelSyncs': 'failover: { parallelSyncs: 2 }',
  'failover.pollPeriods.info': 'failover: { pollPeriods: { info: 2s } }',
  'failover.pollPeriods.ask': 'failover: { pollPeriods: { ask: 1s } }',
  'failover.pollPeriods.ping': 'failover: { pollPeriods: { ping: 1s } }',
  'auth.secret.name': 'auth: { secret: { name: ours } }',
  'auth.secret.key': 'auth: { secret: { key: ours } }',
  ...ofExternal('store.name', '{ store: { name: b }, remoteKey: c }'),
  ...ofExternal('store.kind', '{ store: { name: a, kind: ClusterSecretStore }, remoteKey: c }'),
  ...ofExternal('remoteKey', '{ store: { name: a }, remoteKey: d }'),
  ...ofExternal('property', '{ store: { name: a }, remoteKey: c, property: p }'),
  ...ofExternal('refreshInterval', '{ store: { name: a }, remoteKey: c, refreshInterval: 5m }'),
  'auth.generated.length': ['auth: { generated: {} }', 'auth: { generated: { length: 64 } }'],
  'auth.generated.image': ['auth: { generated: {} }', 'auth: { generated: { image: x/y:1 } }'],
  'auth.literal': [
    '{ environment: development, auth: { literal: a } }',
    '{ environment: development, auth: { literal: b } }',
  ],
  'auth.sentinels.secret.name': 'auth: { secret: {}, sentinels: { secret: { name: other } } }',
  'auth.sentinels.secret.key': [
    'auth: { secret: {}, sentinels: { secret: { name: other } } }',
    'auth: { secret: {}, sentinels: { secret: { name: other, key: ours } } }',
  ],
  'tls.secret.name': ['tls: { secret: {} }', 'tls: { secret: { name: ours } }'],
  'tls.secret.keys.certificate': ['tls: { secret: {} }', 'tls: { secret: { keys: { certificate: a } } }'],
  'tls.secret.keys.key': ['tls: { secret: {} }', 'tls: { secret: { keys: { key: a } } }'],
  'tls.secret.keys.ca': ['tls: { secret: {} }', 'tls: { secret: { keys: { ca: a } } }'],
  ...ofCertManager('issuer.name', '{ issuer: { name: b } }'),
  ...ofCertManager('issuer.kind', '{ issuer: { name: a, kind: ClusterIssuer } }'),
  ...ofCertManager('duration', '{ issuer: { name: a }, duration: 24h }'),
  ...ofCertManager('renewBefore', '{ issuer: { name: a }, renewBefore: 8h }'),
  'tls.clients': ['tls: { secret: {} }', 'tls: { secret: {}, clients: required }'],
  'tls.transition': ['tls: { secret: {} }', 'tls: { secret: {}, transition: accept }'],
  'auth.users': ['auth: { secret: {} }', 'auth: { secret: {}, users: [{ name: shop }] }'],
  'auth.defaultUser': [
    'auth: { secret: {}, users: [{ name: shop }] }',
    'auth: { secret: {}, users: [{ name: shop }], defaultUser: open }',
  ],
  ...ofUser('name', 'name: report'),
  ...ofUser('keys', 'name: shop, keys: ["shop:*"]'),
  ...ofUser('channels', 'name: shop, channels: ["shop:*"]'),
  ...ofUser('commands', 'name: shop, commands: ["+get"]'),
  ...ofUser('secret.name', 'name: shop, secret: { name: ours }'),
  ...ofUser('secret.key', 'name: shop, secret: { key: ours }'),
  'network.clients.namespaces': 'network: { clients: { namespaces: [shop] } }',
  'network.from': 'network: { from: [{ podSelector: {} }] }',
  'network.metrics.namespaces': 'network: { metrics: { namespaces: [monitoring] } }',
  'network.metrics.from': 'network: { metrics: { from: [{ podSelector: {} }] } }',
  'network.dns': 'network: { dns: cluster }',
  'metrics.exporter.sentinels': ['metrics: { exporter: true }', 'metrics: { exporter: { sentinels: false } }'],
  'metrics.monitor.kind': ['metrics: { monitor: {} }', 'metrics: { monitor: { kind: ServiceMonitor } }'],
  'metrics.monitor.interval': ['metrics: { monitor: {} }', 'metrics: { monitor: { interval: 30s } }'],
  'metrics.monitor.labels': ['metrics: { monitor: {} }', 'metrics: { monitor: { labels: { a: b } } }'],
  'metrics.rules.labels': ['metrics: { rules: true }', 'metrics: { rules: { labels: { a: b } } }'],
  'metrics.rules.runbooks': ['metrics: { rules: true }', 'metrics: { rules: { runbooks: https://wiki.example/r } }'],
  'metrics.dashboard.labels': ['metrics: { dashboard: true }', 'metrics: { dashboard: { labels: { a: b } } }'],
  'metrics.dashboard.annotations': [
    'metrics: { dashboard: true }',
    'metrics: { dashboard: { annotations: { a: b } } }',
  ],
  ...ofService('master'),
  ...ofService('read'),
  'access.master.replicas': 'access: { master: { replicas: 3 } }',
  'access.read.replicas': 'access: { read: { replicas: 3 } }',
  ...ofService('sentinel'),
  ...ofToleration('key', 'key: b'),
  ...ofToleration('operator', 'key: a, operator: Exists'),
  ...ofToleration('value', 'key: a, value: x'),
  ...ofToleration('effect', 'key: a, effect: NoExecute'),
  ...ofToleration('tolerationSeconds', 'key: a, tolerationSeconds: 5'),
  'pod.nodeSelector': 'pod: { nodeSelector: { disk: ssd } }',
  'pod.affinity.nodeAffinity':
    'pod: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } } }',
  'pod.priorityClassName': 'pod: { priorityClassName: high }',
  'pod.runtimeClassName': 'pod: { runtimeClassName: gvisor }',
  'pod.schedulerName': 'pod: { schedulerName: volcano }',
  'pod.imagePullSecrets': 'pod: { imagePullSecrets: [pull] }',
  'pod.labels': 'pod: { labels: { a: b } }',
  'pod.annotations': 'pod: { annotations: { a: b } }',
  'pod.securityContext.runAsUser': 'pod: { securityContext: { runAsUser: 1000 } }',
  'pod.securityContext.runAsGroup': 'pod: { securityContext: { runAsGroup: 1000 } }',
  'pod.securityContext.fsGroup': 'pod: { securityContext: { fsGroup: 1000 } }',
  'pod.terminationGracePeriod': 'pod: { terminationGracePeriod: 90s }',
  'pod.serviceAccountName': 'pod: { serviceAccountName: ours }',
  'spread.nodes': 'spread: { nodes: preferred }',
  'spread.zones': 'spread: { zones: required }',
  'verification.drill.switchover.limit': [
    'verification: { drill: switchover }',
    'verification: { drill: { switchover: { limit: 90s } } }',
  ],
  'verification.drill.switchover.writers': [
    'verification: { drill: switchover }',
    'verification: { drill: { switchover: { writers: 2 } } }',
  ],
  'verification.drill.observe.limit': [
    'verification: { drill: observe }',
    'verification: { drill: { observe: { limit: 90s } } }',
  ],
  'verification.drill.observe.writers': [
    'verification: { drill: observe }',
    'verification: { drill: { observe: { writers: 2 } } }',
  ],
  'verification.hook': ['verification: true', 'verification: { hook: argo }'],
  'verification.image': ['verification: true', 'verification: { image: x/y:1 }'],
  'verification.readyTimeout': ['verification: true', 'verification: { readyTimeout: 1m }'],
  'verification.ttl': ['verification: true', 'verification: { ttl: 1h }'],
};

/** Bare words that stand for something. */
const BARE: Readonly<Record<string, string | readonly [without: string, given: string]>> = {
  'engine: valkey': 'engine: valkey',
  'sentinels: with-servers': ['sentinels: { separate: { count: 3 } }', 'sentinels: with-servers'],
  'auth: none': 'auth: none',
  'auth.sentinels: none': 'auth: { secret: {}, sentinels: none }',
  'persistence: none': 'persistence: none',
  'network: open': 'network: open',
  'network: none': 'network: none',
  'network.clients: any': 'network: { clients: any }',
  'metrics.exporter: true': 'metrics: { exporter: true }',
  'metrics.rules: true': 'metrics: { rules: true }',
  'metrics.dashboard: true': 'metrics: { dashboard: true }',
  'access.master: true': 'access: { master: true }',
  'access.read: true': 'access: { read: true }',
  'pod.securityContext: none': 'pod: { securityContext: none }',
  'spread: preferred': 'spread: preferred',
  'verification: true': 'verification: true',
  'profile: cache': 'profile: cache',
};

function ofContainer(
  container: string,
  memory: string,
  from = 'auth: { generated: {} }\nmetrics: { exporter: true }\n',
): Record<string, string | readonly [string, string]> {
  const given = (text: string): readonly [string, string] => [from, `${from}resources: { ${container}: ${text} }`];
  const changes: Record<string, readonly [string, string]> = {
    cpu: given('{ cpu: 7m }'),
    'requests.cpu': given('{ requests: { cpu: 7m } }'),
    'requests.memory': given('{ requests: { memory: 7Mi } }'),
    'limits.cpu': given('{ limits: { cpu: 3 } }'),
    'limits.memory': given(`{ limits: { memory: ${memory} } }`),
    ...(container === 'redis' ? {} : { memory: given(`{ memory: ${memory} }`) }),
  };
  return Object.fromEntries(
    Object.entries(changes).map(([word, change]) => [`resources.${container}.${word}`, change]),
  );
}

function ofService(service: string): Record<string, readonly [string, string]> {
  const given = (words: string) => `access: { ${service}: { ${words} } }`;
  const lb = 'type: LoadBalancer';
  return {
    [`access.${service}.type`]: [given('annotations: {}'), given('type: NodePort')],
    [`access.${service}.annotations`]: [given('annotations: {}'), given('annotations: { a: b }')],
    [`access.${service}.loadBalancerClass`]: [given(lb), given(`${lb}, loadBalancerClass: tailscale`)],
    [`access.${service}.loadBalancerSourceRanges`]: [given(lb), given(`${lb}, loadBalancerSourceRanges: [10.0.0.0/8]`)],
    [`access.${service}.nodePort`]: [given(lb), given(`${lb}, nodePort: 30001`)],
  };
}

function ofExternal(word: string, given: string): Record<string, readonly [string, string]> {
  const without = 'auth: { externalSecret: { store: { name: a }, remoteKey: c } }';
  return { [`auth.externalSecret.${word}`]: [without, `auth: { externalSecret: ${given} }`] };
}

function ofCertManager(word: string, given: string): Record<string, readonly [string, string]> {
  const topology = (certManager: string) => `{ namespace: caches, tls: { certManager: ${certManager} } }`;
  return { [`tls.certManager.${word}`]: [topology('{ issuer: { name: a } }'), topology(given)] };
}

function ofUser(word: string, given: string): Record<string, readonly [string, string]> {
  const user = (text: string) => `auth: { secret: {}, users: [{ ${text} }] }`;
  return { [`auth.users.${word}`]: [user('name: shop'), user(given)] };
}

function ofToleration(word: string, given: string): Record<string, readonly [string, string]> {
  return {
    [`pod.tolerations.${word}`]: ['pod: { tolerations: [{ key: a }] }', `pod: { tolerations: [{ ${given} }] }`],
  };
}

/** Every word that holds no further ones. */
function leaves(entries: Readonly<Record<string, Entry<unknown>>>, path = ''): string[] {
  return Object.entries(entries).flatMap(([name, { kind }]) => {
    const inner = 'entries' in kind ? (kind.entries as Readonly<Record<string, Entry<unknown>>>) : undefined;
    return inner ? leaves(inner, `${path}${name}.`) : [`${path}${name}`];
  });
}

function manifestOf(topology: string): string {
  return JSON.stringify(topologyManifest(parseTopology('cache.yaml', topology || 'memory: 1Gi')).objects);
}

test('every word of a topology file is here', () => {
  const withLists = leaves(topologyWords.entries).filter((word) => word !== 'pod.tolerations');
  const here = Object.keys(CHANGES).filter((word) => !/^(pod\.tolerations|auth\.users)\./.test(word));
  expect(here.sort()).toEqual(withLists.sort());
});

describe.each(Object.entries({ ...CHANGES, ...BARE }))('%s', (_, change) => {
  const [without, given] = typeof change === 'string' ? ['', change] : change;

  test('changes the manifest', () => {
    expect(manifestOf(given)).not.toBe(manifestOf(without));
  });
});
