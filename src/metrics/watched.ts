/** What rules and dashboard must know of the topology that they watch. */
export interface Watched {
  readonly topology: string;
  /** Absent: it is not known in which namespace it will be, so all that have a topology of this name are meant. */
  readonly namespace?: string;
  readonly servers: number;
  readonly sentinels: number;
  /** Pods with an agent: those of the servers, and of separate Sentinels. */
  readonly pods: number;
  readonly minReplicasToWrite: number;
  /** Seconds. */
  readonly downAfter: number;
  /** Whether a master that is cut off pauses its writes. */
  readonly fence: boolean;
  /** Whether the servers have volumes of their own. */
  readonly hasVolumes: boolean;
  readonly appendOnly: boolean;
  readonly snapshots: boolean;
  /** Whether a full server makes room by itself. */
  readonly evicts: boolean;
  /** Of the replication backlog, bytes. */
  readonly backlog: number;
  /** Whether redis_exporter tells of the servers. */
  readonly exporter: boolean;
  /** Whether there is a certificate that ends some day. */
  readonly tls: boolean;
  /** Whether there are proxies that lead to the master. */
  readonly masterProxies: boolean;
  /** How often the metrics are read, in seconds. */
  readonly interval: number;
}

/** Of what no topology but this one is meant, in braces: `{topology="cache"}`. */
export function selectorOf({ topology, namespace }: Watched, further: Readonly<Record<string, string>> = {}): string {
  const labels = { ...(namespace !== undefined && { namespace }), topology, ...further };
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return `{${pairs.join(', ')}}`;
}

/** The metrics of one topology, by name. */
export class Series {
  constructor(
    private readonly watched: Watched,
    private readonly further: Readonly<Record<string, string>> = {},
  ) {}

  /** One of the agents'. */
  agent(name: string, labels: Readonly<Record<string, string>> = {}): string {
    return this.other(`redis_sentinel_agent_${name}`, labels);
  }

  /** One of redis_exporter's or of HAProxy's, by its whole name. */
  other(name: string, labels: Readonly<Record<string, string>> = {}): string {
    return `${name}${selectorOf(this.watched, { ...this.further, ...labels })}`;
  }
}
