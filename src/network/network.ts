export interface ClientNetworkProps {
  /**
   * Further namespaces, by name, whose pods with the client label may connect.
   * @default - the topology's own namespace only
   */
  readonly namespaces?: readonly string[];
}

/** Who may reach the pods, said with a NetworkPolicy. It holds where the cluster's network enforces policies. */
export class Network {
  /** Pods that carry the client label (`bind()` sets it), in the topology's namespace and the ones named. */
  static clients(props: ClientNetworkProps = {}): Network {
    return new Network('clients', props.namespaces ?? []);
  }

  /** Everybody may connect; what the pods themselves may reach stays closed. */
  static open(): Network {
    return new Network('open', []);
  }

  /** No NetworkPolicy at all, as where another team writes them. */
  static none(): Network {
    return new Network('none', []);
  }

  private constructor(
    readonly mode: 'clients' | 'open' | 'none',
    readonly namespaces: readonly string[],
  ) {}
}
