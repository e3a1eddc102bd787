import { describe, expect, it } from 'vitest';
import { Auth, Network, type RedisSentinelProps, Sentinels } from '../../src/index.js';
import { type PlainObject, synth } from './synth.js';

/** A pod, as a policy sees it. */
interface Peer {
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: string;
}

const HERE = 'caches';
const EVERYTHING: RedisSentinelProps = {
  namespace: HERE,
  sentinels: Sentinels.separate({ count: 3 }),
  auth: Auth.generated({ users: [{ name: 'shop' }] }),
  access: { master: true, read: true },
  metrics: { exporter: true },
  verification: true,
  network: Network.clients({ namespaces: ['shop'], metrics: { namespaces: ['monitoring'] }, dns: 'cluster' }),
};
const CLIENT = { 'redis-sentinel.cdk8s.io/client-cache': 'true' };

/** Whoever is not of the topology, and somebody of each of its parts. */
function peersIn({ objects }: { objects: PlainObject[] }): Record<string, Peer> {
  const parts = objects
    .filter(({ spec }) => spec?.template)
    .map(({ spec }) => ({ labels: spec.template.metadata.labels, namespace: HERE }));
  const byPart = parts.map((peer) => [peer.labels['app.kubernetes.io/component'], peer]);
  return {
    ...Object.fromEntries(byPart),
    client: { labels: CLIENT, namespace: HERE },
    'client of shop': { labels: CLIENT, namespace: 'shop' },
    'client of elsewhere': { labels: CLIENT, namespace: 'elsewhere' },
    neighbour: { labels: {}, namespace: HERE },
    'one of shop': { labels: {}, namespace: 'shop' },
    prometheus: { labels: {}, namespace: 'monitoring' },
    'the internet': { labels: {}, namespace: '' },
    dns: { labels: { 'k8s-app': 'kube-dns' }, namespace: 'kube-system' },
  };
}

function selects(selector: PlainObject, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }: PlainObject) => values.includes(labels[key]))
  );
}

/** As Kubernetes reads a rule: without peers it is for all. */
function isFor(rule: PlainObject, side: 'from' | 'to', peer: Peer): boolean {
  if (rule[side] === undefined) return true;
  return rule[side].some(({ podSelector, namespaceSelector, ipBlock }: PlainObject) => {
    if (ipBlock) return false;
    const ofNamespace = { 'kubernetes.io/metadata.name': peer.namespace };
    const isThere = namespaceSelector
      ? peer.namespace !== '' && selects(namespaceSelector, ofNamespace)
      : peer.namespace === HERE;
    return isThere && selects(podSelector, peer.labels);
  });
}

/** What one may open a connection to: `server:6379`. Without a policy of its own a pod is open, and reaches everybody. */
function flows(manifest: { objects: PlainObject[]; all(kind: string): PlainObject[] }, from: string): string[] {
  const peers = peersIn(manifest);
  const policies = manifest.all('NetworkPolicy').map(({ spec }) => spec);
  const allows = (of: Peer, direction: 'ingress' | 'egress', side: 'from' | 'to', other: Peer, port: number) => {
    const its = policies.filter(({ podSelector }) => of.namespace === HERE && selects(podSelector, of.labels));
    if (its.length === 0) return true;
    const rules = its.flatMap((spec) => spec[direction] ?? []);
    return rules.some((rule) => isFor(rule, side, other) && rule.ports.some((one: PlainObject) => one.port === port));
  };
  const source = peers[from] as Peer;
  const ports = [53, 443, 6379, 6380, 8080, 8379, 8404, 9121, 26379];
  return Object.entries(peers).flatMap(([name, target]) =>
    ports
      .filter((port) => allows(source, 'egress', 'to', target, port) && allows(target, 'ingress', 'from', source, port))
      .map((port) => `${name}:${port}`),
  );
}

const PARTS = ['server', 'sentinel', 'proxy', 'verification', 'secret'];
const ofParts = (found: readonly string[]) => found.filter((flow) => PARTS.includes(flow.split(':')[0] ?? ''));

describe('by the NetworkPolicies of a topology with all parts', () => {
  const manifest = synth(EVERYTHING);
  const members = [6379, 8379, 26379].flatMap((port) => [`server:${port}`, `sentinel:${port}`]);

  it.each([
    ['server', [...members, 'dns:53']],
    ['sentinel', [...members, 'dns:53']],
    ['proxy', ['server:6379', 'sentinel:6379', 'server:8379', 'sentinel:8379', 'dns:53']],
    ['verification', ['server:6379', 'sentinel:6379', 'server:26379', 'sentinel:26379', 'dns:53']],
  ])('%s reaches what it needs, and nothing else', (from, expected) => {
    expect(flows(manifest, from).sort()).toEqual([...expected].sort());
  });

  it('the Job that makes the Secret reaches the Kubernetes API alone, whose address is nobody’s here', () => {
    expect(ofParts(flows(manifest, 'secret'))).toEqual([]);
    expect(new Set(flows(manifest, 'secret').map((flow) => flow.split(':')[1]))).toEqual(new Set(['443']));
  });

  const forClients = ['server:6379', 'sentinel:6379', 'server:26379', 'sentinel:26379', 'proxy:6379', 'proxy:6380'];
  it.each([
    ['client', forClients],
    ['client of shop', forClients],
    ['prometheus', ['server:8379', 'sentinel:8379', 'server:9121', 'sentinel:9121', 'proxy:8404']],
    ['client of elsewhere', []],
    ['neighbour', []],
    ['one of shop', []],
    ['the internet', []],
    ['dns', []],
  ])('%s is let in to its ports alone', (from, expected) => {
    expect(ofParts(flows(manifest, from)).sort()).toEqual([...expected].sort());
  });

  it('every pod has a policy, both ways', () => {
    const policies = manifest.all('NetworkPolicy').map(({ spec }) => spec);
    for (const part of PARTS) {
      const { labels } = peersIn(manifest)[part] as Peer;
      const its = policies.filter(({ podSelector }) => selects(podSelector, labels));
      expect(its.length, part).toBeGreaterThan(0);
      for (const { policyTypes } of its) expect(policyTypes).toEqual(['Ingress', 'Egress']);
    }
  });
});

it('the usual topology lets in its clients and nobody who collects metrics', () => {
  const manifest = synth({ namespace: HERE, metrics: { exporter: true } });
  expect(ofParts(flows(manifest, 'client')).sort()).toEqual(['server:26379', 'server:6379']);
  for (const stranger of ['client of shop', 'prometheus', 'neighbour', 'the internet']) {
    expect(ofParts(flows(manifest, stranger)), stranger).toEqual([]);
  }
});
