import type { Look } from './look.js';

/** A configuration that people run, found in a public repository and said in our words. */
export interface Case {
  /** What it asks for, in the words of its own chart or operator. */
  readonly asked: string;
  readonly topology: string;
  /** What was asked for, as it stands in the manifest. */
  found(look: Look): unknown;
  readonly expected: unknown;
}

const EXPORTER = 'metrics: { exporter: true, monitor: { kind: ServiceMonitor, interval: 30s } }\n';
/** As it stands in the manifest. */
const scraped = ({ all, pod }: Look) => ({
  exporter: pod.containers[1]?.command[0],
  monitor: all('ServiceMonitor')[0]?.spec.endpoints.map(
    ({ path, interval }: { path: string; interval: string }) => `${path} ${interval}`,
  ),
});
const SCRAPED = {
  exporter: '/redis_exporter',
  monitor: ['/metrics 30s', '/metrics 30s', '/scrape 30s'],
};
const MASTER = 'access: { master: true }\n';
/** Where the master Service leads to. */
const PROXIED = { port: 'master', proxies: 2 };
const proxied = ({ all }: Look) => ({
  port: all('Service').find(({ metadata }) => metadata.name === 'cache-master')?.spec.ports[0].targetPort,
  proxies: all('Deployment')[0]?.spec.replicas,
});

const open = ({ env, servers }: Look) => ({
  file: env.PASSWORD_FILE,
  secrets: servers.spec.template.spec.volumes.filter(({ secret }: { secret?: object }) => secret).length,
});
const OPEN = { file: 'none', secrets: 0 };

export const CASES: Readonly<Record<string, Case>> = {
  C01: {
    asked: 'bitnami/redis: no password, no persistence, sentinel.masterSet=redis-master, metrics.serviceMonitor',
    topology: `auth: none
persistence: none
masterName: redis-master
${EXPORTER}`,
    found: (look) => ({ ...open(look), ...scraped(look), name: look.env.MASTER_NAME, kept: look.env.PERSISTENT }),
    expected: { ...OPEN, ...SCRAPED, name: 'redis-master', kept: 'no' },
  },
  C03: {
    asked: 'as C01, with resources of all containers',
    topology: `auth: none
persistence: none
resources:
  redis: { requests: { cpu: 100m, memory: 256Mi }, limits: { memory: 512Mi } }
  sentinel: { requests: { cpu: 25m, memory: 64Mi }, limits: { memory: 96Mi } }
  exporter: { requests: { cpu: 10m, memory: 32Mi }, limits: { memory: 48Mi } }
${EXPORTER}`,
    found: ({ redis, sentinel, pod }) => [redis.resources, sentinel.resources, pod.containers[1].resources],
    expected: [
      { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '512Mi' } },
      { requests: { cpu: '25m', memory: '64Mi' }, limits: { memory: '96Mi' } },
      { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '48Mi' } },
    ],
  },
  C04: {
    asked: 'bitnami/redis: global.storageClass=local-path, no password, metrics.serviceMonitor',
    topology: `auth: none
persistence: { claim: { storageClass: local-path } }
${EXPORTER}`,
    found: (look) => ({ ...open(look), ...scraped(look), class: look.claim.spec.storageClassName }),
    expected: { ...OPEN, ...SCRAPED, class: 'local-path' },
  },
  C06: {
    asked: 'bitnami/redis: storageClass=ceph-block, no password, masterSet, sentinel.resources with a CPU limit',
    topology: `auth: none
masterName: main
persistence: { claim: { storageClass: ceph-block } }
resources: { sentinel: { requests: { cpu: 10m, memory: 64Mi }, limits: { cpu: 100m, memory: 128Mi } } }
${EXPORTER}`,
    found: (look) => [
      look.sentinel.resources.limits,
      look.claim.spec.storageClassName,
      look.env.MASTER_NAME,
      scraped(look),
    ],
    expected: [{ cpu: '100m', memory: '128Mi' }, 'ceph-block', 'main', SCRAPED],
  },
  C08: {
    asked: 'bitnami/redis: existingSecret with key, masterSet=local, resources, 50Gi, Sentinels by NodePort',
    topology: `auth: { secret: { name: redis-secret, key: redis-password } }
masterName: local
persistence: { claim: { size: 50Gi } }
resources: { redis: { requests: { cpu: 250m, memory: 1Gi }, limits: { cpu: 1, memory: 2Gi } } }
access: { sentinel: { type: NodePort, nodePort: 30379 } }
`,
    found: ({ redis, claim, secrets, sentinelService }) => [
      redis.resources.limits,
      claim.spec.resources.requests.storage,
      secrets,
      [sentinelService.spec.type, sentinelService.spec.ports[0].nodePort],
    ],
    expected: [{ cpu: '1', memory: '2Gi' }, '50Gi', ['redis-secret/redis-password'], ['NodePort', 30379]],
  },
  C09: {
    asked: 'bitnami/redis: masterSet, quorum, three replicas, annotations for Prometheus',
    topology: `servers: 5
masterName: primary
quorum: 3
pod: { annotations: { prometheus.io/scrape: "true", prometheus.io/port: "9121" } }
${EXPORTER}`,
    found: (look) => [
      look.servers.spec.replicas,
      look.env.QUORUM,
      look.servers.spec.template.metadata.annotations,
      scraped(look),
    ],
    expected: [5, '3', { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9121' }, SCRAPED],
  },
  C11: {
    asked: 'bitnami/redis: image of ghcr.io with the tag latest, masterSet=bingo, quorum=3',
    topology: `images: { redis: ghcr.io/bingo/redis:latest }
masterName: bingo
quorum: 3
metrics: { exporter: true, monitor: { kind: ServiceMonitor, labels: { release: prometheus } } }
`,
    found: ({ redis, sentinel, env, all }) => [
      redis.image,
      sentinel.image,
      env.MASTER_NAME,
      env.QUORUM,
      all('ServiceMonitor')[0]?.metadata.labels.release,
    ],
    expected: ['ghcr.io/bingo/redis:latest', 'ghcr.io/bingo/redis:latest', 'bingo', '3', 'prometheus'],
  },
  C13: {
    asked: 'bitnami/redis: namespaceOverride, masterSet, three replicas, no password',
    topology: 'namespace: caches\nmasterName: main\nauth: none\nservers: 3\nmetrics: { exporter: true }\n',
    found: (look) => ({ ...open(look), namespace: look.servers.metadata.namespace, exporter: scraped(look).exporter }),
    expected: { ...OPEN, namespace: 'caches', exporter: '/redis_exporter' },
  },
  C14: {
    asked: 'bitnami/redis: two replicas, no password',
    topology: 'servers: 3\nauth: none\n',
    found: (look) => ({ ...open(look), replicas: look.servers.spec.replicas }),
    expected: { ...OPEN, replicas: 3 },
  },
  C16: {
    asked:
      'bitnami/redis: fullnameOverride, image, appendonly no, save 900 1 300 10 60 10000, masterSet, serviceAccount',
    topology: `name: redismain
images: { redis: docker.io/bitnamilegacy/redis:7.4 }
engine: { redis: "7.4" }
auth: { secret: { name: redis } }
persistence: { snapshots: { save: ["900 1", "300 10", "60 10000"] } }
masterName: redismain
quorum: 2
pod: { serviceAccountName: redis }
`,
    found: ({ conf, pod, all }) => [
      conf.filter((line) => /^(save|appendonly) /.test(line)),
      pod.serviceAccountName,
      all('ServiceAccount').length,
    ],
    expected: [['save 900 1', 'save 300 10', 'save 60 10000', 'appendonly no'], 'redis', 0],
  },
  C18: {
    asked: 'bitnami/redis: existingSecret, existingSecretPasswordKey=REDIS-PASSWORD, image.tag=7.2',
    topology: 'auth: { secret: { name: redis, key: REDIS-PASSWORD } }\nengine: { redis: "7.2" }\n',
    found: ({ secrets, redis }) => [secrets, redis.image],
    expected: [['redis/REDIS-PASSWORD'], 'docker.io/library/redis:7.2'],
  },
  C19: {
    asked: 'bitnami/redis: quorum=2, two replicas, 10Gi, a random password',
    topology: 'quorum: 2\nservers: 3\npersistence: { appendOnly: { size: 10Gi } }\nauth: { generated: {} }\n',
    found: ({ env, claim, all }) => [env.QUORUM, claim.spec.resources.requests.storage, all('Job').length],
    expected: ['2', '10Gi', 1],
  },
  C21: {
    asked:
      'bitnami/valkey: maxmemory 3gb, noeviction, appendonly, no password, gp3 20Gi, anti-affinity, Sentinels by LoadBalancer',
    topology: `engine: valkey
memory: 5Gi
maxmemory: 3Gi
maxmemoryPolicy: noeviction
persistence: { appendOnly: { fsync: everysec }, claim: { size: 20Gi, storageClass: gp3 } }
auth: none
masterName: primary
spread: required
resources: { sentinel: { cpu: 50m, memory: 128Mi }, exporter: { cpu: 20m } }
access: { sentinel: { type: LoadBalancer, loadBalancerClass: tailscale, annotations: { tailscale.com/expose: "true" } } }
${EXPORTER}`,
    found: (look) => [
      look.conf.filter((line) => /^(maxmemory|appendonly) /.test(line)),
      look.claim.spec.storageClassName,
      scraped(look),
      [
        look.sentinelService.spec.type,
        look.sentinelService.spec.loadBalancerClass,
        look.sentinelService.metadata.annotations,
      ],
    ],
    expected: [
      [`maxmemory ${3 * 2 ** 30}`, 'appendonly yes'],
      'gp3',
      SCRAPED,
      ['LoadBalancer', 'tailscale', { 'tailscale.com/expose': 'true' }],
    ],
  },
  C23: {
    asked: 'bitnami/valkey: password, masterSet, resources of all, 5Gi topolvm',
    topology: `engine: valkey
auth: { secret: { name: valkey } }
persistence: { claim: { size: 5Gi, storageClass: topolvm } }
resources:
  redis: { requests: { cpu: 100m, memory: 256Mi }, limits: { cpu: 500m, memory: 512Mi } }
  sentinel: { requests: { cpu: 50m, memory: 64Mi }, limits: { cpu: 100m, memory: 128Mi } }
${EXPORTER}`,
    found: (look) => [look.redis.resources, look.claim.spec.storageClassName, scraped(look)],
    expected: [
      { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
      'topolvm',
      SCRAPED,
    ],
  },
  C24: {
    asked: 'bitnami/valkey: downAfterMilliseconds=10000, failoverTimeout=30000, networkPolicy.allowExternal=false',
    topology:
      'engine: valkey\nmasterName: main\nfailover: { downAfter: 10s, failoverTimeout: 30s }\nnetwork: { clients: {} }\naccess: { sentinel: { type: LoadBalancer } }\n',
    found: ({ env, policy, sentinelService }) => [
      env.DOWN_AFTER_MS,
      env.FAILOVER_TIMEOUT_MS,
      policy.spec.ingress[0].from.length,
      sentinelService.spec.type,
    ],
    expected: ['10000', '30000', 2, 'LoadBalancer'],
  },
  C26: {
    asked:
      'redis-ha: 7.2.4-alpine from public.ecr.aws, grace 60 s, disableCommands, volatile-lru, save 60 1, maxclients, uid 1000',
    topology: `engine: { redis: 7.2.4-alpine }
registry: public.ecr.aws/docker
servers: 3
auth: none
network: { clients: {} }
maxmemoryPolicy: volatile-lru
persistence: { appendOnly: {}, snapshots: { save: ["60 1"] }, claim: { size: 10Gi } }
writeSafety: { minReplicasToWrite: 1, maxLag: 5s }
failover: { downAfter: 10s, failoverTimeout: 3m, parallelSyncs: 5 }
redisConfig: { maxclients: 10000, rename-command: ['FLUSHDB ""', 'FLUSHALL ""'] }
pod: { terminationGracePeriod: 60s, securityContext: { runAsUser: 1000 } }
spread: required
quorum: 2
`,
    found: ({ conf, pod, redis }) => [
      conf.filter((line) => /^(maxclients|rename-command|save|maxmemory-policy|min-replicas-max-lag) /.test(line)),
      pod.securityContext.runAsUser,
      pod.terminationGracePeriodSeconds,
      redis.image,
    ],
    expected: [
      [
        'maxmemory-policy volatile-lru',
        'save 60 1',
        'min-replicas-max-lag 5',
        'maxclients 10000',
        'rename-command FLUSHDB ""',
        'rename-command FLUSHALL ""',
      ],
      1000,
      60,
      'public.ecr.aws/docker/library/redis:7.2.4-alpine',
    ],
  },
  C28: {
    asked: 'redis-ha of Argo CD: three replicas, HAProxy with three, redis.resources, exporter',
    topology: `servers: 3
resources: { redis: { requests: { cpu: 100m, memory: 256Mi }, limits: { cpu: 500m, memory: 512Mi } } }
metrics: { exporter: true }
access: { master: { replicas: 3 } }
`,
    found: (look) => [
      look.servers.spec.replicas,
      look.redis.resources,
      look.pod.containers[1].command[0],
      proxied(look),
    ],
    expected: [
      3,
      { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
      '/redis_exporter',
      { port: 'master', proxies: 3 },
    ],
  },
  C29: {
    asked: 'redis-ha of Argo CD: image of a mirror, nodeSelector, tolerations, required nodeAffinity, HAProxy',
    topology: `registry: mirror.example.com
pod:
  nodeSelector: { node-role.kubernetes.io/infra: "" }
  tolerations: [{ key: infra, operator: Exists, effect: NoSchedule }]
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: In, values: [a, b] }] }]
${MASTER}images: { haproxy: mirror.example.com/haproxy:3.2 }
`,
    found: ({ pod, redis, agent, all }) => [
      pod.nodeSelector,
      pod.tolerations,
      pod.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0],
      [redis.image, agent.image].map((image: string) => image.split('/', 1)[0]),
      all('Deployment')[0]?.spec.template.spec.containers[0].image,
      all('Deployment')[0]?.spec.template.spec.tolerations,
    ],
    expected: [
      { 'node-role.kubernetes.io/infra': '' },
      [{ key: 'infra', operator: 'Exists', effect: 'NoSchedule' }],
      { key: 'zone', operator: 'In', values: ['a', 'b'] },
      ['mirror.example.com', 'mirror.example.com'],
      'mirror.example.com/haproxy:3.2',
      [{ key: 'infra', operator: 'Exists', effect: 'NoSchedule' }],
    ],
  },
  C31: {
    asked:
      'redis-ha: image, 2Gi, tolerations of the control plane, hardAntiAffinity=false, preferred nodeAffinity, HAProxy',
    topology: `images: { redis: registry.example.com/redis:8.2.2 }
memory: 512Mi
persistence: { claim: { size: 2Gi } }
spread: preferred
pod:
  tolerations: [{ key: node-role.kubernetes.io/control-plane, operator: Exists }, { key: CriticalAddonsOnly, operator: Exists }]
  affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: {} }] } }
${MASTER}`,
    found: (look) => [
      Object.keys(look.pod.affinity.podAntiAffinity),
      look.pod.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight,
      look.pod.tolerations.length,
      look.claim.spec.resources.requests.storage,
      proxied(look),
    ],
    expected: [['preferredDuringSchedulingIgnoredDuringExecution'], 1, 2, '2Gi', PROXIED],
  },
  C33: {
    asked:
      'redis-ha: two replicas, min-replicas-to-write 0, maxmemory 0, volatile-lru, appendonly, save "", notify-keyspace-events AKE',
    topology: `servers: 2
sentinels: { separate: { count: 3 } }
auth: none
writeSafety: { minReplicasToWrite: 0 }
maxmemory: 80%
maxmemoryPolicy: volatile-lru
redisConfig: { notify-keyspace-events: AKE }
`,
    found: ({ conf, servers }) => [
      conf.filter((line) => /^(notify|min-replicas-to|appendonly|save|maxmemory )/.test(line)),
      servers.spec.replicas,
    ],
    expected: [
      [
        `maxmemory ${Math.floor(2 ** 30 * 0.8)}`,
        'save ""',
        'appendonly yes',
        'min-replicas-to-write 0',
        'notify-keyspace-events AKE',
      ],
      2,
    ],
  },
  C34: {
    asked:
      'OT operator: tcp-keepalive, maxmemory 3072mb, allkeys-lru, no persistence of Redis, slowlog, longhorn 5Gi, securityContext',
    topology: `memory: 4Gi
maxmemory: 3Gi
maxmemoryPolicy: allkeys-lru
persistence: none
redisConfig: { tcp-keepalive: 300, slowlog-log-slower-than: 10000, slowlog-max-len: 128, stream-node-max-bytes: 4096 }
auth: { secret: { name: redis-secret, key: password } }
resources: { redis: { requests: { cpu: 500m, memory: 2Gi }, limits: { cpu: 1 } } }
pod: { securityContext: { runAsUser: 1000, fsGroup: 1000 } }
spread: required
${MASTER}`,
    found: (look) => [
      look.conf.filter((line) => /^(tcp-keepalive|slowlog|stream|maxmemory |appendonly)/.test(line)),
      look.redis.resources,
      look.pod.securityContext.fsGroup,
      proxied(look),
    ],
    expected: [
      [
        `maxmemory ${3 * 2 ** 30}`,
        'appendonly no',
        'tcp-keepalive 300',
        'slowlog-log-slower-than 10000',
        'slowlog-max-len 128',
        'stream-node-max-bytes 4096',
      ],
      { requests: { cpu: '500m', memory: '2Gi' }, limits: { cpu: '1', memory: '4Gi' } },
      1000,
      PROXIED,
    ],
  },
  C36: {
    asked: 'OT operator: three servers, 1Gi, three Sentinels with resources, no password',
    topology: `servers: 3
sentinels: { separate: { count: 3 } }
memory: 512Mi
persistence: { claim: { size: 1Gi } }
auth: none
resources: { sentinel: { requests: { cpu: 20m, memory: 64Mi }, limits: { cpu: 100m, memory: 128Mi } } }
`,
    found: ({ all }) => all('StatefulSet').map(({ spec }) => spec.template.spec.containers[0].resources.limits),
    expected: [{ memory: '512Mi' }, { cpu: '100m', memory: '128Mi' }],
  },
  C38: {
    asked: 'OT operator: valkey 8-alpine, two servers of 128Mi, local-path-ovh, nodeAffinity by zone, annotations',
    topology: `engine: { valkey: 8.1-alpine }
servers: 2
sentinels: { separate: { count: 3 } }
writeSafety: { minReplicasToWrite: 0 }
auth: none
memory: 128Mi
persistence: { claim: { size: 1Gi, storageClass: local-path-ovh } }
pod:
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } }
annotations: { owner: shop }
`,
    found: ({ redis, servers }) => [redis.image, redis.resources.limits.memory, servers.metadata.annotations],
    expected: ['docker.io/valkey/valkey:8.1-alpine', '128Mi', { owner: 'shop' }],
  },
  C39: {
    asked: 'OT operator: 500m/1Gi to 1/2Gi, gp3 10Gi, maxmemory 1gb, noeviction, stream-node-max-*',
    topology: `auth: none
resources: { redis: { requests: { cpu: 500m, memory: 1Gi }, limits: { cpu: 1, memory: 2Gi } } }
persistence: { claim: { size: 10Gi, storageClass: gp3 } }
maxmemory: 1Gi
maxmemoryPolicy: noeviction
redisConfig: { stream-node-max-bytes: 4096, stream-node-max-entries: 100 }
`,
    found: ({ conf, redis }) => [conf.filter((line) => /^(stream|maxmemory )/.test(line)), redis.resources],
    expected: [
      [`maxmemory ${2 ** 30}`, 'stream-node-max-bytes 4096', 'stream-node-max-entries 100'],
      { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '1', memory: '2Gi' } },
    ],
  },
  C41: {
    asked: 'Spotahome: resources, storage with labels, customConfig, password on servers alone, exporter',
    topology: `servers: 3
resources: { redis: { requests: { cpu: 100m, memory: 256Mi }, limits: { cpu: 400m, memory: 512Mi } } }
persistence: { appendOnly: {}, claim: { size: 1Gi, storageClass: standard, labels: { backup: none } } }
redisConfig: { tcp-keepalive: 0, loglevel: notice }
auth: { secret: { name: redis-auth }, sentinels: none }
metrics: { exporter: true }
images: { exporter: quay.io/oliver006/redis_exporter:v1.80.0 }
`,
    found: ({ claim, conf, env, pod }) => [
      claim.metadata.labels.backup,
      conf.includes('tcp-keepalive 0'),
      env.PASSWORD_FILE,
      env.SENTINEL_PASSWORD_FILE,
      pod.containers[1].image,
    ],
    expected: ['none', true, '/etc/redis-sentinel/auth/password', 'none', 'quay.io/oliver006/redis_exporter:v1.80.0'],
  },
  C43: {
    asked: 'Spotahome: three Sentinels, three servers, 64Gi, auth.secretPath',
    topology:
      'servers: 3\nmemory: 16Gi\npersistence: { claim: { size: 64Gi } }\nauth: { secret: { name: redis-auth }, sentinels: none }\n',
    found: ({ claim, env, secrets }) => [claim.spec.resources.requests.storage, env.SENTINEL_PASSWORD_FILE, secrets],
    expected: ['64Gi', 'none', ['redis-auth/password']],
  },
  C44: {
    asked: 'Spotahome: labels, Sentinels of 100m/128Mi, servers of 128Mi, 1Gi, exporter, no password',
    topology: `labels: { app: shop }
auth: none
memory: 128Mi
persistence: { claim: { size: 1Gi } }
resources: { sentinel: { requests: { cpu: 100m, memory: 128Mi }, limits: { cpu: 100m, memory: 128Mi } } }
metrics: { exporter: true }
`,
    found: ({ servers, redis, sentinel, pod }) => [
      servers.metadata.labels.app,
      redis.resources.limits,
      sentinel.resources.limits,
      pod.containers[1].command[0],
    ],
    expected: ['shop', { memory: '128Mi' }, { cpu: '100m', memory: '128Mi' }, '/redis_exporter'],
  },
  C46: {
    asked: "Spotahome: a ServiceAccount of one's own, a Service for the master, no password",
    topology: `auth: none\nservers: 3\npod: { serviceAccountName: endpoint-operator }\n${MASTER}`,
    found: (look) => [look.pod.serviceAccountName, proxied(look)],
    expected: ['endpoint-operator', PROXIED],
  },
  C48: {
    asked: 'Spotahome: limits of Sentinels and servers, gp3 1Gi, maxmemory-policy noeviction, no password',
    topology: `auth: none
maxmemoryPolicy: noeviction
persistence: { claim: { size: 1Gi, storageClass: gp3 } }
resources:
  redis: { requests: { cpu: 100m }, limits: { cpu: 400m, memory: 500Mi } }
  sentinel: { requests: { cpu: 100m }, limits: { cpu: 400m, memory: 500Mi } }
`,
    found: ({ redis, sentinel }) => [redis.resources.limits, sentinel.resources.limits],
    expected: [
      { cpu: '400m', memory: '500Mi' },
      { cpu: '400m', memory: '500Mi' },
    ],
  },
  C49: {
    asked: 'cloudpirates/redis: storageClass, no password, nodeSelector, serviceAccount, a Service for the master',
    topology: `auth: none
persistence: { claim: { storageClass: nvme } }
pod: { nodeSelector: { pool: data }, serviceAccountName: redis }
${EXPORTER}${MASTER}`,
    found: (look) => [
      look.pod.nodeSelector,
      look.pod.serviceAccountName,
      look.claim.spec.storageClassName,
      scraped(look),
      proxied(look),
    ],
    expected: [{ pool: 'data' }, 'redis', 'nvme', SCRAPED, PROXIED],
  },
  C51: {
    asked:
      'by hand: down-after 5000, failover-timeout 60000, image of a registry, separate Sentinels, uid 1000, PDB, 64Mi/128Mi',
    topology: `registry: registry.example.com
sentinels: { separate: { count: 3 } }
failover: { downAfter: 5s, failoverTimeout: 1m }
auth: none
spread: required
memory: 128Mi
pod: { securityContext: { runAsUser: 1000 } }
resources:
  redis: { requests: { cpu: 50m, memory: 64Mi }, limits: { cpu: 100m } }
  sentinel: { requests: { cpu: 50m, memory: 64Mi }, limits: { cpu: 100m, memory: 128Mi } }
`,
    found: ({ redis, pod, all, env }) => [
      redis.image,
      redis.resources,
      pod.securityContext.runAsUser,
      all('PodDisruptionBudget').map(({ spec }) => spec.maxUnavailable),
      env.DOWN_AFTER_MS,
    ],
    expected: [
      'registry.example.com/library/redis:8.2.2',
      { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '100m', memory: '128Mi' } },
      1000,
      [1, 1],
      '5000',
    ],
  },
  C53: {
    asked: 'bitnami/redis on OpenShift: fullnameOverride, no password, registry, masterSet, no fixed user',
    topology:
      'name: cache\nauth: none\nregistry: registry.example.com/hub\nmasterName: redisMasterSet\npod: { securityContext: none }\n',
    found: (look) => ({ ...open(look), user: look.pod.securityContext, image: look.redis.image }),
    expected: {
      ...OPEN,
      user: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      image: 'registry.example.com/hub/library/redis:8.2.2',
    },
  },
};
