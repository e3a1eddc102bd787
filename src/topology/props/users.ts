import type { Auth } from '../../auth/auth.js';
import { listedUsers, secretsOf } from '../../auth/password.js';
import { type ApplicationUser, DEFAULT_USERS, type DefaultUser, RESERVED_USERS } from '../../auth/users.js';
import { type EntriesOf, mapping } from '../../words/mappings.js';
import { nearest } from '../../words/nearest.js';
import { entry, required } from '../../words/value-kind.js';
import { choice, listOf, text } from '../../words/values.js';
import { fault, type Violation } from '../violation.js';
import { secretRules } from './secret.js';

/** What may stand beside each way to a password, of users. */
export interface UserWords {
  readonly users?: readonly ApplicationUser[];
  readonly defaultUser?: DefaultUser;
}

export const userWords: EntriesOf<UserWords> = {
  users: entry(
    listOf(
      mapping<ApplicationUser>(
        {
          name: required(text('shop'), 'whom the application logs in as'),
          keys: entry(listOf(text('"shop:*"')), 'patterns of keys; `%R~` before one: only to read', '`["*"]`'),
          channels: entry(listOf(text('"shop:*"')), 'patterns of channels', '`["*"]`'),
          commands: entry(
            listOf(text('"+@read"')),
            "commands and categories in Redis' own words, beginning with none",
            '`[+@all, -@admin, -@dangerous, +info, +role]`',
          ),
          secret: entry(
            mapping<NonNullable<ApplicationUser['secret']>>(
              {
                name: entry(text('shop-redis'), 'of the Secret', "the topology's"),
                key: entry(text('password'), 'in the Secret', "the user's name; password in a Secret of its own"),
              },
              'secret: { name: shop-redis }',
            ),
            'where its password is',
            "the topology's Secret, under the user's name",
          ),
        },
        'users: [{ name: shop }]',
      ),
      '[{ name: shop }]',
    ),
    'whom applications log in as; the topology then has users of its own',
    'none: all log in as the default user',
  ),
  defaultUser: entry(
    choice(...DEFAULT_USERS),
    "with users: `closed`; `open` to whoever has the topology's password; `used` by the topology itself too",
    'closed',
  ),
};

/** Each pod looks at a file for each of them once a second. */
const MOST = 50;

/** Of Redis 7.0 and all that came after it, and Valkey. */
const CATEGORIES = [
  ...['all', 'admin', 'bitmap', 'blocking', 'connection', 'dangerous', 'fast', 'geo', 'hash', 'hyperloglog'],
  ...['keyspace', 'list', 'pubsub', 'read', 'scripting', 'set', 'slow', 'sortedset', 'stream', 'string'],
  ...['transaction', 'write', 'bloom', 'cuckoo', 'cms', 'topk', 'tdigest', 'search', 'timeseries', 'json', 'vectorset'],
];

export function* userRules(auth: Auth, topology: string): Generator<Violation> {
  const { users, defaultUser, source, sentinels } = auth;
  if (users === undefined) {
    if (defaultUser !== undefined) {
      yield {
        path: ['auth', 'defaultUser'],
        message: `'auth.defaultUser' must be left out where there are no users, since all log in as it: drop it, or add 'users'`,
      };
    }
    return;
  }
  if (users.length === 0 || users.length > MOST) {
    yield fault(['auth', 'users'], `'auth.users' must be 1 to ${MOST} users`, users.length, 'name one per application');
  }
  if (source.kind === 'none') {
    yield {
      path: ['auth', 'users'],
      message: `'auth.users' must be left out where 'auth' is none, since the topology's own users have passwords: name a Secret`,
    };
    return;
  }
  if (sentinels !== undefined) {
    yield {
      path: ['auth', 'sentinels'],
      message: `'auth.sentinels' must be left out with 'users', since each user has one password for servers and Sentinels: drop it`,
    };
  }
  if (source.kind === 'external' && source.property === undefined) {
    yield {
      path: ['auth', 'externalSecret', 'property'],
      message: `'property' must name the topology's password in the entry where there are users, since theirs are in the same entry, each under its name: write property: password`,
    };
  }
  for (const [index, user] of users.entries()) yield* oneRules(user, ['auth', 'users', index]);
  yield* pairRules(auth, users, topology);
}

/** The word is used as a file's name, in a configuration and as a key of a Secret. */
const NAME = /^[A-Za-z0-9][-\w.]{0,62}$/;

function* oneRules(user: ApplicationUser, path: Violation['path']): Generator<Violation> {
  const { name, keys = [], channels = [], commands = [], secret } = user;
  if (!NAME.test(name)) {
    yield fault(
      [...path, 'name'],
      "'name' of a user must be 1 to 63 letters, digits, hyphens, dots and underscores, and begin with a letter or digit",
      name,
      'name it after the application',
    );
  } else if (RESERVED_USERS.includes(name)) {
    yield fault(
      [...path, 'name'],
      `'name' of a user must be none of ${RESERVED_USERS.join(', ')}, which are the topology's own`,
      name,
      'name it after the application',
    );
  }
  for (const [prop, patterns] of [['keys', keys] as const, ['channels', channels] as const]) {
    for (const [index, pattern] of patterns.entries()) yield* patternRules(prop, pattern, [...path, prop, index]);
  }
  for (const [index, word] of commands.entries()) yield* commandRules(word, [...path, 'commands', index]);
  if (secret) yield* secretRules({ name: secret.name, key: secret.key ?? 'password' }, [...path, 'secret']);
}

/** What a line of a configuration, and a pattern in it, can hold. */
function* patternRules(prop: 'keys' | 'channels', pattern: string, path: Violation['path']): Generator<Violation> {
  const body = prop === 'keys' ? pattern.replace(/^%(R|W|RW)~/, '') : pattern;
  const sign = prop === 'keys' ? '~' : '&';
  if (body.startsWith(sign) || body.startsWith('%')) {
    yield fault(path, `a pattern of '${prop}' must stand without Redis' sign before it`, pattern, 'write it as shop:*');
  } else if (!/^[^\s"'\p{Cc}]{1,512}$/u.test(body)) {
    yield fault(
      path,
      `a pattern of '${prop}' must be 1 to 512 characters without spaces, quotes and control characters`,
      pattern,
      'put ? in the place of such a character',
    );
  }
}

const COMMAND = /^[+-]([a-z][-a-z0-9_.]*(\|[a-z0-9][-a-z0-9_]*)?)$/;

function* commandRules(word: string, path: Violation['path']): Generator<Violation> {
  const [, category] = /^[+-]@(.*)$/.exec(word) ?? [];
  if (category !== undefined && !CATEGORIES.includes(category)) {
    const meant = nearest(category, CATEGORIES);
    yield fault(
      path,
      "'commands' must name categories that Redis or Valkey has",
      word,
      meant === undefined ? 'see ACL CAT' : `did you mean ${word[0]}@${meant}?`,
    );
  } else if (category === undefined && !COMMAND.test(word)) {
    // It may be a password in the wrong place.
    const isSecret = /^[><#!]/.test(word);
    yield {
      path,
      message: isSecret
        ? `'commands' must hold no password, since it would stand in the manifests for all to read: put it into the user's Secret (the one given is not repeated here)`
        : `'commands' must be + or - with a command, a command|subcommand or an @category, in small letters, got '${word}': write it as +get, -@dangerous or +config|get`,
    };
  }
}

/** What two users must not share. */
function* pairRules(auth: Auth, users: readonly ApplicationUser[], topology: string): Generator<Violation> {
  const names = new Set<string>();
  const taken = new Map<string, string>();
  const { servers } = secretsOf(topology, auth);
  if (servers) taken.set(`${servers.name}/${servers.key}`, "the topology's own password");
  taken.set(`${servers?.name}/verification`, "the verification's password");
  for (const [index, { name, secret }] of listedUsers(topology, auth, false).entries()) {
    const path = ['auth', 'users', index];
    if (names.has(name)) {
      yield fault(
        [...path, 'name'],
        "'name' of a user must stand once",
        name,
        'give each application a name of its own',
      );
      continue;
    }
    names.add(name);
    const place = `${secret.name}/${secret.key}`;
    const other = taken.get(place);
    if (other !== undefined) {
      yield fault(
        [...path, ...(users[index]?.secret ? ['secret'] : ['name'])],
        `the password of the user '${name}' must be under a key of its own, and there is ${other}`,
        place,
        'give another key, or another Secret',
      );
    }
    taken.set(place, `that of the user '${name}'`);
  }
}
