import { Duration } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { Drill, VerificationHook, type VerificationOptions } from '../../src/index.js';
import { type Manifest, synth } from './synth.js';
import { EVERY_PROP } from './topologies.js';

/** Every option, as every prop. */
const EVERY_OPTION: Required<VerificationOptions> = {
  drill: Drill.switchover({ limit: Duration.seconds(90), writers: 2 }),
  hook: VerificationHook.argoPostSync(),
  image: 'registry.example/node:22',
  readyTimeout: Duration.seconds(200),
  ttl: Duration.hours(2),
};

const manifest = synth(EVERY_PROP);
const servers = manifest.one('StatefulSet', 'every');
const sentinels = manifest.one('StatefulSet', 'every-sentinel');
const config = manifest.one('ConfigMap').data;
const pod = servers.spec.template.spec;
const [redis] = pod.containers;
const env = Object.fromEntries(redis.env.map(({ name, value }: Manifest) => [name, value]));

describe('a topology that gives every prop', () => {
  test('has so many servers and Sentinels', () => {
    expect(servers.spec.replicas).toBe(4);
    expect(sentinels.spec.replicas).toBe(5);
    expect(env.SERVERS.split(' ')).toHaveLength(4);
    expect(env.SENTINELS).toBe(
      [0, 1, 2, 3, 4].map((i) => `every-sentinel-${i}.$(NAMESPACE).svc.cluster.example.`).join(' '),
    );
  });

  test('runs the image of the engine, by its digest', () => {
    const image = `registry.example/valkey:9.1.2@${EVERY_PROP.engine.digest}`;
    const containers = [...pod.initContainers, ...pod.containers, ...sentinels.spec.template.spec.containers];
    expect(new Set(containers.map((container: Manifest) => container.image))).toEqual(new Set([image]));
    expect(env.ENGINE).toBe('valkey');
  });

  test('tells the scripts what was chosen', () => {
    expect(env).toMatchObject({
      TOPOLOGY: 'every',
      MASTER_NAME: 'primary',
      QUORUM: '4',
      DOWN_AFTER_MS: '6000',
      FAILOVER_TIMEOUT_MS: '20000',
      SENTINEL_DEBUG: 'TILT-PERIOD 7000 INFO-PERIOD 700 ASK-PERIOD 600 PING-PERIOD 800',
      WHEN_EMPTY: 'stay-down',
      WHEN_ABANDONED: 'promote',
      PERSISTENT: 'yes',
      MIN_REPLICAS: '2',
      MAX_LAG: '4',
      GRACE: '60',
    });
  });

  test('reserves what was asked for, and limits memory to it', () => {
    const [keeper] = pod.initContainers;
    const [sentinel] = sentinels.spec.template.spec.containers;
    expect(redis.resources).toEqual({ requests: { cpu: '2', memory: '8Gi' }, limits: { memory: '8Gi' } });
    expect(sentinel.resources).toEqual({ requests: { cpu: '70m', memory: '80Mi' }, limits: { memory: '80Mi' } });
    expect(keeper.resources).toEqual({ requests: { cpu: '30m', memory: '96Mi' }, limits: { memory: '96Mi' } });
  });

  test('has volumes of the size and class', () => {
    const volume = (set: Manifest) => set.spec.volumeClaimTemplates[0].spec;
    expect(volume(servers)).toMatchObject({ storageClassName: 'fast', resources: { requests: { storage: '40Gi' } } });
    expect(volume(sentinels)).toMatchObject({
      storageClassName: 'slow',
      resources: { requests: { storage: '200Mi' } },
    });
  });

  test('prefers one pod to a node, and lets two share one', () => {
    const { podAntiAffinity } = pod.affinity;
    expect(podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toBeUndefined();
    expect(podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution).toHaveLength(1);
  });

  test('takes the password from the given key of the given Secret', () => {
    expect(manifest.all('Secret')).toEqual([]);
    expect(manifest.cache.password).toEqual({ name: 'vault-password', key: 'redis', optional: true });
  });

  test('lets clients in from the namespaces that are named', () => {
    const [{ from }] = manifest.one('NetworkPolicy').spec.ingress;
    expect(from.at(-1)).toEqual({
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop', 'search'] }],
      },
      podSelector: { matchLabels: { 'redis-sentinel.cdk8s.io/client-every': 'true' } },
    });
  });

  test('marks every object with the labels and annotations, and the pods with the labels', () => {
    for (const { metadata } of manifest.objects) {
      expect(metadata).toMatchObject({ labels: { team: 'shop' }, annotations: { contact: 'shop@example.com' } });
    }
    expect(servers.spec.template.metadata.labels.team).toBe('shop');
    expect(servers.spec.selector.matchLabels.team).toBeUndefined();
  });

  test('is configured with what was chosen', () => {
    expect(config['redis.conf']).toContain('\nmaxmemory-policy volatile-lfu\n');
    expect(config['redis.conf']).toContain('\nappendfsync always\n');
    expect(config['redis.conf']).toContain('\nmin-replicas-to-write 2\nmin-replicas-max-lag 4\n');
    expect(config['sentinel.conf']).toContain('\nsentinel down-after-milliseconds primary 6000\n');
    expect(config['sentinel.conf']).toContain('\nsentinel failover-timeout primary 20000\n');
    expect(config['sentinel.conf']).toContain('\nsentinel parallel-syncs primary 2\n');
  });

  test('is verified as was chosen', () => {
    const { metadata, spec } = synth(EVERY_PROP, (cache) => cache.addVerification(EVERY_OPTION)).one('Job');
    const [container] = spec.template.spec.containers;
    expect(metadata.annotations).toMatchObject({ 'argocd.argoproj.io/hook': 'PostSync' });
    expect(container.image).toBe('registry.example/node:22');
    expect(spec.ttlSecondsAfterFinished).toBe(7200);
    const asked = Object.fromEntries(container.env.map(({ name, value }: Manifest) => [name, value]));
    expect(asked).toMatchObject({ MODE: 'switchover', DRILL_LIMIT: '90', DRILL_WRITERS: '2', READY_TIMEOUT: '200' });
  });

  test('names the Sentinels by their full names', () => {
    expect(manifest.cache.sentinelAddresses[4]).toBe('every-sentinel-4.caches.svc.cluster.example:26379');
  });
});
