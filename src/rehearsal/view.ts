import { ask, type Reply } from './resp.js';

/** Where the servers and Sentinels of a rehearsal are, by the names of their pods. */
export interface Sites {
  readonly masterName: string;
  readonly password?: string;
  readonly redisPort: number;
  readonly sentinelPort: number;
  readonly servers: readonly string[];
  readonly sentinels: readonly string[];
  addressOf(pod: string): string;
  /** What that pod's mounted Secret says now: while it is being changed, not the same in all pods. */
  passwordOf(pod: string): string | undefined;
  ready(pod: string): Promise<boolean>;
}

export type Role = 'master' | 'replica' | 'down';

/** What one Sentinel believes. */
export interface SentinelView {
  /** The pod it names as master; the bare address where no pod has it; `undefined` when it does not answer. */
  readonly master?: string;
  /** `flags` of the master: `master`, or `s_down,o_down,master` and the like. */
  readonly flags: string;
  readonly configEpoch: number;
  /** How many other Sentinels it knows. */
  readonly otherSentinels: number;
  readonly replicas: number;
  readonly quorum: number;
}

const NO_ANSWER: SentinelView = { flags: 'no answer', configEpoch: -1, otherSentinels: -1, replicas: -1, quorum: -1 };

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
    if (!Array.isArray(reply)) return 'down';
    return reply[0] === 'master' ? 'master' : 'replica';
  }

  /** A section of INFO as names and values. */
  async info(pod: string, section = 'everything'): Promise<Record<string, string>> {
    const lines = String(await this.redis(pod, 'INFO', section)).split('\r\n');
    const pairs = lines.filter((line) => line.includes(':') && !line.startsWith('#'));
    return Object.fromEntries(
      pairs.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
    );
  }

  async sentinelView(pod: string): Promise<SentinelView> {
    const reply = await this.sentinel(pod, 'SENTINEL', 'MASTER', this.sites.masterName).catch(() => undefined);
    if (!Array.isArray(reply)) return NO_ANSWER;
    const fields = toMap(reply);
    const named = fields.ip ?? '';
    return {
      master: this.sites.servers.find((server) => this.sites.addressOf(server) === named) ?? named,
      flags: fields.flags ?? '',
      configEpoch: Number(fields['config-epoch']),
      otherSentinels: Number(fields['num-other-sentinels']),
      replicas: Number(fields['num-slaves']),
      quorum: Number(fields.quorum),
    };
  }

  /** What a Sentinel knows of the master's replicas, in Sentinel's own words (`SENTINEL REPLICAS`). */
  async replicasSeenBy(pod: string): Promise<Record<string, string>[]> {
    const reply = await this.sentinel(pod, 'SENTINEL', 'REPLICAS', this.sites.masterName);
    return Array.isArray(reply) ? reply.map((replica) => toMap(Array.isArray(replica) ? replica : [])) : [];
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
   * promote each replica, so that the master may be lost now. (The keepers allow it, and Sentinels learn of it, a second
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
    // Last, as the probes are programs: started twenty times a second they would slow down what is watched.
    const pods = [...new Set([...servers, ...sentinels])];
    const ready = await Promise.all(pods.map((pod) => this.sites.ready(pod)));
    return pods.filter((_, index) => !ready[index]).map((pod) => `${pod} is not ready`);
  }

  private async sentinelFault(pod: string, master: string): Promise<string[]> {
    const { servers, sentinels } = this.sites;
    const view = await this.sentinelView(pod);
    const wrong = view.otherSentinels !== sentinels.length - 1 || view.replicas !== servers.length - 1;
    if (view.master !== master || view.flags !== 'master' || wrong) {
      const named = `${view.master ?? 'nobody'} (${view.flags})`;
      const known = `${view.otherSentinels} other Sentinels and ${view.replicas} replicas`;
      return [`the Sentinel of ${pod} names ${named}, and knows ${known}`];
    }
    const replicas = await this.replicasSeenBy(pod);
    const unfit = replicas.filter((r) => r.flags !== 'slave' || r['slave-priority'] === '0');
    return unfit.map(
      (r) => `the Sentinel of ${pod} would not promote ${r.ip}: ${r.flags}, priority ${r['slave-priority']}`,
    );
  }

  private async replicaFault(pod: string, master: string): Promise<string[]> {
    const info = await this.info(pod, 'replication').catch(() => ({}) as Record<string, string>);
    if (info.master_host === this.sites.addressOf(master) && info.master_link_status === 'up') return [];
    return [
      `${pod} is no linked replica of ${master}: link ${info.master_link_status ?? 'unknown'}, of ${info.master_host}`,
    ];
  }

  private ask(pod: string, port: number, command: string[]): Promise<Reply> {
    return ask({ host: this.sites.addressOf(pod), port, password: this.sites.passwordOf(pod) }, ...command);
  }
}

function toMap(flat: Reply[]): Record<string, string> {
  const pairs = flat.flatMap((_, index) => (index % 2 === 0 ? [[String(flat[index]), String(flat[index + 1])]] : []));
  return Object.fromEntries(pairs);
}
