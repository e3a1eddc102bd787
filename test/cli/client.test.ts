import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { Deployment } from 'cdk8s-plus-27';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { clientFacts } from '../../src/access/client-facts.js';
import { clientText } from '../../src/cli/client.js';
import { Auth, RedisSentinel, SentinelAuth, Sentinels } from '../../src/index.js';
import type { RedisSentinelProps } from '../../src/topology/props.js';
import { HOME, run } from './command.js';

test.each<[string, RedisSentinelProps]>([
  ['a plain topology', {}],
  ['one in a namespace', { namespace: 'caches' }],
  ['separate Sentinels', { sentinels: Sentinels.separate({ count: 3 }) }],
  ['another Secret', { auth: Auth.fromSecret('shared', { key: 'redis' }) }],
  ['Sentinels with another Secret', { auth: Auth.fromSecret(undefined, { sentinels: SentinelAuth.fromSecret('s') }) }],
  ['Sentinels without a password', { auth: Auth.fromSecret(undefined, { sentinels: SentinelAuth.none() }) }],
  ['no password at all', { auth: Auth.none() }],
])('of %s, client tells what bind() sets', (_, props) => {
  const chart = new Chart(new App(), 'chart', { namespace: props.namespace });
  const cache = new RedisSentinel(chart, 'cache', props);
  const shop = new Deployment(chart, 'shop', { containers: [{ image: 'shop:1' }] });
  cache.bind(shop);
  const { template } = chart.toJson().find(({ kind }) => kind === 'Deployment').spec;
  const values = parse(clientText(clientFacts(cache.settings), 'values'));
  expect(values.env).toEqual(template.spec.containers[0].env);
  expect(values.volumeMounts).toEqual(template.spec.containers[0].volumeMounts);
  expect(values.volumes).toEqual(template.spec.volumes);
  expect(template.metadata.labels).toMatchObject(values.podLabels);
});

test('client gives a file of environment variables, with what cannot be one as comments', () => {
  const { status, stdout } = run(['client', join(HOME, 'charts/production.yaml'), '--prefix', 'CACHE']);
  expect(status).toBe(0);
  expect(
    stdout,
  ).toBe(`# mount key 'password' of the Secret production-auth as the file /etc/redis-sentinel/production/password
# label the pods redis-sentinel.cdk8s.io/client-production: "true"
# after a write that must not be lost: WAIT 1
CACHE_SENTINELS=production-0:26379,production-1:26379,production-2:26379
CACHE_MASTER_NAME=mymaster
CACHE_PASSWORD_FILE=/etc/redis-sentinel/production/password
`);
});

test('client --json has the facts, and never a password', () => {
  const { stdout } = run(['client', join(HOME, 'charts/development.yaml'), '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    topology: 'development',
    masterName: 'mymaster',
    sentinelService: 'development-sentinel:26379',
    ports: [6379, 26379],
    password: { name: 'development-auth', key: 'password' },
  });
});

test('client refuses a chart in TypeScript, and says what there is instead', () => {
  expect(run(['client', 'charts/application.ts'])).toMatchObject({
    status: 64,
    stderr: expect.stringContaining('in TypeScript it is bind()'),
  });
});
