import { Duration } from 'cdk8s';
import { Tls } from '../../../src/index.js';
import type { Refusal } from './refusal.js';

const issuer = { name: 'ca' };
const namespace = 'caches';

export const TLS: readonly Refusal[] = [
  {
    fault: 'a certificate’s Secret with a name that none can have',
    props: { tls: Tls.fromSecret('My_Secret') },
    path: ['tls', 'secret', 'name'],
    says: /got 'My_Secret'/,
  },
  {
    fault: 'a key that no certificate’s Secret can have',
    props: { tls: Tls.fromSecret('cache', { keys: { ca: 'a/b' } }) },
    path: ['tls', 'secret', 'keys', 'ca'],
    says: /got 'a\/b'/,
  },
  {
    fault: 'an issuer that cannot be one',
    props: { namespace, tls: Tls.certManager({ issuer: { name: 'A B' } }) },
    path: ['tls', 'certManager', 'issuer', 'name'],
    says: /Issuer or ClusterIssuer/,
  },
  {
    fault: 'a certificate of which nobody knows the names',
    props: { tls: Tls.certManager({ issuer }) },
    path: ['tls', 'certManager'],
    says: /'namespace' must be given together with 'tls.certManager'/,
  },
  {
    fault: 'a certificate that lasts for minutes',
    props: { namespace, tls: Tls.certManager({ issuer, duration: Duration.minutes(30) }) },
    path: ['tls', 'certManager', 'duration'],
    says: /at least 1h.* got '1800 s'/,
  },
  {
    fault: 'a renewal before the beginning',
    props: { namespace, tls: Tls.certManager({ issuer, duration: Duration.hours(2), renewBefore: Duration.hours(3) }) },
    path: ['tls', 'certManager', 'renewBefore'],
    says: /less than 'duration'/,
  },
];
