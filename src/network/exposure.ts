/**
 * Who is let in to a port: the topology's own servers and Sentinels, its proxies, its clients, who collects metrics, or
 * everybody where the network is open.
 */
export type Audience = 'members' | 'proxies' | 'clients' | 'metrics';

/** A port on which a part listens. */
export interface Listener {
  readonly port: number;
  readonly audience: readonly Audience[];
}

/**
 * Whom the pods of a part must reach: servers and Sentinels at every port (as another member) or at those that are there
 * for clients or for proxies, DNS, or the Kubernetes API.
 */
export type Reach = 'members' | 'as-client' | 'as-proxy' | 'dns' | 'api';
