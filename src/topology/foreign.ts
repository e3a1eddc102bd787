/** What a word of another chart or operator is answered with, in the place of a guess. */
interface Answer {
  /** The word, or its path from the top. */
  readonly word: string;
  /** After `is unknown here: `. */
  readonly answer: string;
}

const say = (ours: string) => `here it is ${ours}`;
const notOffered = (way: string) => `it is not offered; ${way}`;

/**
 * Words of bitnami/redis and bitnami/valkey, of redis-ha, of the operators of OpenShift's OT and of Spotahome, and of
 * docker-compose files, with ours; or with what to do where there is none.
 */
const ANSWERS: readonly Answer[] = [
  // How many, and what they are called.
  ...same(
    ['replicaCount', 'replicas', 'clusterSize', 'size', 'replica.replicaCount', 'nodes'],
    say("'servers', the master included"),
  ),
  {
    word: 'replica',
    answer: say(
      "'servers', 'memory' and 'resources.redis': master and replicas are alike, as each may become the other",
    ),
  },
  {
    word: 'master',
    answer: say(
      "'servers', 'memory' and 'resources.redis': master and replicas are alike, as each may become the other; the Service is 'access.master'",
    ),
  },
  {
    word: 'primary',
    answer: say(
      "'servers', 'memory' and 'resources.redis': master and replicas are alike, as each may become the other",
    ),
  },
  ...same(
    ['masterSet', 'primarySet', 'masterGroupName', 'redis.masterGroupName', 'sentinelMasterSet'],
    say("'masterName'"),
  ),
  ...same(['nameOverride', 'fullnameOverride'], say("'name'")),
  ...same(['namespaceOverride'], say("'namespace'")),
  { word: 'sentinel', answer: say("'sentinels', 'quorum', 'failover' and 'resources.sentinel'") },
  { word: 'redis', answer: say("'memory', 'resources.redis', 'redisConfig' and 'engine'") },
  { word: 'valkey', answer: say("'engine: valkey'") },
  { word: 'architecture', answer: 'it is always replication with Sentinel: drop it' },
  { word: 'cluster', answer: notOffered('Redis Cluster is another topology; this one is one master with replicas') },
  // Images.
  { word: 'image', answer: say("'engine: { redis: \"8.2.2\", image: … }' or 'images: { redis: … }'") },
  { word: 'tag', answer: say('the version: \'engine: { redis: "8.2.2" }\'') },
  { word: 'repository', answer: say("'images: { redis: … }'") },
  { word: 'version', answer: say('\'engine: { redis: "8.2.2" }\'') },
  ...same(['imageRegistry', 'global.imageRegistry'], say("'registry'")),
  ...same(['imagePullSecrets', 'pullSecrets', 'imagePullSecret'], say("'pod: { imagePullSecrets: […] }'")),
  { word: 'imagePullPolicy', answer: "it is Kubernetes' own: a tag other than latest is pulled once; drop it" },
  {
    word: 'global',
    answer: say("'registry', 'pod.imagePullSecrets', 'persistence.claim.storageClass' and 'auth', each by itself"),
  },
  // Password.
  ...same(
    ['existingSecret', 'secretPath', 'redisSecret', 'existingSecretName'],
    say("'auth: { secret: { name: … } }'"),
  ),
  ...same(['existingSecretPasswordKey', 'secretKey', 'authKey'], say("'auth: { secret: { key: … } }'")),
  ...same(
    ['password', 'redisPassword', 'requirePass', 'requirepass'],
    say("a Secret: 'auth: { secret: { name: … } }', or 'auth: { literal: … }' in development"),
  ),
  { word: 'auth.enabled', answer: say("'auth: none' for no password, and nothing for one") },
  { word: 'auth.sentinel', answer: say("'auth: { …, sentinels: none }' for Sentinels without a password") },
  { word: 'auth.existingSecret', answer: say("'auth: { secret: { name: … } }'") },
  { word: 'auth.existingSecretPasswordKey', answer: say("'auth: { secret: { key: … } }'") },
  { word: 'auth.secretPath', answer: say("'auth: { secret: { name: … } }'") },
  {
    word: 'auth.password',
    answer: say("a Secret: 'auth: { secret: { name: … } }', or 'auth: { literal: … }' in development"),
  },
  { word: 'usePassword', answer: say("'auth: none' for no password, and nothing for one") },
  ...same(['acl', 'users'], say("'auth: { secret: {}, users: [{ name: … }] }'")),
  // Persistence.
  ...same(
    [
      'persistentVolume',
      'storage',
      'volumeClaimTemplates',
      'volumeClaimTemplate',
      'master.persistence',
      'replica.persistence',
    ],
    say("'persistence: { appendOnly: { size: … } }'"),
  ),
  ...same(['storageClass', 'storageClassName'], say("'persistence: { claim: { storageClass: … } }'")),
  { word: 'persistence.enabled', answer: say("'persistence: none' for no volume, and nothing for one") },
  { word: 'persistence.size', answer: say("'persistence: { claim: { size: … } }'") },
  ...same(
    ['persistentVolumeClaimRetentionPolicy', 'persistence.persistentVolumeClaimRetentionPolicy'],
    say("'persistence: { retention: { … } }'"),
  ),
  { word: 'emptyDir', answer: say("'persistence: none'") },
  ...same(['rdb', 'persistence.rdb'], say("'persistence: { snapshots: { save: […] } }'")),
  ...same(['aof', 'persistence.aof'], say("'persistence: { appendOnly: { … } }'")),
  ...same(
    ['backup', 'restore'],
    notOffered("snapshots of the volumes do it; 'persistence.claim' takes labels and annotations for such a tool"),
  ),
  // Configuration.
  ...same(
    [
      'commonConfiguration',
      'configuration',
      'customConfig',
      'additionalRedisConfig',
      'config',
      'redisConfiguration',
      'extraFlags',
    ],
    say("'redisConfig: { directive: value }'"),
  ),
  { word: 'disableCommands', answer: say('\'redisConfig: { rename-command: ["FLUSHALL \\"\\""] }\'') },
  ...same(
    ['maxMemory', 'maxmemory-policy', 'maxMemoryPolicy', 'evictionPolicy'],
    say("'maxmemory' and 'maxmemoryPolicy'"),
  ),
  ...same(
    ['existingConfigmap', 'externalConfig', 'existingConfigMap'],
    say("'redisConfig: { directive: value }'; the agent renders the rest"),
  ),
  ...same(['sysctl', 'sysctlImage', 'kernelSettings'], notOffered('no pod is privileged; set it on the nodes')),
  // Failover.
  ...same(['downAfterMilliseconds', 'down-after-milliseconds'], say("'failover: { downAfter: 3s }'")),
  ...same(['failoverTimeout', 'failover-timeout'], say("'failover: { failoverTimeout: 10s }'")),
  ...same(['parallelSyncs', 'parallel-syncs'], say("'failover: { parallelSyncs: 1 }'")),
  { word: 'downAfter', answer: say("'failover: { downAfter: 3s }'") },
  { word: 'failover.quorum', answer: say("'quorum'") },
  ...same(
    ['minReplicasToWrite', 'min-replicas-to-write', 'minReplicas', 'min-slaves-to-write'],
    say("'writeSafety: { minReplicasToWrite: 1 }'"),
  ),
  ...same(['maxLag', 'min-replicas-max-lag', 'minReplicasMaxLag'], say("'writeSafety: { maxLag: 3s }'")),
  ...same(
    [
      'splitBrainDetection',
      'getMasterTimeout',
      'automateClusterRecovery',
      'redisShutdownWaitFailover',
      'cleanDelaySeconds',
    ],
    'the agent does it in any case: drop it',
  ),
  {
    word: 'externalMaster',
    answer: notOffered(
      'a topology copies from nobody outside; take the data over with replication by hand, or an RDB file',
    ),
  },
  {
    word: 'replicaof',
    answer: notOffered(
      'a topology copies from nobody outside; take the data over with replication by hand, or an RDB file',
    ),
  },
  // Pods.
  ...same(
    [
      'tolerations',
      'nodeSelector',
      'priorityClassName',
      'runtimeClassName',
      'terminationGracePeriod',
      'serviceAccountName',
    ],
    say("below 'pod'"),
  ),
  { word: 'pod.terminationGracePeriodSeconds', answer: say("'pod: { terminationGracePeriod: 60s }'") },
  { word: 'terminationGracePeriodSeconds', answer: say("'pod: { terminationGracePeriod: 60s }'") },
  ...same(['podAnnotations'], say("'pod: { annotations: { … } }'")),
  ...same(['podLabels'], say("'pod: { labels: { … } }'")),
  ...same(['commonLabels'], say("'labels'")),
  ...same(['commonAnnotations'], say("'annotations'")),
  ...same(
    ['podSecurityContext', 'containerSecurityContext', 'securityContext'],
    say("'pod: { securityContext: { runAsUser: 1000 } }', or 'none'"),
  ),
  { word: 'pod.affinity.podAntiAffinity', answer: say("'spread'") },
  { word: 'pod.affinity.podAffinity', answer: notOffered("'podTemplate' of the TypeScript API can add it") },
  ...same(
    ['affinity', 'nodeAffinity', 'additionalAffinities', 'nodeAffinityPreset'],
    say("'pod: { affinity: { nodeAffinity: { … } } }', and 'spread' for how the pods keep apart"),
  ),
  ...same(
    ['podAntiAffinity', 'podAntiAffinityPreset', 'hardAntiAffinity', 'topologySpreadConstraints', 'topologyKey'],
    say("'spread'"),
  ),
  ...same(
    ['podManagementPolicy', 'updateStrategy'],
    'it is always Parallel and RollingUpdate, which a start after a stop of all and the hand-over need: drop it',
  ),
  ...same(['pdb', 'podDisruptionBudget'], 'there always is one, of one pod at a time: drop it'),
  ...same(['serviceAccount'], say("'pod: { serviceAccountName: … }' for one that exists; no token is mounted")),
  ...same(
    ['rbac', 'clusterRole'],
    'nothing in the pods speaks to the Kubernetes API, so there are no rights to give: drop it',
  ),
  ...same(
    ['livenessProbe', 'readinessProbe', 'startupProbe', 'customLivenessProbe', 'customReadinessProbe'],
    'the agent answers all probes, and ends a server that hangs: drop it',
  ),
  ...same(['lifecycle', 'preStop', 'lifecycleHooks'], 'a server hands over before it stops in any case: drop it'),
  ...same(
    ['initContainers', 'extraContainers', 'sidecars', 'extraVolumes', 'extraVolumeMounts', 'extraEnvVars', 'env'],
    notOffered("'podTemplate' of the TypeScript API can add it"),
  ),
  ...same(
    ['extraObjects', 'extraDeploy', 'extraManifests'],
    notOffered('put further objects into a manifest of their own'),
  ),
  ...same(['hostNetwork', 'hostPort'], notOffered('servers and Sentinels are reached by their Services')),
  ...same(['autoscaling', 'hpa'], notOffered("the number of 'servers' is a choice that failover depends on")),
  ...same(['dnsPolicy', 'dnsConfig', 'hostAliases'], notOffered("'podTemplate' of the TypeScript API can add it")),
  // Resources.
  ...same(['requests', 'limits'], say("'resources: { redis: { requests: …, limits: … } }'")),
  ...same(['cpu'], say("'resources: { redis: { cpu: … } }'")),
  { word: 'resources.requests', answer: say("'resources: { redis: { requests: … } }', for each kind of container") },
  { word: 'resources.limits', answer: say("'resources: { redis: { limits: … } }', for each kind of container") },
  { word: 'resources.keeper', answer: say("'resources: { agent: … }'") },
  {
    word: 'resources.redis.memory',
    answer: say("'memory' at the top, or 'resources: { redis: { limits: { memory: … } } }'"),
  },
  { word: 'resourcesPreset', answer: say("'memory' and 'resources'") },
  // Network and access.
  ...same(['networkPolicy'], say("'network'")),
  ...same(['ingress', 'gateway'], notOffered('Redis speaks no HTTP')),
  ...same(
    ['ssl', 'certificates', 'tls.enabled', 'tls.existingSecret', 'tls.certificatesSecret', 'tls.secretName'],
    say("'tls: { secret: { name: … } }'"),
  ),
  ...same(['certManager', 'tls.autoGenerated'], say("'tls: { certManager: { issuer: { name: … } } }'")),
  ...same(
    ['tls.certFilename', 'tls.certKeyFilename', 'tls.certCAFilename', 'tls.caCertFile'],
    say("'tls: { secret: { keys: { certificate: …, key: …, ca: … } } }'"),
  ),
  { word: 'tls.authClients', answer: say("'tls: { …, clients: required }'") },
  ...same(
    ['useHostnames', 'resolveHostnames', 'announceHostnames'],
    "addresses are announced, of Services that stay, and with 'tls' their names: neither needs DNS for a failover; drop it",
  ),
  ...same(['containerPorts', 'port', 'ports', 'redisPort', 'sentinelPort'], notOffered('the ports are 6379 and 26379')),
  ...same(['prometheus', 'redisExporter', 'exporter'], say("below 'metrics'")),
  ...same(['serviceMonitor', 'metrics.serviceMonitor'], say("'metrics: { monitor: { kind: ServiceMonitor } }'")),
  ...same(['podMonitor', 'metrics.podMonitor'], say("'metrics: { monitor: { kind: PodMonitor } }'")),
  ...same(
    ['prometheusRule', 'metrics.prometheusRule', 'metrics.alerts'],
    say("'metrics: { rules: true }'; rules of your own go into a manifest of their own"),
  ),
  ...same(['grafana', 'dashboards', 'metrics.dashboards', 'metrics.grafana'], say("'metrics: { dashboard: true }'")),
  {
    word: 'metrics.enabled',
    answer: "the agents always have metrics; here it is 'metrics: { exporter: true }' for redis_exporter",
  },
  ...same(['metrics.image', 'metrics.exporter.image'], say("'images: { exporter: … }'")),
  ...same(['metrics.resources', 'metrics.exporter.resources'], say("'resources: { exporter: … }'")),
  ...same(['haproxy', 'service', 'loadBalancer', 'nodePort', 'externalAccess'], say("below 'access'")),
  ...same(['access.primary', 'access.leader'], say("'access: { master: true }'")),
  ...same(['access.replica', 'access.replicas', 'access.slave'], say("'access: { read: true }'")),
  { word: 'access.sentinel.replicas', answer: say("'sentinels: { separate: { count: 3 } }'") },
  ...same(
    ['externalTrafficPolicy', 'sessionAffinity', 'loadBalancerIP', 'clusterIP', 'externalIPs'],
    notOffered("an annotation may say it, and the Services of the TypeScript API can be patched ('masterService')"),
  ),
  ...same(['debug', 'diagnosticMode'], 'the log of the agent says what it decides: drop it'),
  { word: 'spec', answer: 'this is no object of Kubernetes: its words stand at the top' },
  ...same(['apiVersion', 'kind', 'metadata'], 'this is no object of Kubernetes, but a topology: give its own words'),
];

function same(words: readonly string[], answer: string): Answer[] {
  return words.map((word) => ({ word, answer }));
}

const BY_WORD = new Map(ANSWERS.map(({ word, answer }) => [word, answer]));

export const FOREIGN_WORDS = {
  all: ANSWERS,

  /** @param path of a word that is unknown, by all of which it is known */
  answer(path: readonly (string | number)[]): string | undefined {
    return BY_WORD.get(path.join('.'));
  },

  /** By itself, wherever it stands. */
  answerAnywhere(path: readonly (string | number)[]): string | undefined {
    return BY_WORD.get(path.slice(-2).join('.')) ?? BY_WORD.get(String(path.at(-1)));
  },
} as const;
