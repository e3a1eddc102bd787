/** A topology with one fault, and what is said of it. */
export interface Wrong {
  readonly topology: string;
  /** Who finds it: the YAML reader, the words (which the JSON Schema knows too), or the rules. */
  readonly by: 'yaml' | 'words' | 'rules';
  /** `line:column: message`, or how it begins. */
  readonly says: string;
}

/** In the order of what people bring along: words of other charts first. */
export const WRONG: readonly Wrong[] = [
  {
    topology: 'replicaCount: 3',
    by: 'words',
    says: "1:1: 'replicaCount' is unknown here: here it is 'servers', the master included",
  },
  {
    topology: 'replica: { replicaCount: 3 }',
    by: 'words',
    says: "1:1: 'replica' is unknown here: here it is 'servers', 'memory' and 'resources.redis': master and replicas are alike, as each may become the other",
  },
  {
    topology: 'master: { persistence: { size: 8Gi } }',
    by: 'words',
    says: "1:1: 'master' is unknown here: here it is 'servers', 'memory' and 'resources.redis': master and replicas are alike, as each may become the other; the Service is 'access.master'",
  },
  { topology: 'masterSet: mymaster', by: 'words', says: "1:1: 'masterSet' is unknown here: here it is 'masterName'" },
  {
    topology: 'sentinel: { quorum: 2 }',
    by: 'words',
    says: "1:1: 'sentinel' is unknown here: here it is 'sentinels', 'quorum', 'failover' and 'resources.sentinel'",
  },
  {
    topology: 'existingSecret: redis',
    by: 'words',
    says: "1:1: 'existingSecret' is unknown here: here it is 'auth: { secret: { name: … } }'",
  },
  {
    topology: 'auth: { existingSecret: redis }',
    by: 'words',
    says: "1:9: 'auth.existingSecret' is unknown here: here it is 'auth: { secret: { name: … } }'",
  },
  {
    topology: 'auth: { enabled: false }',
    by: 'words',
    says: "1:9: 'auth.enabled' is unknown here: here it is 'auth: none' for no password, and nothing for one",
  },
  {
    topology: 'auth: { sentinel: false }',
    by: 'words',
    says: "1:9: 'auth.sentinel' is unknown here: here it is 'auth: { …, sentinels: none }' for Sentinels without a password",
  },
  {
    topology: 'auth: { password: x }',
    by: 'words',
    says: "1:9: 'auth.password' is unknown here: here it is a Secret: 'auth: { secret: { name: … } }', or 'auth: { literal: … }' in development",
  },
  {
    topology: 'global: { storageClass: fast }',
    by: 'words',
    says: "1:1: 'global' is unknown here: here it is 'registry', 'pod.imagePullSecrets', 'persistence.claim.storageClass' and 'auth', each by itself",
  },
  {
    topology: 'image: { tag: 8.2.2 }',
    by: 'words',
    says: `1:1: 'image' is unknown here: here it is 'engine: { redis: "8.2.2", image: … }' or 'images: { redis: … }'`,
  },
  {
    topology: 'persistence: { size: 8Gi }',
    by: 'words',
    says: "1:16: 'persistence.size' is unknown here: here it is 'persistence: { claim: { size: … } }'",
  },
  {
    topology: 'persistence: { enabled: false }',
    by: 'words',
    says: "1:16: 'persistence.enabled' is unknown here: here it is 'persistence: none' for no volume, and nothing for one",
  },
  {
    topology: 'persistence: { storageClass: fast }',
    by: 'words',
    says: "1:16: 'persistence.storageClass' is unknown here: here it is 'persistence: { claim: { storageClass: … } }'",
  },
  {
    topology: 'storageClassName: fast',
    by: 'words',
    says: "1:1: 'storageClassName' is unknown here: here it is 'persistence: { claim: { storageClass: … } }'",
  },
  {
    topology: 'failover: { downAfterMilliseconds: 1000 }',
    by: 'words',
    says: "1:13: 'failover.downAfterMilliseconds' is unknown here: here it is 'failover: { downAfter: 3s }'",
  },
  {
    topology: 'failover: { quorum: 2 }',
    by: 'words',
    says: "1:13: 'failover.quorum' is unknown here: here it is 'quorum'",
  },
  {
    topology: 'downAfterMilliseconds: 1000',
    by: 'words',
    says: "1:1: 'downAfterMilliseconds' is unknown here: here it is 'failover: { downAfter: 3s }'",
  },
  { topology: 'tolerations: []', by: 'words', says: "1:1: 'tolerations' is unknown here: here it is below 'pod'" },
  { topology: 'nodeSelector: {}', by: 'words', says: "1:1: 'nodeSelector' is unknown here: here it is below 'pod'" },
  {
    topology: 'podAnnotations: {}',
    by: 'words',
    says: "1:1: 'podAnnotations' is unknown here: here it is 'pod: { annotations: { … } }'",
  },
  { topology: 'commonLabels: {}', by: 'words', says: "1:1: 'commonLabels' is unknown here: here it is 'labels'" },
  {
    topology: 'affinity: {}',
    by: 'words',
    says: "1:1: 'affinity' is unknown here: here it is 'pod: { affinity: { nodeAffinity: { … } } }', and 'spread' for how the pods keep apart",
  },
  {
    topology: 'pod: { affinity: { podAntiAffinity: {} } }',
    by: 'words',
    says: "1:20: 'pod.affinity.podAntiAffinity' is unknown here: here it is 'spread'",
  },
  {
    topology: 'pod: { terminationGracePeriodSeconds: 60 }',
    by: 'words',
    says: "1:8: 'pod.terminationGracePeriodSeconds' is unknown here: here it is 'pod: { terminationGracePeriod: 60s }'",
  },
  {
    topology: 'podSecurityContext: { enabled: false }',
    by: 'words',
    says: "1:1: 'podSecurityContext' is unknown here: here it is 'pod: { securityContext: { runAsUser: 1000 } }', or 'none'",
  },
  {
    topology: 'topologySpreadConstraints: []',
    by: 'words',
    says: "1:1: 'topologySpreadConstraints' is unknown here: here it is 'spread'",
  },
  {
    topology: 'pdb: { create: true }',
    by: 'words',
    says: "1:1: 'pdb' is unknown here: there always is one, of one pod at a time: drop it",
  },
  {
    topology: 'rbac: { create: true }',
    by: 'words',
    says: "1:1: 'rbac' is unknown here: nothing in the pods speaks to the Kubernetes API, so there are no rights to give: drop it",
  },
  {
    topology: 'livenessProbe: {}',
    by: 'words',
    says: "1:1: 'livenessProbe' is unknown here: the agent answers all probes, and ends a server that hangs: drop it",
  },
  {
    topology: 'extraVolumes: []',
    by: 'words',
    says: "1:1: 'extraVolumes' is unknown here: it is not offered; 'podTemplate' of the TypeScript API can add it",
  },
  {
    topology: 'tls: { enabled: true }',
    by: 'words',
    says: "1:8: 'tls.enabled' is unknown here: here it is 'tls: { secret: { name: … } }'",
  },
  {
    topology: 'tls: { secret: {}, transition: on }',
    by: 'words',
    says: "1:32: 'tls.transition' must be accept or prefer, got 'on'",
  },
  {
    topology: 'ingress: {}',
    by: 'words',
    says: "1:1: 'ingress' is unknown here: it is not offered; Redis speaks no HTTP",
  },
  {
    topology: 'haproxy: { enabled: true }',
    by: 'words',
    says: "1:1: 'haproxy' is unknown here: here it is below 'access'",
  },
  {
    topology: 'prometheusRule: {}',
    by: 'words',
    says: "1:1: 'prometheusRule' is unknown here: here it is 'metrics: { rules: true }'; rules of your own go into a manifest of their own",
  },
  {
    topology: 'networkPolicy: { allowExternal: false }',
    by: 'words',
    says: "1:1: 'networkPolicy' is unknown here: here it is 'network'",
  },
  {
    topology: 'resources: { requests: { cpu: 1 } }',
    by: 'words',
    says: "1:14: 'resources.requests' is unknown here: here it is 'resources: { redis: { requests: … } }', for each kind of container",
  },
  {
    topology: 'resources: { limits: { memory: 1Gi } }',
    by: 'words',
    says: "1:14: 'resources.limits' is unknown here: here it is 'resources: { redis: { limits: … } }', for each kind of container",
  },
  {
    topology: 'resources: { redis: { memory: 1Gi } }',
    by: 'words',
    says: "1:23: 'resources.redis.memory' is unknown here: here it is 'memory' at the top, or 'resources: { redis: { limits: { memory: … } } }'",
  },
  {
    topology: 'commonConfiguration: maxmemory 1gb',
    by: 'words',
    says: "1:1: 'commonConfiguration' is unknown here: here it is 'redisConfig: { directive: value }'",
  },
  {
    topology: 'disableCommands: [FLUSHALL]',
    by: 'words',
    says: `1:1: 'disableCommands' is unknown here: here it is 'redisConfig: { rename-command: ["FLUSHALL \\"\\""] }'`,
  },
  {
    topology: 'useHostnames: false',
    by: 'words',
    says: "1:1: 'useHostnames' is unknown here: addresses are announced, of Services that stay, and with 'tls' their names: neither needs DNS for a failover; drop it",
  },
  {
    topology: 'apiVersion: v1',
    by: 'words',
    says: "1:1: 'apiVersion' is unknown here: this is no object of Kubernetes, but a topology: give its own words",
  },
  {
    topology: 'splitBrainDetection: {}',
    by: 'words',
    says: "1:1: 'splitBrainDetection' is unknown here: the agent does it in any case: drop it",
  },
  {
    topology: 'autoscaling: {}',
    by: 'words',
    says: "1:1: 'autoscaling' is unknown here: it is not offered; the number of 'servers' is a choice that failover depends on",
  },
  {
    topology: 'redisExporter: {}',
    by: 'words',
    says: "1:1: 'redisExporter' is unknown here: here it is below 'metrics'",
  },
  {
    topology: 'engine: { redis: 8.10 }',
    by: 'words',
    says: "1:18: 'engine.redis' must be text; put it in quotes, '8.10'",
  },
  {
    topology: 'engine: { redis: 8.2, valkey: 9.1 }',
    by: 'words',
    says: "1:9: 'engine' must be redis, valkey, { redis: … } or { valkey: … }, got words (redis, valkey)",
  },
  {
    topology: 'engine: { redis: "6.2.1" }',
    by: 'rules',
    says: "1:9: 'engine' must be redis 7.2 or newer, as the agent is made for and tried with those, got 6.2.1: choose a newer version",
  },
  {
    topology: 'engine: { redis: latest }',
    by: 'rules',
    says: "1:9: 'engine' must name a version such as 7.2.0, from which its abilities are known, got 'latest': give the number, and the exact image with 'digest'",
  },
  {
    topology: 'engine: { redis: "8.2.2", image: "x/redis:8" }',
    by: 'rules',
    says: "1:34: 'engine.image' must be an image without a tag or digest, as the version is the tag, got 'x/redis:8': write it as 'registry.example/library/redis', or give the whole reference as 'images.redis'",
  },
  {
    topology: 'registry: https://mirror.example.com/',
    by: 'rules',
    says: "1:11: 'registry' must be a host with an optional port and path, as it stands before an image's name, got 'https://mirror.example.com/': write it without 'https://' and without a slash at its end, as in mirror.example.com:5000/dock",
  },
  {
    topology: 'images: { redis: "Redis latest" }',
    by: 'rules',
    says: "1:18: 'images.redis' must be an image as it is pulled, got 'Redis latest': write it as registry.example.com/name:tag",
  },
  {
    topology: '{ engine: { redis: "8.2.2", image: x/y }, images: { redis: x/z } }',
    by: 'rules',
    says: "1:60: 'images.redis' must not be given beside 'engine.image' or 'engine.digest', as both name the image, got 'x/z': keep one of them",
  },
  {
    topology: 'servers: 1001',
    by: 'rules',
    says: "1:10: 'servers' must be at most 99, since one master feeds all its replicas, got 1001: give 3 or 5",
  },
  {
    topology: 'sentinels: { separate: { count: 101 } }',
    by: 'rules',
    says: "1:33: 'sentinels' must be at most 99, since each of them asks all others, got 101: give 3 or 5",
  },
  {
    topology: 'memory: 999999999Ti',
    by: 'rules',
    says: "1:9: 'memory' must be at most 64Ti, since no node has more, got 999999999Ti: give what a node has to spare",
  },
  {
    topology: 'memory: 64Mi',
    by: 'rules',
    says: "1:9: 'memory' must be at least 128Mi, since 16Mi of replication backlog, 4Mi of clients' buffers, 4Mi for replicas that copy and the pages that a fork copies, and 18Mi of the process leave 21Mi of it for data, got 64Mi: give 128Mi",
  },
  {
    topology: 'memory: 1.5G i',
    by: 'words',
    says: "1:9: 'memory' must be a size such as 1Gi (Ki, Mi, Gi or Ti; k, M, G or T are powers of 1000), got '1.5G i'",
  },
  {
    topology: 'memory: { requests: 1Gi }',
    by: 'words',
    says: "1:9: 'memory' must be a size such as 1Gi (Ki, Mi, Gi or Ti; k, M, G or T are powers of 1000), got words (requests)",
  },
  {
    topology: `memory: 4Gi\npersistence: { appendOnly: { size: 5Gi } }`,
    by: 'rules',
    says: "2:36: 'persistence.appendOnly.size' must be at least 8Gi, since a rewrite of the append-only file needs room for twice 'memory', got 5Gi: give 8Gi or more",
  },
  {
    topology: `memory: 1Gi\npersistence: { claim: { size: 1Gi } }`,
    by: 'rules',
    says: "2:31: 'persistence.claim.size' must be at least 2Gi, since a rewrite of the append-only file needs room for twice 'memory', got 1Gi: give 2Gi or more",
  },
  {
    topology: 'failover: { downAfter: 1000 }',
    by: 'words',
    says: "1:24: 'failover.downAfter' must have a unit, such as 3s, got the bare number 1000; if these are milliseconds, as in other charts, 1s is meant",
  },
  {
    topology: 'failover: { downAfter: 1500 }',
    by: 'words',
    says: "1:24: 'failover.downAfter' must have a unit, such as 3s, got the bare number 1500; if these are milliseconds, as in other charts, 1500ms is meant",
  },
  {
    topology: 'failover: { downAfter: 100ms }',
    by: 'rules',
    says: "1:24: 'downAfter' must be 500 to 60000 ms, since a shorter one takes a pause of the scheduler for a death, and a longer one is an outage of its own, got 100 ms: give it within these bounds, or leave it out",
  },
  {
    topology: 'failover: { failoverTimeout: 180000 }',
    by: 'words',
    says: "1:30: 'failover.failoverTimeout' must have a unit, such as 10s, got the bare number 180000; if these are milliseconds, as in other charts, 180s is meant",
  },
  {
    topology: 'verification: { readyTimeout: 500ms }',
    by: 'rules',
    says: "1:31: 'readyTimeout' must be whole seconds, at least 1, since the Job waits so long for the topology, got 0.5 s: give 5m, or leave it out",
  },
  {
    topology: 'verification: { ttl: 1500ms }',
    by: 'rules',
    says: "1:22: 'ttl' must be whole seconds, at least 0, since Kubernetes counts in them, got 1.5 s: give 1h, or leave it out",
  },
  {
    topology: 'verification: { image: "node latest" }',
    by: 'rules',
    says: "1:24: 'verification.image' must be an image as it is pulled, got 'node latest': write it as registry.example.com/node:24",
  },
  {
    topology: 'auth: { externalSecret: { store: { name: vault }, remoteKey: a, refreshInterval: 100ms } }',
    by: 'rules',
    says: "1:82: 'refreshInterval' must be whole seconds, as the operator counts in them, got 0.1 s: leave it out for 1h",
  },
  {
    topology: `auth: none\nnetwork: open`,
    by: 'rules',
    says: "1:7: 'auth' must not be none while the network is open, since whoever reaches the servers could read and delete everything: close it with 'network: { clients: {} }', give a password, or set 'environment' to development",
  },
  {
    topology: `auth: { secret: {}, sentinels: none }\nnetwork: none`,
    by: 'rules',
    says: "1:32: 'auth.sentinels' must not be none while the network is none, since whoever reaches a Sentinel could name another master: close it with 'network: { clients: {} }', give a password, or set 'environment' to development",
  },
  {
    topology: 'auth: { secret: {}, sentinels: { secret: {} } }',
    by: 'words',
    says: "1:42: 'auth.sentinels.secret.name' is missing, as in secret: { name: sentinel-auth }",
  },
  {
    topology: 'auth: { secret: {}, sentinels: maybe }',
    by: 'words',
    says: "1:32: 'auth.sentinels' must be none or { secret: … }, got 'maybe'",
  },
  {
    topology: 'auth: nope',
    by: 'words',
    says: "1:7: 'auth' must be none, { secret: … }, { externalSecret: … }, { generated: … } or { literal: … }, got 'nope'; did you mean none?",
  },
  {
    topology: 'resources: { redis: { requests: { memory: 2Gi }, limits: { memory: 1Gi } } }',
    by: 'rules',
    says: "1:43: 'requests' must be at most what 'limits' allow, as Kubernetes demands, got 2Gi and 1Gi: raise the limit, or reserve less",
  },
  {
    topology: 'resources: { redis: { requests: { cpu: 2 }, limits: { cpu: 1 } } }',
    by: 'rules',
    says: "1:60: 'requests' must be at most what 'limits' allow, as Kubernetes demands, got 2 and 1: raise the limit, or reserve less",
  },
  {
    topology: 'resources: { sentinel: { memory: 128Mi, limits: { memory: 256Mi } } }',
    by: 'rules',
    says: "1:34: 'resources.sentinel.memory' must not be given beside 'requests' and 'limits', for which it is short, got both: keep the long form",
  },
  {
    topology: `memory: 1Gi\nresources: { redis: { limits: { memory: 2Gi } } }`,
    by: 'rules',
    says: "2:41: 'resources.redis.limits.memory' must not be another than 'memory', as both are the limit of the server, got 2Gi and 1Gi: keep one of them",
  },
  {
    topology: 'resources: { agent: { limits: { memory: 32Mi } } }',
    by: 'rules',
    says: "1:41: 'resources.agent.limits.memory' must be at least 96Mi, since the agent takes up to 64 MiB, and is ended at the limit, got 32Mi: give 96Mi or more",
  },
  {
    topology: 'resources: { jobs: { memory: 10Mi } }',
    by: 'rules',
    says: "1:30: 'resources.jobs.memory' must be at least 96Mi, since Node takes up to 64 MiB, got 10Mi: give 96Mi or more",
  },
  {
    topology: 'maxmemory: 95%',
    by: 'rules',
    says: "1:12: 'maxmemory' must be 143Mi to 862Mi of a memory of 1Gi, since a server that is full would be ended when it copies itself or a replica: 64Mi of replication backlog, 67Mi of clients' buffers, 309Mi for replicas that copy and th",
  },
  {
    topology: 'maxmemory: 10Mi',
    by: 'rules',
    says: "1:12: 'maxmemory' must be 143Mi to 862Mi of a memory of 1Gi, since backlog and clients' buffers would leave nothing for data, got 10Mi (10Mi): leave it out for 65%",
  },
  {
    topology: 'maxmemory: 0',
    by: 'words',
    says: "1:12: 'maxmemory' must be a share or a size such as 70% or 700Mi: without a limit the kernel would end a full server",
  },
  {
    topology: 'maxmemory: most',
    by: 'words',
    says: "1:12: 'maxmemory' must be a share such as 70% or a size such as 700Mi, got 'most'",
  },
  {
    topology: 'maxmemory: 2Gi',
    by: 'rules',
    says: "1:12: 'maxmemory' must be 143Mi to 862Mi of a memory of 1Gi, since a server that is full would be ended when it copies itself or a replica: 64Mi of replication backlog, 67Mi of clients' buffers, 309Mi for replicas that copy and th",
  },
  {
    topology: 'redisConfig: { maxmemory: 1gb }',
    by: 'rules',
    says: "1:27: 'redisConfig' must not hold 'maxmemory', which is not free here: say it as the prop 'maxmemory', which is checked against the memory",
  },
  {
    topology: 'redisConfig: { requirepass: x }',
    by: 'rules',
    says: "1:29: 'redisConfig' must not hold 'requirepass', which is not free here: the agent renders it from the Secret: say 'auth'",
  },
  {
    topology: 'redisConfig: { save: "900 1" }',
    by: 'rules',
    says: "1:22: 'redisConfig' must not hold 'save', which is not free here: say it as 'persistence: { snapshots: { save } }'",
  },
  {
    topology: 'redisConfig: { appendonly: "no" }',
    by: 'rules',
    says: "1:28: 'redisConfig' must not hold 'appendonly', which is not free here: say it as 'persistence: { appendOnly: {} }', or 'persistence: none'",
  },
  {
    topology: 'redisConfig: { databases: 1 }',
    by: 'rules',
    says: "1:27: 'redisConfig' must not hold 'databases', which is not free here: 16 are there for you, as Redis has them, and a 17th for the agent's mark: leave it out",
  },
  {
    topology: 'redisConfig: { replica-priority: 1 }',
    by: 'rules',
    says: "1:34: 'redisConfig' must not hold 'replica-priority', which is not free here: the agent changes it, so that a replica without data is not promoted",
  },
  {
    topology: 'redisConfig: { Hz: 10 }',
    by: 'rules',
    says: "1:20: 'redisConfig' must name directives as redis.conf has them, in lower case, got 'Hz': write it as Redis does",
  },
  {
    topology: 'redisConfig: { hz: { a: 1 } }',
    by: 'words',
    says: "1:20: 'redisConfig.hz' must be a value as it stands in redis.conf, or a list of them, got words (a)",
  },
  {
    topology: `redisConfig: { rename-command: ['CONFIG ""'] }`,
    by: 'rules',
    says: `1:32: 'redisConfig.rename-command' must not take away CONFIG, which the agent or the verification sends, got 'CONFIG ""': leave that command as it is`,
  },
  {
    topology: 'redisConfig: [a]',
    by: 'words',
    says: "1:14: 'redisConfig' must be directives with values such as { notify-keyspace-events: Ex, slowlog-max-len: 512 }, got a list",
  },
  {
    topology: 'modules: [rejson]',
    by: 'words',
    says: "1:11: 'modules.0' must be redisbloom, redisearch, redisjson or redistimeseries, got 'rejson'; did you mean redisjson?",
  },
  {
    topology: 'modules: redisjson',
    by: 'words',
    says: "1:10: 'modules' must be a list such as [redisjson, redisearch], got 'redisjson'",
  },
  {
    topology: `engine: valkey\nmodules: [redisjson]`,
    by: 'rules',
    says: "2:10: 'modules' must be left out with valkey 9.1.2, since only the images of Redis 8.0 and newer hold them, got redisjson for docker.io/valkey/valkey:9.1.2: choose such an engine, or load your own with 'podTemplate'",
  },
  {
    topology: `engine: { redis: "7.4" }\nmodules: [redisjson]`,
    by: 'rules',
    says: "2:10: 'modules' must be left out with redis 7.4, since only the images of Redis 8.0 and newer hold them, got redisjson for docker.io/library/redis:7.4: choose such an engine, or load your own with 'podTemplate'",
  },
  {
    topology: 'persistence: { snapshots: { save: ["900"] } }',
    by: 'rules',
    says: `1:36: 'save' must be seconds and a number of changes within them, each at least 1, got '900': write it as "900 1"`,
  },
  {
    topology: 'persistence: { snapshots: { save: [] } }',
    by: 'rules',
    says: "1:35: 'save' must say when a snapshot is taken, since a topology of snapshots without any keeps nothing, got none: leave it out for Redis' own, or drop 'snapshots'",
  },
  {
    topology: 'persistence: { snapshots: { save: 900 1 } }',
    by: 'words',
    says: `1:35: 'persistence.snapshots.save' must be a list such as ["900 1"], got '900 1'`,
  },
  {
    topology: 'persistence: { appendOnly: { size: 8Gi }, claim: { size: 9Gi } }',
    by: 'rules',
    says: "1:58: 'persistence.claim.size' must not be given beside 'appendOnly.size', as there is one volume, got both: keep one of them",
  },
  {
    topology: 'persistence: { retention: { whenDeleted: Keep } }',
    by: 'words',
    says: "1:42: 'persistence.retention.whenDeleted' must be Retain or Delete, got 'Keep'",
  },
  {
    topology: 'persistence: { claim: { labels: { a: b c } } }',
    by: 'rules',
    says: "1:38: 'persistence.claim.labels' must have values of at most 63 letters, digits, hyphens, dots and underscores, got 'b c': shorten it, or make it an annotation",
  },
  {
    topology: `profile: strict\npersistence: { snapshots: {} }`,
    by: 'rules',
    says: "2:14: 'persistence' must have an append-only file in the strict profile, since what came after the last snapshot would be lost, got snapshots alone: add 'appendOnly: {}', or choose the default profile",
  },
  {
    topology: 'pod: { tolerations: [{ operator: Equal }] }',
    by: 'rules',
    says: "1:22: 'tolerations' must have a 'key', or the operator Exists for all of them, as Kubernetes demands, got 'Equal': give 'operator: Exists'",
  },
  {
    topology: 'pod: { tolerations: [{ key: a, operator: Exists, value: b }] }',
    by: 'rules',
    says: "1:22: 'tolerations' must have no 'value' with the operator Exists, as Kubernetes demands, got 'b': drop it, or give 'operator: Equal'",
  },
  {
    topology: 'pod: { tolerations: { key: a } }',
    by: 'words',
    says: "1:21: 'pod.tolerations' must be a list such as [{ key: dedicated, operator: Exists }], got words (key)",
  },
  {
    topology: 'pod: { nodeSelector: { disk: 1 } }',
    by: 'words',
    says: "1:30: 'pod.nodeSelector.disk' must be text; put it in quotes, '1'",
  },
  {
    topology: 'pod: { imagePullSecrets: [My Secret] }',
    by: 'rules',
    says: "1:27: 'imagePullSecrets' must be a name as Kubernetes has them: lower-case letters, digits, hyphens and dots, got 'My Secret': write it as kubectl shows it",
  },
  {
    topology: 'pod: { securityContext: { runAsUser: 0 } }',
    by: 'rules',
    says: "1:38: 'runAsUser' must be a whole number from 1, as no pod may run as root, got '0': leave it out for the image's own user",
  },
  {
    topology: 'pod: { securityContext: off }',
    by: 'words',
    says: "1:25: 'pod.securityContext' must be none or { runAsUser: … }, got 'off'",
  },
  {
    topology: 'pod: { terminationGracePeriod: 10s }',
    by: 'rules',
    says: "1:32: 'terminationGracePeriod' must be whole seconds from 45 to 3600 s, since a server needs up to 35 s for its replicas and the disk after it handed over, got 10 s: leave it out for 60s",
  },
  {
    topology: 'pod: { labels: { app.kubernetes.io/name: x } }',
    by: 'rules',
    says: "1:42: 'pod.labels' must not hold a label that the selectors are made of, got 'app.kubernetes.io/name': choose another key",
  },
  {
    topology: 'pod: { affinity: { nodeAffinity: { required: {} } } }',
    by: 'rules',
    says: "1:46: 'nodeAffinity' must hold requiredDuringSchedulingIgnoredDuringExecution or preferredDuringSchedulingIgnoredDuringExecution, as Kubernetes has it, got 'required': write it as in a pod",
  },
  {
    topology: 'pod: { schedulerName: My Scheduler }',
    by: 'rules',
    says: "1:23: 'schedulerName' must be a name as Kubernetes has them",
  },
  {
    topology: 'pod: { serviceAccountName: A_B }',
    by: 'rules',
    says: "1:28: 'serviceAccountName' must be a name as Kubernetes has them: lower-case letters, digits, hyphens and dots, got 'A_B': write it as kubectl shows it",
  },
  {
    topology: 'pod: { sidecars: [] }',
    by: 'words',
    says: "1:8: 'pod.sidecars' is unknown here: it is not offered; 'podTemplate' of the TypeScript API can add it",
  },
  {
    topology: 'spread: { nodes: never }',
    by: 'words',
    says: "1:18: 'spread.nodes' must be required or preferred, got 'never'",
  },
  {
    topology: 'spread: hard',
    by: 'words',
    says: "1:9: 'spread' must be required, preferred or { nodes: … }, got 'hard'",
  },
  {
    topology: 'network: { dns: public }',
    by: 'words',
    says: "1:17: 'network.dns' must be any or cluster, got 'public'",
  },
  {
    topology: 'network: { dns: [{}] }',
    by: 'rules',
    says: "1:18: 'dns' must hold peers of a NetworkPolicy with podSelector, namespaceSelector, ipBlock, got an empty one: write it as { namespaceSelector: { matchLabels: { team: shop } } }",
  },
  {
    topology: 'network: { from: [{ cidr: 10.0.0.0/8 }] }',
    by: 'rules',
    says: "1:19: 'from' must hold peers of a NetworkPolicy with podSelector, namespaceSelector, ipBlock, got cidr: write it as { namespaceSelector: { matchLabels: { team: shop } } }",
  },
  {
    topology: 'network: { from: 10.0.0.0/8 }',
    by: 'words',
    says: "1:18: 'network.from' must be a list such as [{ namespaceSelector: { matchLabels: { team: shop } } }], got '10.0.0.0/8'",
  },
  {
    topology: 'network: { metrics: {} }',
    by: 'rules',
    says: "1:21: 'metrics' must name who may read them, as it would else let in nobody: give the namespace of Prometheus, metrics: { namespaces: [monitoring] }, or leave it out",
  },
  {
    topology: 'network: { metrics: { from: [{ namespace: monitoring }] } }',
    by: 'rules',
    says: "1:30: 'from' must hold peers of a NetworkPolicy with podSelector, namespaceSelector, ipBlock, got namespace: write it as",
  },
  {
    topology: 'network: { metrics: { namespaces: [Monitoring] } }',
    by: 'rules',
    says: "1:36: 'namespaces' must be names of namespaces, and a pattern is none, got 'Monitoring': name each namespace",
  },
  {
    topology: 'metrics: true',
    by: 'words',
    says: "1:10: 'metrics' must hold further words, such as metrics: { exporter: true }, got true",
  },
  {
    topology: 'metrics: { enabled: true }',
    by: 'words',
    says: "1:12: 'metrics.enabled' is unknown here: the agents always have metrics; here it is 'metrics: { exporter: true }' for redis_exporter",
  },
  {
    topology: 'metrics: { serviceMonitor: { enabled: true } }',
    by: 'words',
    says: "1:12: 'metrics.serviceMonitor' is unknown here: here it is 'metrics: { monitor: { kind: ServiceMonitor } }'",
  },
  {
    topology: 'metrics: { prometheusRule: { enabled: true } }',
    by: 'words',
    says: "1:12: 'metrics.prometheusRule' is unknown here: here it is 'metrics: { rules: true }'; rules of your own go into a manifest of their own",
  },
  {
    topology: 'metrics: { exporter: redis_exporter }',
    by: 'words',
    says: "1:22: 'metrics.exporter' must be true, false or { sentinels: … }, got 'redis_exporter'",
  },
  {
    topology: 'metrics: { exporter: { image: x/y } }',
    by: 'words',
    says: "1:24: 'metrics.exporter.image' is unknown here: here it is 'images: { exporter: … }'",
  },
  {
    topology: 'metrics: { exporter: { resources: {} } }',
    by: 'words',
    says: "1:24: 'metrics.exporter.resources' is unknown here: here it is 'resources: { exporter: … }'",
  },
  {
    topology: 'metrics: { monitor: true }',
    by: 'words',
    says: "1:21: 'metrics.monitor' must hold further words, such as monitor: { kind: PodMonitor }, got true",
  },
  {
    topology: 'metrics: { monitor: { kind: podmonitor } }',
    by: 'words',
    says: "1:29: 'metrics.monitor.kind' must be PodMonitor or ServiceMonitor, got 'podmonitor'; did you mean PodMonitor?",
  },
  {
    topology: 'metrics: { monitor: { interval: 30 } }',
    by: 'words',
    says: "1:33: 'metrics.monitor.interval' must have a unit, such as 30s, got the bare number 30",
  },
  {
    topology: 'metrics: { monitor: { interval: 10m } }',
    by: 'rules',
    says: "1:33: 'interval' must be whole seconds from 1 to 120 s, as Prometheus takes what it has not read for 5 minutes to be gone, and a scrape may fail, got 600 s: write 30s",
  },
  {
    topology: 'metrics: { monitor: { interval: 1500ms } }',
    by: 'rules',
    says: "1:33: 'interval' must be whole seconds from 1 to 120 s",
  },
  {
    topology: 'metrics: { monitor: { labels: { release: "kube prometheus" } } }',
    by: 'rules',
    says: "1:42: 'metrics.monitor.labels' must have values of at most 63 letters, digits, hyphens, dots and underscores, got 'kube prometheus'",
  },
  {
    topology: 'resources: { exporter: { memory: 16Mi } }',
    by: 'rules',
    says: "1:34: 'resources.exporter.memory' must be at least 32Mi, since the exporter takes up to 25 MiB, and a pod whose exporter is ended at the limit is not ready, got 16Mi: give 32Mi or more",
  },
  {
    topology: 'images: { exporter: "redis exporter" }',
    by: 'rules',
    says: "1:21: 'images.exporter' must be an image as it is pulled, got 'redis exporter': write it as registry.example.com/name:tag",
  },
  {
    topology: 'network: { clients: any, from: [{ podSelector: {} }] }',
    by: 'rules',
    says: "1:32: 'from' must be left out where everybody may connect, since it would change nothing: drop it, or name the clients",
  },
  {
    topology: 'access: { master: yes please }',
    by: 'words',
    says: "1:19: 'access.master' must be true, false or { type: … }, got 'yes please'",
  },
  {
    topology: 'access: { master: { type: Nodeport } }',
    by: 'words',
    says: "1:27: 'access.master.type' must be ClusterIP, NodePort or LoadBalancer, got 'Nodeport'; did you mean NodePort?",
  },
  {
    topology: 'access: { sentinel: { replicas: 3 } }',
    by: 'words',
    says: "1:23: 'access.sentinel.replicas' is unknown here: here it is 'sentinels: { separate: { count: 3 } }'",
  },
  {
    topology: 'access: { sentinel: true }',
    by: 'words',
    says: "1:21: 'access.sentinel' must hold further words, such as sentinel: { type: LoadBalancer }, got true",
  },
  {
    topology: 'access: { primary: true }',
    by: 'words',
    says: "1:11: 'access.primary' is unknown here: here it is 'access: { master: true }'",
  },
  {
    topology: 'access: { master: { type: NodePort, externalTrafficPolicy: Local } }',
    by: 'words',
    says: "1:37: 'access.master.externalTrafficPolicy' is unknown here: it is not offered; an annotation may say it",
  },
  {
    topology: 'access: { master: { nodePort: 30001 } }',
    by: 'rules',
    says: "1:31: 'access.master.nodePort' must not be given for a Service of type ClusterIP, which has no port on the nodes, got '30001': give 'type: NodePort', or drop it",
  },
  {
    topology: 'access: { sentinel: { type: NodePort, nodePort: 26379 } }',
    by: 'rules',
    says: "1:49: 'access.sentinel.nodePort' must be from 30000 to 32767, the ports that Kubernetes has for it, got '26379': give such a one, or leave it out",
  },
  {
    topology: 'access: { read: { type: NodePort, loadBalancerClass: tailscale } }',
    by: 'rules',
    says: "1:54: 'access.read.loadBalancerClass' must not be given for a Service of type NodePort, which has no load balancer, got 'tailscale': give 'type: LoadBalancer', or drop it",
  },
  {
    topology: 'access: { master: { loadBalancerSourceRanges: [10.0.0.0/8] } }',
    by: 'rules',
    says: "1:47: 'access.master.loadBalancerSourceRanges' must not be given for a Service of type ClusterIP, which has no load balancer",
  },
  {
    topology: 'access: { master: { type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.1] } }',
    by: 'rules',
    says: "1:68: 'access.master.loadBalancerSourceRanges' must be ranges of addresses, got '10.0.0.1': write one as 10.0.0.0/8, a single address as 10.0.0.1/32",
  },
  {
    topology: 'access: { master: { type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/33] } }',
    by: 'rules',
    says: "1:68: 'access.master.loadBalancerSourceRanges' must be ranges of addresses, got '10.0.0.0/33'",
  },
  {
    topology: 'access: { master: { type: LoadBalancer, loadBalancerClass: "AWS NLB" } }',
    by: 'rules',
    says: "1:60: 'access.master.loadBalancerClass' must be a name with an optional prefix, as a label's, got 'AWS NLB': write it as in service.k8s.aws/nlb",
  },
  {
    topology: 'access: { master: { replicas: 0 } }',
    by: 'rules',
    says: "1:31: 'access.master.replicas' must be a whole number from 1 to 20, since each proxy asks every agent all the time, got '0': leave it out for 2: one serves while the other is moved",
  },
  {
    topology: 'access: { master: { replicas: 2 }, read: { replicas: 3 } }',
    by: 'rules',
    says: "1:54: 'access.read.replicas' must not be another number than 'access.master.replicas', as the same proxies serve both, got '3 and 2': keep one of them",
  },
  {
    topology: 'access: { master: { type: NodePort, nodePort: 30001 }, read: { type: NodePort, nodePort: 30001 } }',
    by: 'rules',
    says: "1:90: 'access.read.nodePort' must not be that of 'access.master', as a node has each port once, got '30001': give another, or leave it out",
  },
  {
    topology: 'access: { sentinel: { annotations: { "a b": c } } }',
    by: 'rules',
    says: "1:45: 'access.sentinel.annotations' must",
  },
  {
    topology: 'images: { haproxy: "HAProxy:3" }',
    by: 'rules',
    says: "1:20: 'images.haproxy' must be an image as it is pulled, got 'HAProxy:3'",
  },
  {
    topology: 'resources: { proxy: { memory: 32Mi } }',
    by: 'rules',
    says: "1:31: 'resources.proxy.memory' must be at least 64Mi, since HAProxy itself takes up to 32 MiB and each client up to 40 KiB, which leaves 0 clients, got 32Mi: give 64Mi or more",
  },
  {
    topology: 'network: closed',
    by: 'words',
    says: "1:10: 'network' must be open, none or { clients: … }, got 'closed'",
  },
  {
    topology: 'labels: { <<: *none }',
    by: 'yaml',
    says: '1:15: *none stands for nothing; no value above is marked with &none',
  },
  { topology: '<<: 3', by: 'yaml', says: "1:1: '<<' takes words from where its alias was marked, and there are none" },
];
