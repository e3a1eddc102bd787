import { describe, expect, it, test } from 'vitest';
import { Auth, type AuthProps, SentinelAuth } from '../../src/auth/auth.js';
import type { ApplicationUser } from '../../src/auth/users.js';
import { Topology } from '../../src/topology/topology.js';
import { parseTopology } from '../../src/topology-file/load.js';

const shop: ApplicationUser = { name: 'shop' };
const withUsers = (...users: readonly ApplicationUser[]) => ({ users });
const resolve = (auth: Auth) => Topology.resolve({ name: 'cache', auth });

interface Refused {
  readonly fault: string;
  readonly props: AuthProps;
  readonly path: readonly (string | number)[];
  readonly says: RegExp;
}

const ofName = (fault: string, name: string, says: RegExp): Refused => ({
  fault,
  props: withUsers({ name }),
  path: ['auth', 'users', 0, 'name'],
  says,
});
const ofKeys = (fault: string, pattern: string, says: RegExp): Refused => ({
  fault,
  props: withUsers({ name: 'shop', keys: ['shop:*', pattern] }),
  path: ['auth', 'users', 0, 'keys', 1],
  says,
});
const ofCommand = (fault: string, word: string, says: RegExp): Refused => ({
  fault,
  props: withUsers({ name: 'shop', commands: [word] }),
  path: ['auth', 'users', 0, 'commands', 0],
  says,
});

const REFUSED: readonly Refused[] = [
  { fault: 'no user at all', props: withUsers(), path: ['auth', 'users'], says: /1 to 50 users, got '0'/ },
  {
    fault: 'very many users',
    props: withUsers(...Array.from({ length: 51 }, (_, i) => ({ name: `u${i}` }))),
    path: ['auth', 'users'],
    says: /1 to 50 users, got '51'/,
  },
  ofName('an empty name', '', /1 to 63 letters, digits/),
  ofName('a name with a space', 'shop two', /got 'shop two': name it after the application/),
  ofName('a name with a line break', 'shop\nuser evil on nopass ~* +@all', /1 to 63 letters/),
  ofName('a name that is a path', '../password', /begin with a letter or digit/),
  ofName('a name with a slash', 'a/b', /letters, digits, hyphens/),
  ofName('a name with a letter beyond ASCII', 'größe', /letters, digits, hyphens/),
  ofName('a long name', 'a'.repeat(64), /1 to 63/),
  ...['default', 'agent', 'replication', 'sentinel', 'exporter', 'verification'].map((name) =>
    ofName(`the name ${name}`, name, /which are the topology's own/),
  ),
  {
    fault: 'a name that stands twice',
    props: withUsers(shop, { name: 'shop' }),
    path: ['auth', 'users', 1, 'name'],
    says: /must stand once, got 'shop'/,
  },
  ofKeys('an empty pattern', '', /1 to 512 characters/),
  ofKeys('a pattern with a space', 'shop: *', /without spaces, quotes and control characters/),
  ofKeys('a pattern with a quote', 'shop:"*', /put \? in the place/),
  ofKeys('a pattern with an apostrophe', "it's", /without spaces, quotes/),
  ofKeys('a pattern with a line break', 'shop\nuser evil on nopass', /control characters/),
  ofKeys('a pattern with a zero byte', 'a\0b', /control characters/),
  ofKeys('a pattern with its sign', '~shop:*', /without Redis' sign/),
  ofKeys('a pattern with a wrong permission', '%X~shop:*', /without Redis' sign/),
  ofKeys('a very long pattern', 'a'.repeat(513), /1 to 512/),
  {
    fault: 'a channel with its sign',
    props: withUsers({ name: 'shop', channels: ['&shop:*'] }),
    path: ['auth', 'users', 0, 'channels', 0],
    says: /without Redis' sign/,
  },
  ofCommand('a command without a sign', 'get', /\+ or - with a command/),
  ofCommand('a command in capitals', '+GET', /in small letters, got '\+GET'/),
  ofCommand('two commands in one word', '+get +set', /\+ or - with a command/),
  ofCommand('an unknown category', '+@dangerus', /did you mean \+@dangerous\?/),
  ofCommand('a category that is far off', '-@qqqqqq', /see ACL CAT/),
  ofCommand('nopass', 'nopass', /\+ or - with a command/),
  ofCommand('a key pattern among commands', '~*', /\+ or - with a command/),
  ofCommand('reset', 'reset', /\+ or - with a command/),
  ofCommand('a selector', '(+get ~a)', /\+ or - with a command/),
  ofCommand('an injected line', '+get\nuser evil', /\+ or - with a command/),
  {
    fault: 'a Secret with a bad name',
    props: withUsers({ name: 'shop', secret: { name: 'Shop_Redis' } }),
    path: ['auth', 'users', 0, 'secret', 'name'],
    says: /'auth.users.secret.name' must be the name of a Secret/,
  },
  {
    fault: 'a Secret with a bad key',
    props: withUsers({ name: 'shop', secret: { name: 'shop', key: 'a b' } }),
    path: ['auth', 'users', 0, 'secret', 'key'],
    says: /'auth.users.secret.key' must be a key/,
  },
  {
    fault: 'a password that two users share',
    props: withUsers(shop, { name: 'report', secret: { key: 'shop' } }),
    path: ['auth', 'users', 1, 'secret'],
    says: /there is that of the user 'shop', got 'cache-auth\/shop'/,
  },
  {
    fault: 'a user with the topology’s password',
    props: withUsers({ name: 'shop', secret: { key: 'password' } }),
    path: ['auth', 'users', 0, 'secret'],
    says: /there is the topology's own password/,
  },
  {
    fault: 'a user with the verification’s password',
    props: withUsers({ name: 'shop', secret: { key: 'verification' } }),
    path: ['auth', 'users', 0, 'secret'],
    says: /there is the verification's password/,
  },
  {
    fault: 'a user named as the topology’s key',
    props: withUsers({ name: 'password' }),
    path: ['auth', 'users', 0, 'name'],
    says: /there is the topology's own password/,
  },
  {
    fault: 'Sentinels with a password of their own',
    props: { ...withUsers(shop), sentinels: SentinelAuth.fromSecret('other') },
    path: ['auth', 'sentinels'],
    says: /one password for servers and Sentinels/,
  },
  {
    fault: 'Sentinels without a password',
    props: { ...withUsers(shop), sentinels: SentinelAuth.none() },
    path: ['auth', 'sentinels'],
    says: /must be left out with 'users'/,
  },
  {
    fault: 'a default user without others',
    props: { defaultUser: 'closed' },
    path: ['auth', 'defaultUser'],
    says: /all log in as it/,
  },
];

describe('a topology is refused', () => {
  it.each(REFUSED)('with $fault', ({ props, path, says }) => {
    const { violations = [] } = resolve(Auth.fromSecret(undefined, props));
    expect(violations.map((one) => one.path)).toContainEqual(path);
    const found = violations.find((one) => one.path.join() === path.join());
    expect(found?.message).toMatch(says);
    // What is wrong, and how to mend it.
    expect(found?.message).toMatch(/.+: .+/s);
  });

  it('with a password in the manifests, which is not repeated', () => {
    for (const word of ['>hunter2', '<hunter2', '#hunter2', '!hunter2']) {
      const auth = Auth.fromSecret(undefined, withUsers({ name: 'shop', commands: [word] }));
      const [found] = resolve(auth).violations ?? [];
      expect(found?.message).toMatch(/must hold no password/);
      expect(found?.message).not.toContain('hunter2');
    }
  });

  it('where an entry of a store is to hold several passwords, and it is not said under which name', () => {
    const auth = Auth.externalSecret({ store: { name: 'vault' }, remoteKey: 'redis', ...withUsers(shop) });
    expect(resolve(auth).violations?.[0]?.message).toMatch(/write property: password/);
  });
});

it.each([
  [{}],
  [{ keys: ['shop:*', '%R~prices:*', '%W~log:*', '%RW~x'], channels: ['shop:*'] }],
  [{ commands: ['-@all', '+@read', '+config|get', '-client|kill', '+json.get', '+@admin'] }],
  [{ secret: { name: 'shop-redis' } }],
  [{ secret: { name: 'shop-redis', key: 'redis' } }],
  [{ secret: { key: 'other' } }],
] as const)('a user may have %o', (props) => {
  expect(resolve(Auth.fromSecret(undefined, withUsers({ name: 'shop', ...props }))).violations).toBeUndefined();
});

test('a file says where the fault is', () => {
  const text = 'auth:\n  secret: {}\n  users:\n    - { name: shop }\n    - name: agent\n';
  expect(() => parseTopology('cache.yaml', text)).toThrow(/5:\d+: .*none of default, agent/);
  const unknown = 'auth:\n  secret: {}\n  users:\n    - { name: shop, key: "a" }\n';
  expect(() => parseTopology('cache.yaml', unknown)).toThrow(/did you mean 'keys'\?/);
});
