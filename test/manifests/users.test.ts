import { App, Chart } from 'cdk8s';
import { Deployment } from 'cdk8s-plus-27';
import { describe, expect, it } from 'vitest';
import { clientVariables } from '../../src/access/client-variables.js';
import { Auth, Drill, Engine, Environment, RedisSentinel, type RedisSentinelProps } from '../../src/index.js';
import { type PlainObject, synth } from './synth.js';

const USERS = [
  { name: 'shop', keys: ['shop:*'], channels: ['shop:*'] },
  { name: 'report', secret: { name: 'report-redis' } },
];
const withUsers = (props: RedisSentinelProps = {}) =>
  synth({ auth: Auth.fromSecret(undefined, { users: USERS }), metrics: { exporter: true }, ...props });

/** The rights of each user, by name. */
function rights(config: PlainObject, file: 'users.acl' | 'sentinel-users.acl'): Record<string, string[]> {
  const lines: string[] = config.data[file].trimEnd().split('\n');
  return Object.fromEntries(
    lines.map((line) => line.replace(/^user /, '').split(' ')).map(([name, ...words]) => [name, words]),
  );
}

describe('the rights of users', () => {
  it('begin with no command, and name no password', () => {
    const { config } = withUsers({ verification: true });
    for (const file of ['users.acl', 'sentinel-users.acl'] as const) {
      const { default: ofDefault, ...others } = rights(config, file);
      expect(ofDefault).toEqual(['off', 'resetpass', '~*', '&*', '+@all']);
      for (const words of Object.values(others)) {
        expect(words).toContain('-@all');
        for (const word of words) expect(word).toMatch(/^([~&]|%[RW]+~|[-+])/);
      }
    }
  });

  it('are of applications what they say, and nothing that is dangerous unless they say it', () => {
    const { shop, report } = rights(withUsers().config, 'users.acl');
    const usual = ['-@all', '+@all', '-@admin', '-@dangerous', '+info', '+role'];
    expect(shop).toEqual(['~shop:*', '&shop:*', ...usual]);
    expect(report).toEqual(['~*', '&*', ...usual]);
    const words = { keys: ['%R~a:*', 'b'], channels: [], commands: ['+get', '+config|get'] };
    const { odd } = rights(
      synth({ auth: Auth.fromSecret('x', { users: [{ name: 'odd', ...words }] }) }).config,
      'users.acl',
    );
    expect(odd).toEqual(['%R~a:*', '~b', '-@all', '+get', '+config|get']);
  });

  it('are of the verification only what it does', () => {
    const of = (drill?: Drill) => {
      const { config } = withUsers({ verification: { drill } });
      const both = [rights(config, 'users.acl'), rights(config, 'sentinel-users.acl')];
      const words = both.flatMap(({ verification = [] }) => verification);
      return ['+mget', '+replicaof', '+client|pause', '+sentinel|failover'].filter((word) => words.includes(word));
    };
    expect(of()).toEqual([]);
    expect(of(Drill.observe())).toEqual(['+mget']);
    expect(of(Drill.switchover())).toEqual(['+mget', '+replicaof', '+client|pause', '+sentinel|failover']);
    expect(rights(withUsers().config, 'users.acl')).not.toHaveProperty('verification');
  });

  it('are of a Sentinel what its engine asks of it', () => {
    const sentinel = (engine: Engine) => rights(withUsers({ engine }).config, 'users.acl').sentinel;
    expect(sentinel(Engine.valkey())).toContain('+failover');
    expect(sentinel(Engine.redis())).not.toContain('+failover');
  });

  it('leave the default user open to the topology’s password where that is asked for', () => {
    for (const defaultUser of ['open', 'used'] as const) {
      const { config } = withUsers({ auth: Auth.fromSecret(undefined, { users: USERS, defaultUser }) });
      expect(rights(config, 'users.acl').default).toEqual(['~*', '&*', '+@all']);
    }
  });
});

describe('passwords of users', () => {
  it('reach the agent as files, the verification with its own alone, and no other container', () => {
    const { one, all } = withUsers({ verification: true });
    const { spec } = one('StatefulSet', 'cache').spec.template;
    const users = spec.volumes.find(({ name }: PlainObject) => name === 'users');
    expect(users.projected).toEqual({
      defaultMode: 0o440,
      sources: [
        {
          secret: {
            name: 'cache-auth',
            optional: true,
            items: [
              { key: 'shop', path: 'shop' },
              { key: 'verification', path: 'verification' },
            ],
          },
        },
        { secret: { name: 'report-redis', optional: true, items: [{ key: 'password', path: 'report' }] } },
      ],
    });
    const withMount = (volume: string) =>
      [...spec.initContainers, ...spec.containers]
        .filter(({ volumeMounts = [] }: PlainObject) => volumeMounts.some(({ name }: PlainObject) => name === volume))
        .map(({ name }: PlainObject) => name);
    for (const volume of ['auth', 'users', 'kept']) expect(withMount(volume)).toEqual(['agent']);
    expect(withMount('exporter')).toEqual(['agent', 'exporter']);
    const [job] = all('Job');
    const [secret] = job.spec.template.spec.volumes.flatMap(({ secret }: PlainObject) => secret ?? []);
    expect(secret).toMatchObject({ secretName: 'cache-auth', items: [{ key: 'verification', path: 'password' }] });
  });

  it('are made by the Job, each its own', () => {
    const { all } = withUsers({ auth: Auth.generated({ users: USERS }), verification: true });
    const job = all('Job').find(({ metadata }) => metadata.name.startsWith('cache-auth-'));
    const env = job.spec.template.spec.containers[0].env;
    expect(env.find(({ name }: PlainObject) => name === 'SECRET_KEY').value).toBe('password shop verification');
  });

  it('come from the same entry of a store, each under its name', () => {
    const store = { store: { name: 'vault' }, remoteKey: 'redis', property: 'password' };
    const { one } = withUsers({ auth: Auth.externalSecret({ ...store, users: USERS }) });
    const data = one('ExternalSecret').spec.data.map(({ secretKey, remoteRef }: PlainObject) => [
      secretKey,
      remoteRef.property,
    ]);
    expect(data).toEqual([
      ['password', 'password'],
      ['shop', 'shop'],
    ]);
  });

  it('are all the literal one, in development', () => {
    const { one } = withUsers({ environment: Environment.DEVELOPMENT, auth: Auth.literal('x', { users: USERS }) });
    expect(one('Secret').stringData).toEqual({ password: 'x', shop: 'x' });
  });
});

it('an exporter logs in as its own user, and asks for no configuration, in which passwords stand', () => {
  const { one } = withUsers();
  const { containers } = one('StatefulSet', 'cache').spec.template.spec;
  const { command } = containers.find(({ name }: PlainObject) => name === 'exporter');
  expect(command).toEqual(expect.arrayContaining(['-redis.user=exporter', '-config-command=-']));
});

it('the verification must be a prop, since its user is part of the configuration', () => {
  const add = (options?: object) => () => withUsers(options).cache.addVerification();
  expect(add()).toThrow(/write verification: \{ … \} among the topology's props/);
  expect(add({ verification: { drill: Drill.observe() } })).toThrow(/drop addVerification\(\)/);
});

describe('an application', () => {
  function bound(options: object, users = USERS) {
    const chart = new Chart(new App(), 'chart', { namespace: 'caches' });
    const cache = new RedisSentinel(chart, 'cache', { auth: Auth.fromSecret(undefined, { users }) });
    const shop = new Deployment(chart, 'shop', { containers: [{ image: 'registry.example/shop:1' }] });
    cache.bind(shop, options);
    const { spec } = chart.toJson().find(({ kind }) => kind === 'Deployment').spec.template;
    const env = Object.fromEntries(spec.containers[0].env.map(({ name, value }: PlainObject) => [name, value]));
    return { env, secret: spec.volumes[0].secret };
  }

  it('gets the name and the password of its user, and no other', () => {
    const { env, secret } = bound({ user: 'report' });
    expect(env.REDIS_USERNAME).toBe('report');
    expect(secret).toEqual({ secretName: 'report-redis', items: [{ key: 'password', path: 'password' }] });
  });

  it('need not say which one where there is but one', () => {
    expect(bound({}, [{ name: 'shop' }] as never).env.REDIS_USERNAME).toBe('shop');
  });

  it.each([
    [{}, /it is not said which one: name one of shop, report/],
    [{ user: 'sohp' }, /got 'sohp': name one of shop, report/],
  ])('must say which one where there are several: %o', (options, says) => {
    expect(() => bound(options)).toThrow(says);
  });

  it('finds all of them in the client’s ConfigMap, by the names of their Secrets', () => {
    const { cache } = withUsers();
    const variables = clientVariables(cache.clientFacts);
    expect(JSON.parse(variables.REDIS_USERS_JSON ?? '')).toEqual([
      { name: 'shop', secret: 'cache-auth', key: 'shop' },
      { name: 'report', secret: 'report-redis', key: 'password' },
    ]);
    expect(variables).not.toHaveProperty('REDIS_SECRET');
    const alone = synth({ auth: Auth.fromSecret(undefined, { users: [{ name: 'shop' }] }) }).cache;
    expect(clientVariables(alone.clientFacts)).toMatchObject({
      REDIS_USERNAME: 'shop',
      REDIS_SECRET: 'cache-auth',
      REDIS_SECRET_KEY: 'shop',
    });
  });
});
