import type { NetworkPeer } from '../kube/objects.js';

/**
 * Which DNS servers the pods may ask: `any` whatever answers at the ports of DNS, `cluster` the pods of kube-dns alone, or
 * these peers. A cluster's resolver may be a node's own cache, or stand in another namespace than kube-system.
 */
export type Dns = 'any' | 'cluster' | readonly NetworkPeer[];

/** Who may read metrics. */
export interface MetricsNetworkProps {
  /** Namespaces, by name, all of whose pods may read the metrics. @default - none */
  readonly namespaces?: readonly string[];
  /** Who may read them besides, as Kubernetes' peers: some pods of a namespace, say. @default - nobody */
  readonly from?: readonly NetworkPeer[];
}

/** What an open network limits all the same. */
export interface OpenNetworkProps {
  /** Who may read the metrics of agents and exporters. @default - nobody but the topology's own pods */
  readonly metrics?: MetricsNetworkProps;
  /**
   * Where names may be looked up.
   * @default any
   */
  readonly dns?: Dns;
}

/** Who may connect beside pods with the client label, and which names are looked up where. */
export interface ClientNetworkProps extends OpenNetworkProps {
  /**
   * Further namespaces, by name, whose pods with the client label may connect.
   * @default - the topology's own namespace only
   */
  readonly namespaces?: readonly string[];
  /**
   * Who may connect without the client label, as Kubernetes' peers.
   * @default - nobody
   * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
   */
  readonly from?: readonly NetworkPeer[];
}

/** Who may reach the pods, said with a NetworkPolicy. It holds where the cluster's network enforces policies. */
export class Network {
  /** Pods that carry the client label (`bind()` sets it), in the topology's namespace and the ones named. */
  static clients(props: ClientNetworkProps = {}): Network {
    return new Network('clients', props);
  }

  /** Everybody may connect; what the pods themselves may reach stays closed. */
  static open(props: OpenNetworkProps = {}): Network {
    return new Network('open', props);
  }

  /** No NetworkPolicy at all, as where another team writes them. */
  static none(): Network {
    return new Network('none', {});
  }

  /** Namespaces whose pods with the client label may connect, beside the topology's own. */
  readonly namespaces: readonly string[];
  /** Others that may connect. */
  readonly from: readonly NetworkPeer[];
  /** Who may read metrics. Absent: nobody but the topology's own pods. */
  readonly metrics?: MetricsNetworkProps;
  /** Where names may be looked up. */
  readonly dns: Dns;

  private constructor(
    readonly mode: 'clients' | 'open' | 'none',
    { namespaces = [], from = [], metrics, dns = 'any' }: ClientNetworkProps,
  ) {
    this.namespaces = namespaces;
    this.from = from;
    this.metrics = metrics;
    this.dns = dns;
  }

  /** Whether only pods that are named in one way or another may connect. */
  get isClosed(): boolean {
    return this.mode === 'clients' && !this.from.some(({ ipBlock }) => ipBlock?.cidr.endsWith('/0'));
  }
}
