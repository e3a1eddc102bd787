import { ask } from '../client/connection.js';
import type { Endpoint, TlsOptions } from '../client/endpoint.js';
import type { Whereabouts } from '../client/find-master.js';
import { parseInfo } from '../client/info.js';
import { describe, isList, type Reply } from '../client/outcome.js';
import { type ReplicaPeer, replicaPeers, type SentinelView, viewOf } from '../client/sentinel.js';

/** Where the servers and Sentinels of a rehearsal are, by the names of their pods. */
export interface Sites {
  readonly masterName: string;
  /** Whom to log in as. @default - the default user */
  readonly user?: string;
  /** Of the servers. */
  readonly password?: string;
  /** Of the Sentinels: the same, unless they have another or none. */
  readonly sentinelPassword?: string;
  /** Absent: there is no TLS, or no pod has been started yet. */
  readonly tls?: Pick<TlsOptions, 'ca' | 'cert' | 'key'>;
  /** The same for what this pod's own agent would speak with. Absent: plain text. */
  tlsOf(pod: string): Sites['tls'];
  /** The pod that has this address, or name. */
  podAt(host: string): string | undefined;
  readonly redisPort: number;
  readonly sentinelPort: number;
  /** Of each pod's agent (HTTP). */
  readonly agentPort: number;
  readonly servers: readonly string[];
  readonly sentinels: readonly string[];
  addressOf(pod: string): string;
  /** Whom to log in as in that pod. */
  userOf(pod: string): string | undefined;
  /** What that pod's mounted Secret says now: while it is being changed, not the same in all pods. */
  passwordOf(pod: string, part: 'server' | 'sentinel'): string | undefined;
  ready(pod: string): Promise<boolean>;
}

export type Role = 'master' | 'replica' | 'down';

/** What one Sentinel believes; nothing where it does not answer. */
export interface Belief {
  /** The pod it names as master; the bare address where no pod has it. */
  readonly master?: string;
  /** -1 where it does not answer. */
  readonly configEpoch: number;
  readonly view?: SentinelView;
}

/** What clients log in with. @default - what the Secret says */
export interface ClientLogin {
  readonly user?: string;
  readonly password?: string;
  /** @default - with it, where there is TLS */
  readonly tls?: boolean;
}

/** How the clients of a rehearsal find its master. */
export function whereaboutsOf(sites: Sites, connectTimeoutMs: number, login: ClientLogin = {}): Whereabouts {
  const { user = sites.user, password, tls = true } = login;
  const { masterName, sentinels, sentinelPort } = sites;
  const to = (host: string, port: number): Endpoint => {
    const said = port === sentinelPort ? sites.sentinelPassword : sites.password;
    return { host, port, user, password: password ?? said, tls: tls ? sites.tls : undefined, connectTimeoutMs };
  };
  return {
    masterName,
    sentinels: () => sentinels.map((pod) => to(sites.addressOf(pod), sentinelPort)),
    server: to,
  };
}

/** What can be seen of a running topology from outside, as an operator with `redis-cli` would see it. */
export class View {
  constructor(private readonly sites: Sites) {}

  /** One command to a pod's Redis server. */
  redis(pod: string, ...command: string[]): Promise<Reply> {
    return this.ask(pod, this.sites.redisPort, command);
  }

  /** One command to a pod's Sentinel. */
  sentinel(pod: string, ...command: string[]): Promise<Reply> {
    return this.ask(pod, this.sites.sentinelPort, command);
  }

  /** What the server says it is; `down` when it does not answer within a second. */
  async role(pod: string): Promise<Role> {
    const reply = await this.redis(pod, 'ROLE').catch(() => undefined);
    if (reply === undefined || !isList(reply)) return 'down';
    return reply[0] === 'master' ? 'master' : 'replica';
  }

  /** A section of INFO as names and values. */
  async info(pod: string, section = 'everything'): Promise<Record<string, string>> {
    return Object.fromEntries(parseInfo(String(await this.redis(pod, 'INFO', section))));
  }

  async sentinelView(pod: string): Promise<Belief> {
    const reply = await this.sentinel(pod, 'SENTINEL', 'MASTER', this.sites.masterName).catch(() => undefined);
    if (reply === undefined) return { configEpoch: -1 };
    const view = viewOf(reply);
    const { host } = view.master;
    const master = this.sites.podAt(host) ?? host;
    return { master, configEpoch: view.configEpoch, view };
  }

  /** What a Sentinel knows of the master's replicas (`SENTINEL REPLICAS`). */
  async replicasSeenBy(pod: string): Promise<ReplicaPeer[]> {
    return replicaPeers(await this.sentinel(pod, 'SENTINEL', 'REPLICAS', this.sites.masterName));
  }

  /** The one server that says it is master; `undefined` while there is none, or more than one. */
  async master(): Promise<string | undefined> {
    const { servers } = this.sites;
    const roles = await Promise.all(servers.map((pod) => this.role(pod)));
    const masters = servers.filter((_, index) => roles[index] === 'master');
    return masters.length === 1 ? masters[0] : undefined;
  }

  /**
   * What keeps the topology from being whole, one line per fault; none when it is: one master, on which all Sentinels
   * agree and which they hold to be up, every other server its linked replica, every pod ready; and each Sentinel would
   * promote each replica, so that the master may be lost now. (The agents allow it, and Sentinels learn of it, a second
   * or two after the link is up; a master that is lost before has no heir.)
   */
  async faults(): Promise<string[]> {
    const { servers, sentinels } = this.sites;
    const master = await this.master();
    if (!master) {
      const roles = await Promise.all(servers.map(async (pod) => `${pod} ${await this.role(pod)}`));
      return [`there is not exactly one master: ${roles.join(', ')}`];
    }
    const others = servers.filter((pod) => pod !== master);
    const found = await Promise.all([
      ...sentinels.map((pod) => this.sentinelFault(pod, master)),
      ...others.map((pod) => this.replicaFault(pod, master)),
    ]);
    if (found.flat().length > 0) return found.flat();
    const pods = [...new Set([...servers, ...sentinels])];
    const ready = await Promise.all(pods.map((pod) => this.sites.ready(pod)));
    return pods.filter((_, index) => !ready[index]).map((pod) => `${pod} is not ready`);
  }

  private async sentinelFault(pod: string, master: string): Promise<string[]> {
    const { servers, sentinels } = this.sites;
    const { master: named = 'nobody', view } = await this.sentinelView(pod);
    if (!view) return [`the Sentinel of ${pod} does not answer`];
    const flags = view.master.flags.join(',');
    const wrong = view.otherSentinelCount !== sentinels.length - 1 || view.replicaCount !== servers.length - 1;
    if (named !== master || flags !== 'master' || wrong) {
      const known = `${view.otherSentinelCount} other Sentinels and ${view.replicaCount} replicas`;
      return [`the Sentinel of ${pod} names ${named} (${flags}), and knows ${known}`];
    }
    const unfit = (await this.replicasSeenBy(pod)).filter(
      (one) => one.flags.join(',') !== 'slave' || one.priority === 0,
    );
    return unfit.map(
      (one) => `the Sentinel of ${pod} would not promote ${one.host}: ${one.flags.join(',')}, priority ${one.priority}`,
    );
  }

  private async replicaFault(pod: string, master: string): Promise<string[]> {
    const info = await this.info(pod, 'replication').catch(() => ({}) as Record<string, string>);
    if (this.sites.podAt(info.master_host ?? '') === master && info.master_link_status === 'up') return [];
    return [
      `${pod} is no linked replica of ${master}: link ${info.master_link_status ?? 'unknown'}, of ${info.master_host}`,
    ];
  }

  private async ask(pod: string, port: number, command: string[]): Promise<Reply> {
    const part = port === this.sites.sentinelPort ? 'sentinel' : 'server';
    const password = this.sites.passwordOf(pod, part);
    const tls = this.sites.tlsOf(pod);
    const outcome = await ask(
      { host: this.sites.addressOf(pod), port, user: this.sites.userOf(pod), password, tls },
      command,
    );
    if (outcome.kind === 'reply') return outcome.reply;
    throw new Error(`${command[0]} to ${pod}: ${describe(outcome)}`);
  }
}
