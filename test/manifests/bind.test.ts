import { App, Chart, Cron } from 'cdk8s';
import { Container, CronJob, Deployment, Pod, Secret } from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import application from '../../charts/application.js';
import { Auth, RedisSentinel, SentinelAuth } from '../../src/index.js';
import type { PlainObject } from './synth.js';

const IMAGE = 'registry.example/shop:1';
const LABEL = { 'redis-sentinel.cdk8s.io/client-cache': 'true' };

describe('bind', () => {
  test('gives a workload addresses, master name, password file and the label that lets it in', () => {
    const { chart, cache } = setup();
    const shop = deployment(chart);
    cache.bind(shop);
    const { spec, metadata } = manifest(chart, 'Deployment').spec.template;
    expect(environment(spec.containers[0])).toEqual({
      REDIS_SENTINELS: [0, 1, 2].map((i) => `cache-${i}.caches.svc.cluster.local:26379`).join(','),
      REDIS_MASTER_NAME: 'mymaster',
      REDIS_PASSWORD_FILE: '/etc/redis-sentinel/cache/password',
    });
    expect(spec.containers[0].volumeMounts).toEqual([
      { name: 'redis-sentinel-cache', mountPath: '/etc/redis-sentinel/cache', readOnly: true },
    ]);
    expect(spec.volumes).toEqual([
      {
        name: 'redis-sentinel-cache',
        secret: { secretName: 'cache-auth', items: [{ key: 'password', path: 'password' }] },
      },
    ]);
    expect(metadata.labels).toMatchObject(LABEL);
  });

  test('takes every kind of workload', () => {
    const { chart, cache } = setup();
    cache.bind(new Pod(chart, 'pod', { containers: [{ image: IMAGE }] }));
    cache.bind(new CronJob(chart, 'cron', { schedule: Cron.daily(), containers: [{ image: IMAGE }] }));
    expect(manifest(chart, 'Pod').metadata.labels).toMatchObject(LABEL);
    expect(manifest(chart, 'CronJob').spec.jobTemplate.spec.template.metadata.labels).toMatchObject(LABEL);
  });

  test('takes a container by itself, for a pod that gets the labels another way', () => {
    const { chart, cache } = setup();
    const container = new Container({ image: IMAGE });
    cache.bind(container);
    const shop = deployment(chart);
    shop.attachContainer(container);
    for (const [key, value] of Object.entries(cache.clientLabels)) shop.podMetadata.addLabel(key, value);
    const { spec, metadata } = manifest(chart, 'Deployment').spec.template;
    expect(environment(spec.containers[1])).toHaveProperty('REDIS_SENTINELS');
    expect(metadata.labels).toMatchObject(LABEL);
  });

  test('binds the named container, and two containers of one pod to one volume', () => {
    const { chart, cache } = setup();
    const shop = deployment(chart);
    shop.addContainer({ name: 'worker', image: IMAGE });
    cache.bind(shop);
    cache.bind(shop, { container: 'worker' });
    const { containers, volumes } = manifest(chart, 'Deployment').spec.template.spec;
    expect(environment(containers[1])).toEqual(environment(containers[0]));
    expect(volumes).toHaveLength(1);
  });

  test('mounts no password where there is none, and another where the Sentinels have their own', () => {
    const { chart } = setup();
    const own = Auth.fromSecret(undefined, { sentinels: SentinelAuth.fromSecret('others') });
    const shop = deployment(chart);
    new RedisSentinel(chart, 'open', { auth: Auth.none() }).bind(shop, { prefix: 'OPEN' });
    new RedisSentinel(chart, 'own', { auth: own }).bind(shop, { prefix: 'OWN' });
    const { containers, volumes } = manifest(chart, 'Deployment').spec.template.spec;
    const variables = environment(containers[0]);
    expect(Object.keys(variables).filter((name) => name.startsWith('OPEN'))).toEqual([
      'OPEN_SENTINELS',
      'OPEN_MASTER_NAME',
    ]);
    expect(variables).toMatchObject({
      OWN_PASSWORD_FILE: '/etc/redis-sentinel/own/password',
      OWN_SENTINEL_PASSWORD_FILE: '/etc/redis-sentinel/own-sentinel/password',
    });
    expect(volumes.map(({ secret }: PlainObject) => secret.secretName)).toEqual(['own-auth', 'others']);
  });

  test('lets one application use two topologies, told apart by a prefix', () => {
    const { chart, cache } = setup();
    const sessions = new RedisSentinel(chart, 'sessions');
    const shop = deployment(chart);
    cache.bind(shop);
    sessions.bind(shop, { prefix: 'SESSIONS' });
    const { spec, metadata } = manifest(chart, 'Deployment').spec.template;
    expect(environment(spec.containers[0])).toMatchObject({
      REDIS_PASSWORD_FILE: '/etc/redis-sentinel/cache/password',
      SESSIONS_PASSWORD_FILE: '/etc/redis-sentinel/sessions/password',
    });
    expect(Object.keys(metadata.labels)).toContain('redis-sentinel.cdk8s.io/client-sessions');
  });

  test('puts the password into the environment only when asked to, and then from the Secret', () => {
    const { chart, cache } = setup();
    const shop = deployment(chart);
    cache.bind(shop, { passwordInEnvironment: true });
    const { env } = manifest(chart, 'Deployment').spec.template.spec.containers[0];
    expect(env.at(-1)).toEqual({
      name: 'REDIS_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'cache-auth', key: 'password' } },
    });
  });

  test('refuses a workload of another namespace, which cannot mount the Secret, unless given a copy of it', () => {
    const { chart, cache } = setup();
    const shop = deployment(chart, 'shop');
    expect(() => cache.bind(shop)).toThrow(/'bind' must be given a 'secret' .* is in 'shop'.*'cache-auth' in 'caches'/);
    cache.bind(shop, { secret: Secret.fromSecretName(chart, 'copy', 'cache-copy') });
    const [volume] = manifest(chart, 'Deployment').spec.template.spec.volumes;
    expect(volume.secret.secretName).toBe('cache-copy');
  });

  test('refuses a workload without the container, and says which it has', () => {
    const { chart, cache } = setup();
    expect(() => cache.bind(deployment(chart), { container: 'worker' })).toThrow(
      "'bind' must be given a workload with the container 'worker', 'chart/shop' has 'main'",
    );
    expect(() => cache.bind(new Deployment(chart, 'empty'))).toThrow(/with a container, 'chart\/empty' has none/);
  });
});

test('the example application passes Pod Security restricted and is bound', () => {
  const objects: PlainObject[] = application(new App()).toJson();
  const { metadata, spec } = objects.find(({ kind }) => kind === 'Deployment').spec.template;
  expect(metadata.labels).toMatchObject({ 'redis-sentinel.cdk8s.io/client-application': 'true' });
  expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  const [app] = spec.containers;
  expect(app.securityContext).toMatchObject({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(environment(app)).toHaveProperty('REDIS_SENTINELS');
});

function setup() {
  const chart = new Chart(new App(), 'chart', { namespace: 'caches' });
  return { chart, cache: new RedisSentinel(chart, 'cache') };
}

function deployment(chart: Chart, namespace?: string): Deployment {
  return new Deployment(chart, 'shop', { metadata: { namespace }, containers: [{ name: 'main', image: IMAGE }] });
}

function manifest(chart: Chart, kind: string): PlainObject {
  return chart.toJson().find((object: PlainObject) => object.kind === kind);
}

function environment({ env }: PlainObject): Record<string, string> {
  return Object.fromEntries(env.map(({ name, value }: PlainObject) => [name, value]));
}
