import { Network, Persistence } from '../../../src/index.js';
import type { Refusal } from './refusal.js';

export const NAMES: readonly Refusal[] = [
  {
    fault: 'a name in capitals',
    props: { name: 'Cache' },
    path: ['name'],
    says: /lower-case letters, .* got 'Cache'/,
  },
  {
    fault: 'a name that begins with a digit',
    props: { name: '1cache' },
    path: ['name'],
    says: /begin with a letter/,
  },
  {
    fault: 'a name that leaves no room for what is put behind it',
    props: { name: 'a'.repeat(41) },
    path: ['name'],
    says: /at most 40/,
  },
  {
    fault: 'a namespace with a dot',
    props: { namespace: 'my.caches' },
    path: ['namespace'],
    says: /got 'my\.caches'/,
  },
  {
    fault: 'a master name with a space',
    props: { masterName: 'my master' },
    path: ['masterName'],
    says: /got 'my master'/,
  },
  {
    fault: 'a cluster domain with a dot at its end',
    props: { clusterDomain: 'cluster.local.' },
    path: ['clusterDomain'],
    says: /without a dot at its end/,
  },
  {
    fault: 'a storage class that is none',
    props: { persistence: Persistence.appendOnly({ storageClass: 'Fast SSD' }) },
    path: ['persistence', 'appendOnly', 'storageClass'],
    says: /name of a StorageClass/,
  },
  {
    fault: 'a pattern for namespaces',
    props: { network: Network.clients({ namespaces: ['shop', 'team-*'] }) },
    path: ['network', 'clients', 'namespaces', 1],
    says: /got 'team-\*'/,
  },
  {
    fault: 'a label that the selectors are made of',
    props: { labels: { 'app.kubernetes.io/name': 'x' } },
    path: ['labels', 'app.kubernetes.io/name'],
    says: /selectors/,
  },
  {
    fault: 'a label with a bad key',
    props: { labels: { 'a b': 'x' } },
    path: ['labels', 'a b'],
    says: /keys as Kubernetes takes them/,
  },
  {
    fault: 'a label with a bad value',
    props: { labels: { contact: 'shop@example.com' } },
    path: ['labels', 'contact'],
    says: /make it an annotation/,
  },
  {
    fault: 'an annotation with a bad key',
    props: { annotations: { '/x': 'y' } },
    path: ['annotations', '/x'],
    says: /keys as Kubernetes takes them/,
  },
  {
    fault: 'a policy that Redis does not know',
    props: { maxmemoryPolicy: 'lru' as never },
    path: ['maxmemoryPolicy'],
    says: /one of noeviction, .* got 'lru'/,
  },
];
