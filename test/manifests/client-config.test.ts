import { describe, expect, test } from 'vitest';
import { clientFacts } from '../../src/access/client-facts.js';
import { clientVariables } from '../../src/access/client-variables.js';
import { Auth, SentinelAuth, Sentinels } from '../../src/index.js';
import { synth } from './synth.js';

const SETTINGS = {
  name: 'cache',
  namespace: 'caches',
  clusterDomain: 'cluster.local',
  masterName: 'mymaster',
  servers: 3,
  sentinels: 3,
  hasSeparateSentinels: false,
  minReplicasToWrite: 1,
  auth: Auth.fromSecret(),
};

describe('what clients are told', () => {
  test('names each Sentinel in full, in the three forms that applications ask for', () => {
    const { data, metadata } = synth({ namespace: 'caches' }).one('ConfigMap', 'cache-client');
    const hosts = [0, 1, 2].map((ordinal) => `cache-${ordinal}.caches.svc.cluster.local`);
    expect(metadata.namespace).toBe('caches');
    expect(data.REDIS_SENTINELS).toBe(hosts.map((host) => `${host}:26379`).join(','));
    expect(JSON.parse(data.REDIS_SENTINELS_JSON)).toEqual(hosts.map((host) => `${host}:26379`));
    expect(JSON.parse(data.REDIS_SENTINEL_NODES)).toEqual(hosts.map((host) => ({ host, port: 26379 })));
  });

  test('has everything else that a client must know, and no password', () => {
    expect(synth().one('ConfigMap', 'cache-client').data).toEqual({
      REDIS_SENTINELS: 'cache-0:26379,cache-1:26379,cache-2:26379',
      REDIS_SENTINELS_JSON: '["cache-0:26379","cache-1:26379","cache-2:26379"]',
      REDIS_SENTINEL_NODES:
        '[{"host":"cache-0","port":26379},{"host":"cache-1","port":26379},{"host":"cache-2","port":26379}]',
      REDIS_SENTINEL_SERVICE: 'cache-sentinel:26379',
      REDIS_SENTINEL_PORT: '26379',
      REDIS_SERVER_PORT: '6379',
      REDIS_MASTER_NAME: 'mymaster',
      REDIS_CLIENT_LABEL: 'redis-sentinel.cdk8s.io/client-cache=true',
      REDIS_SECRET: 'cache-auth',
      REDIS_SECRET_KEY: 'password',
      REDIS_SENTINEL_SECRET: 'cache-auth',
      REDIS_SENTINEL_SECRET_KEY: 'password',
    });
  });

  test.each([
    ['none', Auth.none(), []],
    [
      'the servers’',
      Auth.fromSecret('a', { sentinels: SentinelAuth.none() }),
      ['REDIS_SECRET=a', 'REDIS_SECRET_KEY=password'],
    ],
    [
      'two',
      Auth.fromSecret('a', { sentinels: SentinelAuth.fromSecret('b', { key: 'k' }) }),
      ['REDIS_SECRET=a', 'REDIS_SECRET_KEY=password', 'REDIS_SENTINEL_SECRET=b', 'REDIS_SENTINEL_SECRET_KEY=k'],
    ],
  ])('names the Secrets that there are: %s', (_, auth, expected) => {
    const { data } = synth({ auth }).one('ConfigMap', 'cache-client');
    const named = Object.entries(data).filter(([name]) => /SECRET/.test(name));
    expect(named.map(([name, value]) => `${name}=${value}`)).toEqual(expected);
  });

  test('names separate Sentinels by their own Services', () => {
    const { data } = synth({ sentinels: Sentinels.separate({ count: 5 }) }).one('ConfigMap', 'cache-client');
    expect(JSON.parse(data.REDIS_SENTINELS_JSON)).toHaveLength(5);
    expect(data.REDIS_SENTINELS).toMatch(/^cache-sentinel-0:26379,/);
  });

  test('is the same as what bind() sets, where both have it', () => {
    const { cache, one } = synth({ namespace: 'caches' });
    expect(cache.sentinelAddresses.join(',')).toBe(one('ConfigMap', 'cache-client').data.REDIS_SENTINELS);
  });

  test('is mounted by no pod of the topology: a change restarts nobody', () => {
    expect(JSON.stringify(synth().all('StatefulSet'))).not.toContain('cache-client');
  });

  test('names the Service that leads to the master where there is one', () => {
    const { master } = clientFacts({ ...SETTINGS, access: { master: true } });
    expect(master).toBe('cache-master.caches.svc.cluster.local:6379');
    expect(clientFacts({ ...SETTINGS, access: {} }).master).toBe(undefined);
    const variables = clientVariables(clientFacts({ ...SETTINGS, access: { master: true } }));
    expect(variables).toMatchObject({
      REDIS_MASTER: 'cache-master.caches.svc.cluster.local:6379',
      REDIS_MASTER_HOST: 'cache-master.caches.svc.cluster.local',
    });
  });
});
