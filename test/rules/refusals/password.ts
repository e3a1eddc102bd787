import { Auth, Environment } from '../../../src/index.js';
import type { Refusal } from './refusal.js';

export const PASSWORD: readonly Refusal[] = [
  {
    fault: 'a password in production',
    props: { auth: Auth.literal('secret') },
    path: ['auth', 'literal'],
    says: /must not be a literal password in production/,
  },
  {
    fault: 'an empty password',
    props: { auth: Auth.literal(''), environment: Environment.DEVELOPMENT },
    path: ['auth', 'literal'],
    says: /1 to 512 characters/,
  },
  {
    fault: 'a password with a line break',
    props: { auth: Auth.literal('sec\nret'), environment: Environment.DEVELOPMENT },
    path: ['auth', 'literal'],
    says: /without a line break/,
  },
  {
    fault: 'a Secret with a name that none can have',
    props: { auth: Auth.fromSecret('My_Secret') },
    path: ['auth', 'secret', 'name'],
    says: /got 'My_Secret'/,
  },
  {
    fault: 'a key that no Secret can have',
    props: { auth: Auth.fromSecret('cache', { key: 'a/b' }) },
    path: ['auth', 'secret', 'key'],
    says: /got 'a\/b'/,
  },
  {
    fault: 'a store that cannot be one',
    props: { auth: Auth.externalSecret({ store: { name: 'A B' }, remoteKey: 'x' }) },
    path: ['auth', 'externalSecret', 'store', 'name'],
    says: /SecretStore/,
  },
  {
    fault: 'no entry of the store',
    props: { auth: Auth.externalSecret({ store: { name: 'a' }, remoteKey: '' }) },
    path: ['auth', 'externalSecret', 'remoteKey'],
    says: /name the entry/,
  },
  {
    fault: 'a password that can be guessed',
    props: { auth: Auth.generated({ length: 8 }) },
    path: ['auth', 'generated', 'length'],
    says: /22 to 512.* got '8'/,
  },
];
