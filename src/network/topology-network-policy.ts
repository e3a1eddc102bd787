import { Construct } from 'constructs';
import { COMPONENT, type Component, clientLabels, selector } from '../kube/labels.js';
import {
  addObject,
  type LabelSelector,
  metadata,
  type NetworkPeer,
  type NetworkPolicySpec,
  type NetworkPort,
  type PartProps,
} from '../kube/objects.js';
import type { Audience, Listener, Reach } from './exposure.js';
import type { Dns, MetricsNetworkProps, Network } from './network.js';

export interface TopologyNetworkPolicyProps extends PartProps {
  readonly name: string;
  readonly network: Network;
  /** Whose pods it is about. */
  readonly components: readonly Component[];
  /** On what these pods listen. @default - on nothing: nobody is let in */
  readonly listens?: readonly Listener[];
  readonly reaches: readonly Reach[];
  /** On what servers and Sentinels listen. */
  readonly members: readonly Listener[];
  /** Whether the topology has proxies. @default false */
  readonly hasProxies?: boolean;
}

/** 5353 is where the pods of OpenShift's DNS listen: a policy is applied after a Service's port has become a pod's. */
const DNS: readonly NetworkPort[] = [53, 5353].flatMap((port) => [
  { protocol: 'UDP', port },
  { protocol: 'TCP', port },
]);

/** The API server: behind its Service, and in itself. */
const API: readonly NetworkPort[] = [443, 6443].map((port) => ({ protocol: 'TCP', port }));

/**
 * Who may reach the pods of a part, and whom they may reach, computed from what the parts listen on and need. The agents are
 * reached by each other, and they and the exporters by who collects metrics; the kubelet's probes come from the node, which no policy keeps out.
 *
 * Its peers are pods although the pods speak to Services: a policy is applied after a Service's address has become a
 * pod's. The verification Job is a client as any other, so it also finds a policy that keeps clients out.
 */
export class TopologyNetworkPolicy extends Construct {
  constructor(scope: Construct, id: string, props: TopologyNetworkPolicyProps) {
    super(scope, id);
    const allowed = ingress(props);
    const spec: NetworkPolicySpec = {
      podSelector: podsOf(props.topology, props.components),
      policyTypes: ['Ingress', 'Egress'],
      // Not as an empty list, which an API server leaves out: each server-side apply would change the object.
      ...(allowed.length > 0 && { ingress: allowed }),
      egress: props.reaches.map((reach) => egress(props, reach)),
    };
    addObject(this, 'Resource', 'NetworkPolicy', metadata(props, props.name), { spec });
  }
}

/** Ports with the same audience share a rule. */
function ingress(props: TopologyNetworkPolicyProps): NonNullable<NetworkPolicySpec['ingress']> {
  const rules = new Map<string, { from?: readonly NetworkPeer[]; ports: NetworkPort[] }>();
  for (const { port, audience: whole } of props.listens ?? []) {
    const audience = props.hasProxies ? whole : whole.filter((one) => one !== 'proxies');
    const key = audience.join();
    const rule = rules.get(key) ?? { from: peers(props, audience), ports: [] };
    rule.ports.push({ protocol: 'TCP', port });
    rules.set(key, rule);
  }
  // A rule without peers would let everybody in.
  return [...rules.values()].filter(({ from }) => from === undefined || from.length > 0);
}

/** Undefined: everybody. */
function peers(props: TopologyNetworkPolicyProps, audience: readonly Audience[]): NetworkPeer[] | undefined {
  const { network, topology } = props;
  if (network.mode === 'open' && audience.includes('clients')) return undefined;
  return [
    ...(audience.includes('members') ? [{ podSelector: members(topology) }] : []),
    ...(audience.includes('proxies') ? [{ podSelector: podsOf(topology, ['proxy']) }] : []),
    ...(audience.includes('clients') ? clients(topology, network) : []),
    ...(audience.includes('metrics') && network.metrics ? collectors(network.metrics) : []),
  ];
}

function egress(props: TopologyNetworkPolicyProps, reach: Reach): NetworkPolicySpec['egress'][number] {
  switch (reach) {
    case 'members':
      return toMembers(
        props,
        props.members.filter(({ audience }) => audience.includes('members')),
      );
    case 'as-client':
      return toMembers(
        props,
        props.members.filter(({ audience }) => audience.includes('clients')),
      );
    case 'as-proxy':
      return toMembers(
        props,
        props.members.filter(({ audience }) => audience.includes('proxies')),
      );
    case 'dns':
      return { to: dnsServers(props.network.dns), ports: DNS };
    case 'api':
      // Its address is the cluster's own matter, and is no pod's.
      return { ports: API };
  }
}

function toMembers({ topology }: TopologyNetworkPolicyProps, listeners: readonly Listener[]) {
  const ports = listeners.map(({ port }): NetworkPort => ({ protocol: 'TCP', port }));
  return { to: [{ podSelector: members(topology) }], ports };
}

function dnsServers(dns: Dns): readonly NetworkPeer[] | undefined {
  if (dns === 'any') return undefined;
  if (dns !== 'cluster') return dns;
  return [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }];
}

/** The pods of servers and Sentinels; not those of Jobs, which nobody connects to. */
function members(topology: string): LabelSelector {
  return podsOf(topology, ['server', 'sentinel']);
}

function podsOf(topology: string, components: readonly Component[]): LabelSelector {
  return {
    matchLabels: selector(topology),
    matchExpressions: [{ key: COMPONENT, operator: 'In', values: components }],
  };
}

function clients(topology: string, { namespaces, from }: Network): NetworkPeer[] {
  const podSelector = { matchLabels: clientLabels(topology) };
  const elsewhere = namespaces.length > 0 ? [{ namespaceSelector: named(namespaces), podSelector }] : [];
  return [{ podSelector }, ...elsewhere, ...from];
}

function collectors({ namespaces = [], from = [] }: MetricsNetworkProps): NetworkPeer[] {
  return [...(namespaces.length > 0 ? [{ namespaceSelector: named(namespaces) }] : []), ...from];
}

/** Kubernetes itself sets this label, to the namespace's name. */
function named(namespaces: readonly string[]): LabelSelector {
  return { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces }] };
}
