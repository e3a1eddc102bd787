import type { EngineKind } from '../engine/engine.js';

/**
 * Directives of redis.conf that are not the user's to give: the agent renders or changes them, another prop says them, or
 * with another value the topology would not be what it is said to be. Each with the reason and the way round.
 */
const OWNED: Readonly<Record<string, string>> = {
  bind: 'the agent renders it, and the NetworkPolicy says who may connect',
  'bind-source-addr': 'the agent renders the addresses',
  port: 'peers, Services and policies know the port 6379',
  ...tlsDirectives(),
  unixsocket: 'the root file system of the containers cannot be written to',
  dir: 'the agent renders it: it knows where the volume is',
  dbfilename: 'the agent looks for the snapshot under its usual name',
  appenddirname: 'the agent looks for the files under their usual name',
  appendfilename: 'the agent looks for the files under their usual name',
  daemonize: 'the launcher waits for the server',
  supervised: 'the launcher waits for the server',
  pidfile: 'the launcher waits for the server',
  logfile: "the log is the container's",
  'syslog-enabled': "the log is the container's",
  include: 'there are no further files in the pod; give the directives here',
  'protected-mode': 'it would refuse all other pods where there is no password; the NetworkPolicy says who may connect',
  requirepass: "the agent renders it from the Secret: say 'auth'",
  masterauth: "the agent renders it from the Secret: say 'auth'",
  masteruser: "the agent renders it from the Secret: say 'auth'",
  user: 'the agent renders the default user, and further ones are not offered yet',
  aclfile: 'the agent renders the default user, and further ones are not offered yet',
  'acl-pubsub-default': 'the agent renders the default user',
  replicaof: 'which server is the master is what Sentinel and the agent decide',
  slaveof: 'which server is the master is what Sentinel and the agent decide',
  'replica-priority': 'the agent changes it, so that a replica without data is not promoted',
  'slave-priority': 'the agent changes it, so that a replica without data is not promoted',
  'replica-announced': 'Sentinel must see every replica',
  'replica-announce-ip': "the agent renders it: the address of the server's own Service",
  'replica-announce-port': "the agent renders it: the port of the server's own Service",
  'replica-read-only': 'what is written to a replica is lost without a trace',
  'replica-serve-stale-data': 'the agent asks replicas that are not linked',
  'replica-ignore-disk-write-errors': 'a replica that cannot write would be promoted',
  'cluster-enabled': 'Redis Cluster is another topology; this one is with Sentinel',
  'cluster-announce-hostname': "the agent writes there how far a candidate's data had come",
  databases: "16 are there for you, as Redis has them, and a 17th for the agent's mark: leave it out",
  maxmemory: "say it as the prop 'maxmemory', which is checked against the memory",
  'maxmemory-policy': "say it as the prop 'maxmemoryPolicy'",
  'maxmemory-clients': "it is a part of the memory budget: give more 'memory', or another 'maxmemory'",
  'client-output-buffer-limit': "it is a part of the memory budget: give more 'memory', or another 'maxmemory'",
  'repl-backlog-size': "it is a part of the memory budget: give more 'memory'",
  'replica-full-sync-buffer-limit': "it is a part of the memory budget: give more 'memory'",
  'repl-diskless-sync': 'a full copy goes to the replica at once, without a snapshot on the disk of the master',
  'repl-diskless-sync-delay': 'a server without a replica has no successor, so a copy does not wait',
  'repl-diskless-load': 'a replica that loads while it copies has nothing if the copy is broken off',
  'repl-rdb-channel': 'without it a full copy under load never ends',
  'dual-channel-replication-enabled':
    'without it a full copy under load never ends, and older versions are unsound with it',
  'repl-timeout': 'the agent reckons with 20 s',
  'repl-ping-replica-period': 'replicas must hear from their master often enough to count as linked',
  'min-replicas-to-write': "say it as 'writeSafety: { minReplicasToWrite }'",
  'min-slaves-to-write': "say it as 'writeSafety: { minReplicasToWrite }'",
  'min-replicas-max-lag': "say it as 'writeSafety: { maxLag }'",
  'min-slaves-max-lag': "say it as 'writeSafety: { maxLag }'",
  appendonly: "say it as 'persistence: { appendOnly: {} }', or 'persistence: none'",
  appendfsync: "say it as 'persistence: { appendOnly: { fsync } }'",
  'aof-load-truncated': 'what a crash cut off must not keep a server from starting',
  'aof-use-rdb-preamble': 'a file that begins with a snapshot loads several times faster',
  save: "say it as 'persistence: { snapshots: { save } }'",
  rdbcompression: 'the agent reads what the snapshot begins and ends with',
  rdbchecksum: 'the agent reads what the snapshot begins and ends with',
  'shutdown-timeout': "it is a part of the time that a pod has to stop: say 'pod: { terminationGracePeriod }'",
  'shutdown-on-sigterm': 'a stop of all must leave every write on the volume',
  loadmodule: "say it as 'modules'",
  'enable-debug-command': 'whoever has the password could crash the server',
  'enable-module-command': 'whoever has the password could run programs',
  'enable-protected-configs': 'whoever has the password could write files anywhere',
};

/** Those that say where the certificate is, and who must have one. Ciphers and sessions are the user's. */
function tlsDirectives(): Record<string, string> {
  const names = [
    ...['port', 'cert-file', 'key-file', 'key-file-pass', 'client-cert-file', 'client-key-file'],
    ...['client-key-file-pass', 'ca-cert-file', 'ca-cert-dir', 'auth-clients', 'replication', 'cluster', 'protocols'],
  ];
  return Object.fromEntries(names.map((name) => [`tls-${name}`, "the agent renders it: say 'tls'"]));
}

/** What the agent and the verification send: a server without them is deaf to them. */
const NEEDED_COMMANDS: ReadonlySet<string> = new Set([
  ...[
    'acl',
    'auth',
    'client',
    'config',
    'debug',
    'del',
    'exec',
    'failover',
    'get',
    'hello',
    'info',
    'latency',
    'multi',
  ],
  ...['ping', 'psync', 'publish', 'replconf', 'replicaof', 'role', 'select', 'set', 'shutdown', 'slaveof', 'subscribe'],
  ...['sync', 'time', 'ttl', 'wait', 'waitaof'],
]);

/** Why the directive is not the user's to give, and what to say instead; undefined where it is. */
export function whyOwned(directive: string): string | undefined {
  return Object.hasOwn(OWNED, directive) ? OWNED[directive] : undefined;
}

/** The command that a `rename-command` takes away although it is needed; undefined where it is not. */
export function neededCommand(renamed: string): string | undefined {
  const [command = ''] = renamed.trim().toLowerCase().split(/\s+/);
  return NEEDED_COMMANDS.has(command) ? command.toUpperCase() : undefined;
}

/** Redis 8's own, by the names that people know them by, and where the official image has them. */
export const MODULES = {
  redisbloom: 'redisbloom.so',
  redisearch: 'redisearch.so',
  redisjson: 'rejson.so',
  redistimeseries: 'redistimeseries.so',
} as const;

/** A module of Redis 8 that can be loaded. */
export type Module = keyof typeof MODULES;

const MODULE_DIR = '/usr/local/lib/redis/modules';

export function modulePath(module: Module): string {
  return `${MODULE_DIR}/${MODULES[module]}`;
}

/** The engine and version since which the image has them. */
export const MODULES_SINCE: { readonly engine: EngineKind; readonly version: string } = {
  engine: 'redis',
  version: '8.0',
};
