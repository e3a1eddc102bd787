import type { NetworkPeer } from '../../kube/objects.js';
import { type Dns, type MetricsNetworkProps, Network } from '../../network/network.js';
import { type EntriesOf, either, mapping } from '../../words/mappings.js';
import { entry, mapped, type ValueKind } from '../../words/value-kind.js';
import { choice, kubernetes, listOf, text } from '../../words/values.js';
import { fault, isDnsLabel, type Violation } from '../violation.js';

/** The props about the network. */
export interface NetworkProps {
  /**
   * Who may connect.
   * @default Network.clients()
   */
  readonly network?: Network;
}

export interface NetworkSettings {
  /** Who may connect. */
  readonly network: Network;
}

interface ClientWords {
  readonly namespaces?: readonly string[];
}

interface NetworkWords {
  readonly clients?: 'any' | ClientWords;
  readonly from?: readonly NetworkPeer[];
  readonly metrics?: MetricsNetworkProps;
  readonly dns?: Dns;
}

const PEER = '{ namespaceSelector: { matchLabels: { team: shop } } }';

export const networkWords: EntriesOf<NetworkProps> = {
  network: entry(
    either(
      { open: Network.open(), none: Network.none() },
      mapped(
        mapping<NetworkWords>(
          {
            clients: entry(
              either<'any' | ClientWords>(
                { any: 'any' },
                mapping<ClientWords>(
                  {
                    namespaces: entry(
                      listOf(text('shop')),
                      'whose pods with the client label may connect too',
                      "the topology's own only",
                    ),
                  },
                  'clients: { namespaces: [shop] }',
                ),
              ),
              'pods with the client label; `any`: everybody, as `open`',
              "of the topology's own namespace",
            ),
            from: entry(
              listOf(kubernetes<NetworkPeer>('NetworkPolicyPeer', PEER)),
              "who may connect without the label, as Kubernetes' peers",
              'nobody',
            ),
            metrics: entry(
              mapping<MetricsNetworkProps>(
                {
                  namespaces: entry(listOf(text('monitoring')), 'all of whose pods may read them', 'none'),
                  from: entry(
                    listOf(kubernetes<NetworkPeer>('NetworkPolicyPeer', PEER)),
                    "who may read them besides, as Kubernetes' peers",
                    'nobody',
                  ),
                },
                'metrics: { namespaces: [monitoring] }',
              ),
              'who may read the metrics of agents and exporters',
              'nobody else',
            ),
            dns: entry(
              dnsServers(),
              '`any`: whatever answers at the ports of DNS; `cluster`: kube-dns alone; or peers',
              'any',
            ),
          },
          'network: { clients: { namespaces: [shop] } }',
        ),
        ({ clients, ...others }) => {
          if (clients === 'any') return Network.open(others);
          return Network.clients({ ...clients, ...others });
        },
      ),
    ),
    'who may connect: pods with the client label; `open`: everybody; `none`: no NetworkPolicy',
    '`{ clients: {} }`',
  ),
};

function dnsServers(): ValueKind<Dns> {
  const known = choice('any', 'cluster');
  const peers = listOf(kubernetes<NetworkPeer>('NetworkPolicyPeer', PEER));
  return {
    example: 'any',
    schema: () => ({ anyOf: [known.schema(), peers.schema()] }),
    read: (input, at): Dns | undefined => (Array.isArray(input) ? peers.read(input, at) : known.read(input, at)),
  };
}

export function resolveNetwork({ network }: NetworkProps): NetworkSettings {
  return { network: network ?? Network.clients() };
}

export function* networkRules({ network }: NetworkSettings): Generator<Violation> {
  for (const [path, namespaces] of [
    [['clients', 'namespaces'], network.namespaces],
    [['metrics', 'namespaces'], network.metrics?.namespaces ?? []],
  ] as const) {
    for (const [index, namespace] of namespaces.entries()) {
      if (isDnsLabel(namespace)) continue;
      yield fault(
        ['network', ...path, index],
        "'namespaces' must be names of namespaces, and a pattern is none",
        namespace,
        'name each namespace',
      );
    }
  }
  if (network.mode !== 'clients' && network.from.length > 0) {
    yield {
      path: ['network', 'from'],
      message:
        "'from' must be left out where everybody may connect, since it would change nothing: drop it, or name the clients",
    };
  }
  yield* peerRules(['network', 'from'], network.from);
  if (network.metrics) yield* collectorRules(network.metrics);
  if (typeof network.dns !== 'string') yield* peerRules(['network', 'dns'], network.dns);
}

function* collectorRules({ namespaces = [], from = [] }: MetricsNetworkProps): Generator<Violation> {
  if (namespaces.length + from.length === 0) {
    yield {
      path: ['network', 'metrics'],
      message:
        "'metrics' must name who may read them, as it would else let in nobody: give the namespace of Prometheus, metrics: { namespaces: [monitoring] }, or leave it out",
    };
  }
  yield* peerRules(['network', 'metrics', 'from'], from);
}

const PEER_WORDS = ['podSelector', 'namespaceSelector', 'ipBlock'];

function* peerRules(path: string[], peers: readonly NetworkPeer[]): Generator<Violation> {
  for (const [index, peer] of peers.entries()) {
    const words = Object.keys(peer);
    if (words.length > 0 && words.every((word) => PEER_WORDS.includes(word))) continue;
    yield {
      path: [...path, index],
      message: `'${path.at(-1)}' must hold peers of a NetworkPolicy with ${PEER_WORDS.join(', ')}, got ${words.join(', ') || 'an empty one'}: write it as ${PEER}`,
    };
  }
}
