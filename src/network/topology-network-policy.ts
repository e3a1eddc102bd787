import { Construct } from 'constructs';
import { COMPONENT, clientLabels, selector } from '../kube/labels.js';
import { Names } from '../kube/names.js';
import { addObject, type LabelSelector, metadata, type NetworkPeer, type PartProps } from '../kube/objects.js';
import { REDIS_PORT, SENTINEL_PORT } from '../kube/ports.js';
import type { Network } from './network.js';

export interface TopologyNetworkPolicyProps extends PartProps {
  readonly network: Network;
}

const SERVICES = [
  { protocol: 'TCP', port: REDIS_PORT },
  { protocol: 'TCP', port: SENTINEL_PORT },
] as const;

const DNS = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
] as const;

/**
 * Who may reach servers and Sentinels, and whom they may reach: each other and DNS.
 *
 * Its peers are pods although the pods speak to Services: a policy is applied after a Service's address has become a
 * pod's. The verification Job is a client as any other, so it also finds a policy that keeps clients out.
 */
export class TopologyNetworkPolicy extends Construct {
  constructor(scope: Construct, id: string, props: TopologyNetworkPolicyProps) {
    super(scope, id);
    const own = members(props.topology);
    const from = props.network.mode === 'open' ? undefined : [{ podSelector: own }, ...clients(props)];
    addObject(this, 'Resource', 'NetworkPolicy', metadata(props, new Names(props.topology).networkPolicy), {
      spec: {
        podSelector: own,
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from, ports: SERVICES }],
        egress: [
          { to: [{ podSelector: own }], ports: SERVICES },
          {
            to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
            ports: DNS,
          },
        ],
      },
    });
  }
}

/** The pods of servers and Sentinels; not those of Jobs, which nobody connects to. */
function members(topology: string): LabelSelector {
  return {
    matchLabels: selector(topology),
    matchExpressions: [{ key: COMPONENT, operator: 'In', values: ['server', 'sentinel'] }],
  };
}

function clients({ topology, network }: TopologyNetworkPolicyProps): NetworkPeer[] {
  const podSelector = { matchLabels: clientLabels(topology) };
  const here = { podSelector };
  if (network.namespaces.length === 0) return [here];
  const namespaceSelector: LabelSelector = {
    // Kubernetes itself sets this label, to the namespace's name.
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: network.namespaces }],
  };
  return [here, { namespaceSelector, podSelector }];
}
