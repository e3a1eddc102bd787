import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Accounts, agentKeys, listedUsers, loginOf } from '../../src/agent/program/accounts.js';
import { ListedPasswords } from '../../src/agent/program/listed-passwords.js';
import { readSettings } from '../../src/agent/program/settings.js';
import { derivedPassword, OWN_USERS } from '../../src/client/own-users.js';
import { temporary } from './support/engine.js';
import { environment } from './support/environment.js';

const AWKWARD = String.raw` it's "quoted" # \a\\ $HOME >x ~* +@all pässwörd→`;
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const ofOwn = (password: string, user: (typeof OWN_USERS)[number]) => hash(derivedPassword(password, user));

const TEMPLATE = `user default off resetpass ~* &* +@all
user agent -@all +ping
user shop ~shop:* -@all +get
`;

/** A pod's files, with these passwords of its users. */
function pod(users: Readonly<Record<string, string | Buffer>> = {}, template = TEMPLATE, choice = 'closed') {
  const folder = temporary();
  const dirs = { CONFIG_DIR: join(folder, 'config'), USERS_DIR: join(folder, 'users'), KEPT_DIR: join(folder, 'kept') };
  for (const dir of Object.values(dirs)) mkdirSync(dir);
  for (const file of ['users.acl', 'sentinel-users.acl']) writeFileSync(join(dirs.CONFIG_DIR, file), template);
  const give = (user: string, value: string | Buffer) => writeFileSync(join(dirs.USERS_DIR, user), value);
  for (const [user, value] of Object.entries(users)) give(user, value);
  const settings = readSettings(environment({ ...dirs, DEFAULT_USER: choice }));
  const listed = new ListedPasswords(dirs.KEPT_DIR, dirs.USERS_DIR, listedUsers(settings));
  return { settings, listed, give, dirs };
}

describe('the lines of a configuration', () => {
  it('hold hashes of passwords, and no password', () => {
    const { settings, listed } = pod({ shop: AWKWARD });
    listed.look();
    const lines = new Accounts(settings, { used: 'old', accepted: 'new' }, listed).lines('server', {});
    expect(lines).toEqual([
      'user default off resetpass ~* &* +@all',
      `user agent on #${ofOwn('old', 'agent')} #${ofOwn('new', 'agent')} -@all +ping`,
      `user shop on #${hash(AWKWARD)} ~shop:* -@all +get`,
    ]);
  });

  it('let nobody in as a user without a password', () => {
    const { settings, listed } = pod();
    listed.look();
    const lines = new Accounts(settings, { used: 'x' }, listed).lines('sentinel', {});
    expect(lines[2]).toBe('user shop off ~shop:* -@all +get');
  });

  it.each(['open', 'used'])('let in the default user with the topology’s password where it is %s', (choice) => {
    const { settings, listed } = pod({}, 'user default ~* &* +@all\n', choice);
    const lines = new Accounts(settings, { used: 'old', accepted: 'new' }, listed).lines('server', {});
    expect(lines).toEqual([`user default on #${hash('old')} #${hash('new')} ~* &* +@all`]);
  });

  it('are those of one password where there are no users', () => {
    const settings = readSettings(environment());
    const accounts = new Accounts(settings, { used: 'servers' }, undefined);
    expect(accounts.lines('sentinel', { used: 'sentinels' })).toEqual(['requirepass "sentinels"']);
  });
});

it('a running server is told of all passwords of a user at once, so that none is away for a moment', () => {
  const { settings, listed, give } = pod({ shop: 'first' });
  listed.look();
  give('shop', 'second');
  listed.look();
  const accounts = new Accounts(settings, { used: 'old', accepted: 'new' }, listed);
  expect(accounts.admitOwn('server')).toEqual([
    ['ACL', 'SETUSER', 'agent', 'resetpass', 'on', `#${ofOwn('old', 'agent')}`, `#${ofOwn('new', 'agent')}`],
  ]);
  expect(accounts.admitListed('shop')).toEqual([
    'ACL',
    'SETUSER',
    'shop',
    'resetpass',
    'on',
    `#${hash('second')}`,
    `#${hash('first')}`,
  ]);
});

describe('a login', () => {
  it('is a user’s own, with a password that tells nothing of the others', () => {
    const passwords = OWN_USERS.map((user) => loginOf(pod().settings, user, AWKWARD));
    expect(passwords.map(({ user }) => user)).toEqual([...OWN_USERS]);
    expect(new Set(passwords.map(({ password }) => password)).size).toBe(OWN_USERS.length);
    for (const { password } of passwords) expect(password).toMatch(/^[\w-]{43}$/);
  });

  it.each([
    ['without users', () => readSettings(environment())],
    ['with users that are not used yet', () => pod({}, TEMPLATE, 'used').settings],
  ])('%s is the default user’s', (_, make) => {
    const settings = make();
    expect(loginOf(settings, 'agent', 'x')).toEqual({ password: 'x' });
    expect(agentKeys(settings, { used: 'x', accepted: 'y' })).toMatchObject({
      user: undefined,
      used: 'x',
      accepted: 'y',
    });
  });

  it('is none where there is no password', () => {
    expect(loginOf(readSettings(environment()), 'sentinel', undefined)).toEqual({ password: undefined });
  });
});

describe('passwords of users that are not the topology’s own', () => {
  it('are the newest and the one before, kept as hashes for the next agent and for nobody else to read', () => {
    const { listed, give, dirs } = pod({ shop: 'first' });
    expect(listed.users).toEqual(['shop']);
    expect(listed.look()).toEqual([{ user: 'shop', changed: true }]);
    expect(listed.look()).toEqual([{ user: 'shop', changed: false }]);
    for (const [value, kept] of [
      ['second', ['second', 'first']],
      ['third', ['third', 'second']],
      ['second', ['second', 'third']],
    ] as const) {
      give('shop', value);
      expect(listed.look()).toEqual([{ user: 'shop', changed: true }]);
      expect(listed.hashesOf('shop')).toEqual(kept.map(hash));
    }
    const again = new ListedPasswords(dirs.KEPT_DIR, dirs.USERS_DIR, ['shop']);
    expect(again.hashesOf('shop')).toEqual(['second', 'third'].map(hash));
    const file = join(dirs.KEPT_DIR, 'user-passwords');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain('second');
  });

  it.each([
    ['simple', 'simple'],
    ['quotes, signs of ACL and of a shell', AWKWARD],
    ['512 characters', 'ä'.repeat(512)],
    ['a lone quote', '"'],
    ['a lone backslash', '\\'],
    ['words of ACL', 'nopass'],
    ['what looks like a hash', `#${'a'.repeat(64)}`],
  ])('may be %s', (_, value) => {
    const { listed } = pod({ shop: value });
    expect(listed.look()).toEqual([{ user: 'shop', changed: true }]);
    expect(listed.hashesOf('shop')).toEqual([hash(value)]);
  });

  it.each([
    ['nothing', '', "the Secret's value is empty"],
    ['two lines', 'one\ntwo', 'holds a line break'],
    ['a line break at its end', 'secret\n', "a trailing one comes from 'echo'"],
    ['a carriage return', 'secret\r', 'control character'],
    ['a tabulator', 'a\tb', 'control character'],
    ['a zero byte', 'a\0b', 'control character'],
    ['bytes that are no text', Buffer.from([0x61, 0xff]), 'not UTF-8'],
  ])('must not be %s, and what was in force stays', (_, value, fault) => {
    const { listed, give } = pod({ shop: 'first' });
    listed.look();
    give('shop', value);
    expect(listed.look()).toMatchObject([{ user: 'shop', changed: false, fault: expect.stringContaining(fault) }]);
    expect(listed.hashesOf('shop')).toEqual([hash('first')]);
  });

  it('may be missing, and stay in force where the key goes', () => {
    const { listed, give, dirs } = pod();
    expect(listed.look()).toEqual([{ user: 'shop', changed: false, fault: 'its key is not in the Secret' }]);
    give('shop', 'first');
    listed.look();
    rmSync(join(dirs.USERS_DIR, 'shop'));
    expect(listed.look()[0]?.fault).toBe('its key is not in the Secret');
    expect(listed.hashesOf('shop')).toEqual([hash('first')]);
  });

  it('stay as they were where they cannot be written down', () => {
    const { listed, give, dirs } = pod({ shop: 'first' });
    listed.look();
    rmSync(dirs.KEPT_DIR, { recursive: true });
    give('shop', 'second');
    expect(() => listed.look()).toThrow();
    expect(listed.hashesOf('shop')).toEqual([hash('first')]);
  });
});
