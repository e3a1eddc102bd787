import type { Auth, NamedSecret } from '../auth/auth.js';
import { listedUsers, secretsOf } from '../auth/password.js';
import { clientLabels } from '../kube/labels.js';
import { Names } from '../kube/names.js';
import { isOther, type SecretKey } from '../kube/pod-set.js';
import { REDIS_PORT, SENTINEL_PORT } from '../kube/ports.js';
import { TLS_FILES } from '../kube/tls-volume.js';
import { tlsSecretOf } from '../tls/certificate.js';
import type { Tls, TlsClients } from '../tls/tls.js';

/** As much of a topology's settings as its clients are concerned with. */
export interface ClientSettings {
  /** Name of the topology. */
  readonly name: string;
  /** Where it is. */
  readonly namespace?: string;
  /** The cluster's DNS domain, with which full names end. */
  readonly clusterDomain: string;
  /** What a client asks a Sentinel for. */
  readonly masterName: string;
  /** How many servers there are. */
  readonly servers: number;
  /** How many Sentinels there are, wherever they run. */
  readonly sentinels: number;
  /** Whether the Sentinels run in pods of their own. */
  readonly hasSeparateSentinels: boolean;
  /** Replicas that must confirm a write which must not be lost: the number for `WAIT`. */
  readonly minReplicasToWrite: number;
  /** Where the password comes from. */
  readonly auth: Auth;
  /** @default - there is none */
  readonly tls?: Tls;
  /**
   * Which Services there are for clients that know no Sentinel.
   * @default - no Service leads to the master, and none to replicas
   */
  readonly access?: AccessPresence;
}

/** Which Services there are beside the Sentinels'; whatever is set counts as there. */
export interface AccessPresence {
  /** Leads to the master. @default - there is none */
  readonly master?: unknown;
  /** Leads to replicas. @default - there is none */
  readonly read?: unknown;
}

/** What an application must be told to reach a topology. None of it is secret. */
export interface ClientFacts {
  /** Name of the topology. */
  readonly topology: string;
  /**
   * Where it is.
   * @default - the one that the manifests are applied to
   */
  readonly namespace?: string;
  /** What a client asks a Sentinel for. */
  readonly masterName: string;
  /** `host:port` of each Sentinel: full names where the namespace is known, else such as resolve inside it. */
  readonly sentinels: readonly string[];
  /** One `host:port` for all Sentinels, for clients that take only one. */
  readonly sentinelService: string;
  /** `host:port` that leads to the master, for clients that know no Sentinel. @default - there is none */
  readonly master?: string;
  /** The same to replicas. @default - there is none */
  readonly read?: string;
  /** What an application's own NetworkPolicy must let it reach: of servers and of Sentinels. */
  readonly ports: readonly number[];
  /** Labels of the application's pods, for the topology's NetworkPolicy. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whom applications log in as on servers and Sentinels, each with its own Secret. @default - as the default user */
  readonly users?: readonly ClientUser[];
  /** Secret with the servers' password. @default - they want none, or there are users */
  readonly password?: NamedSecret;
  /** The same of the Sentinels, also where it is the servers'. @default - they want none, or there are users */
  readonly sentinelPassword?: NamedSecret;
  /** Absent: there is no TLS. */
  readonly tls?: ClientTls;
  /** Replicas to `WAIT` for after a write that is not to be lost; 0: the topology does not ask for it. */
  readonly waitReplicas: number;
}

/** What a client must know of the topology's TLS. */
export interface ClientTls {
  /** Where the authorities are by which it verifies names. */
  readonly ca: NamedSecret;
  /** Whether it must, or may, have a certificate of its own. */
  readonly clients: TlsClients;
}

/** One of the users that a topology has for applications. */
export interface ClientUser {
  readonly name: string;
  readonly password: NamedSecret;
}

/** All that a client of this topology must know. `Topology.resolve()` gives the settings. */
export function clientFacts(settings: ClientSettings): ClientFacts {
  const { name, masterName, hasSeparateSentinels, access } = settings;
  const names = new Names(name);
  const { servers, sentinels } = secretsOf(name, settings.auth);
  const users = listedUsers(name, settings.auth, false);
  const hasUsers = users.length > 0;
  const count = hasSeparateSentinels ? settings.sentinels : settings.servers;
  const pod = (ordinal: number) => (hasSeparateSentinels ? names.sentinel(ordinal) : names.server(ordinal));
  return {
    topology: name,
    namespace: settings.namespace,
    masterName,
    sentinels: Array.from({ length: count }, (_, ordinal) => address(pod(ordinal), SENTINEL_PORT, settings)),
    sentinelService: address(names.sentinels, SENTINEL_PORT, settings),
    master: access?.master ? address(names.master, REDIS_PORT, settings) : undefined,
    read: access?.read ? address(names.read, REDIS_PORT, settings) : undefined,
    ports: [REDIS_PORT, SENTINEL_PORT],
    labels: clientLabels(name),
    ...(hasUsers && { users: users.map((user) => ({ name: user.name, password: user.secret })) }),
    password: hasUsers ? undefined : keyOf(servers),
    sentinelPassword: hasUsers ? undefined : keyOf(sentinels),
    tls: settings.tls?.isSpoken ? tlsFacts(name, settings.tls) : undefined,
    waitReplicas: settings.minReplicasToWrite,
  };
}

function tlsFacts(topology: string, tls: Tls): ClientFacts['tls'] {
  const { name, keys } = tlsSecretOf(topology, tls);
  return { ca: { name, key: keys.ca }, clients: tls.clients };
}

/** With the Service's full name where the namespace is known, else with the one that resolves inside it. */
function address(service: string, port: number, { namespace, clusterDomain }: ClientSettings): string {
  const host = namespace === undefined ? service : `${service}.${namespace}.svc.${clusterDomain}`;
  return `${host}:${port}`;
}

function keyOf(secret: SecretKey | undefined): ClientFacts['password'] {
  return secret && { name: secret.name, key: secret.key };
}

/** Where an application has the file `password` of a topology's Secret. */
export function clientDirectory(topology: string): string {
  return `/etc/redis-sentinel/${topology}`;
}

/** A Secret's key that an application mounts: as a file in a directory, whose path is in a variable. */
export interface ClientSecret {
  readonly name: string;
  readonly key: string;
  readonly volume: string;
  readonly directory: string;
  readonly file: string;
  readonly variable: string;
  readonly holds: 'password' | 'ca';
}

/**
 * The user that an application gets; undefined where there are none.
 * @throws Error where it is not said which one
 */
export function userOf({ topology, users = [] }: ClientFacts, name: string | undefined): ClientUser | undefined {
  const [first] = users;
  const names = users.map((user) => user.name).join(', ');
  if (name === undefined && users.length <= 1) return first;
  const found = users.find((user) => user.name === name);
  if (found) return found;
  const what = name === undefined ? 'it is not said which one' : `got '${name}'`;
  const allowed = users.length === 0 ? 'there are none: leave it out' : `name one of ${names}`;
  throw new Error(`'user' must be one of the users of the topology '${topology}', ${what}: ${allowed}`);
}

/**
 * The environment variables that `bind()` sets, and the Secrets that it mounts.
 * @param user needed where there are several
 */
export function clientEnvironment(facts: ClientFacts, prefix = 'REDIS', user?: string) {
  const directory = clientDirectory(facts.topology);
  const { sentinelPassword, tls } = facts;
  const chosen = userOf(facts, user);
  const password = chosen?.password ?? facts.password;
  const secrets: ClientSecret[] = [];
  const add = (secret: ClientFacts['password'], suffix: string, variable: string, isCa = false) => {
    if (secret)
      secrets.push({
        ...secret,
        volume: `redis-sentinel-${facts.topology}${suffix}`,
        directory: `${directory}${suffix}`,
        file: isCa ? TLS_FILES.ca : 'password',
        holds: isCa ? 'ca' : 'password',
        variable,
      });
  };
  add(password, '', `${prefix}_PASSWORD_FILE`);
  const other = isOther({ servers: password, sentinels: sentinelPassword });
  if (other) add(sentinelPassword, '-sentinel', `${prefix}_SENTINEL_PASSWORD_FILE`);
  add(tls?.ca, '-tls', `${prefix}_CA_FILE`, true);
  const variables: Record<string, string> = {
    [`${prefix}_SENTINELS`]: facts.sentinels.join(','),
    [`${prefix}_MASTER_NAME`]: facts.masterName,
    ...(tls && { [`${prefix}_TLS`]: 'true' }),
    ...(chosen && { [`${prefix}_USERNAME`]: chosen.name }),
    ...Object.fromEntries(secrets.map(({ variable, directory, file }) => [variable, `${directory}/${file}`])),
  };
  return { variables, secrets };
}
