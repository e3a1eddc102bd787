import { Duration } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { Auth, Drill, Persistence, VerificationHook, type VerificationOptions } from '../../src/index.js';
import { type PlainObject, synth } from './synth.js';
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
const config = manifest.config.data;
const proxyConfig = manifest.all('ConfigMap').find(({ metadata }) => metadata.name.includes('-proxy-'))?.data;
const proxies = manifest.one('Deployment', 'every-proxy');
const pod = servers.spec.template.spec;
const [redis] = pod.containers;
const [agent] = pod.initContainers;
const exporterOf = (set: PlainObject) =>
  set.spec.template.spec.containers.find(({ name }: PlainObject) => name === 'exporter');
const env = Object.fromEntries(agent.env.map(({ name, value }: PlainObject) => [name, value]));

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
    const image = `registry.example/redis:8.2.2@${EVERY_PROP.engine.digest}`;
    const containers = [pod.containers[0], sentinels.spec.template.spec.containers[0]];
    expect(new Set(containers.map((container: PlainObject) => container.image))).toEqual(new Set([image]));
    for (const { env } of containers) expect(env).toContainEqual({ name: 'ENGINE', value: 'redis' });
    expect([agent.image, sentinels.spec.template.spec.initContainers[0].image]).toEqual(
      Array(2).fill('registry.example/node:24'),
    );
    expect(exporterOf(servers).image).toBe('registry.example/exporter:1');
  });

  test('tells the agents what was chosen', () => {
    expect(env).toMatchObject({
      TOPOLOGY: 'every',
      PARTS: 'server',
      MASTER_NAME: 'primary',
      QUORUM: '4',
      DOWN_AFTER_MS: '6000',
      FAILOVER_TIMEOUT_MS: '20000',
      SENTINEL_DEBUG: 'TILT-PERIOD 7000 ELECTION-TIMEOUT 1000 INFO-PERIOD 700 ASK-PERIOD 600 PING-PERIOD 800',
      WHEN_EMPTY: 'stay-down',
      WHEN_ABANDONED: 'promote',
      PERSISTENT: 'yes',
      MIN_REPLICAS: '2',
      MAX_LAG: '4',
      GRACE: '90',
      PASSWORD_FILE: '/etc/redis-sentinel/auth/password',
      SENTINEL_PASSWORD_FILE: '/etc/redis-sentinel/sentinel-auth/password',
    });
  });

  test('reserves what was asked for, and limits memory to it', () => {
    const [sentinel] = sentinels.spec.template.spec.containers;
    expect(redis.resources).toEqual({ requests: { cpu: '2', memory: '6Gi' }, limits: { cpu: '4', memory: '8Gi' } });
    expect(sentinel.resources).toEqual({ requests: { cpu: '70m', memory: '80Mi' }, limits: { memory: '80Mi' } });
    for (const set of [servers, sentinels]) {
      expect(exporterOf(set).resources).toEqual({
        requests: { cpu: '5m', memory: '48Mi' },
        limits: { memory: '48Mi' },
      });
    }
    for (const { resources } of [agent, sentinels.spec.template.spec.initContainers[0]]) {
      expect(resources).toEqual({ requests: { cpu: '30m', memory: '112Mi' }, limits: { memory: '112Mi' } });
    }
  });

  test('has volumes of the size and class', () => {
    const volume = (set: PlainObject) => set.spec.volumeClaimTemplates[0].spec;
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
    const [{ from }] = manifest.one('NetworkPolicy', 'every').spec.ingress;
    expect(from.at(-1)).toEqual({ ipBlock: { cidr: '10.0.0.0/8' } });
    expect(from.at(-2)).toEqual({
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

  test('writes further directives, maxmemory and snapshots into redis.conf, and each directive once', () => {
    const lines = config['redis.conf'].trimEnd().split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        `maxmemory ${5 * 2 ** 30}`,
        'save 900 1',
        'save 60 1000',
        'slowlog-max-len 512',
        'hz 20',
        'tcp-keepalive 30',
        'loadmodule /usr/local/lib/redis/modules/rejson.so',
      ]),
    );
    expect(lines.filter((line: string) => line.startsWith('tcp-keepalive'))).toHaveLength(1);
  });

  test('lets a snapshot that fails stop writes only where there is no append-only file', () => {
    const setting = (persistence: Persistence) => {
      const conf: string = synth({ ...EVERY_PROP, persistence }).config.data['redis.conf'];
      return /^stop-writes-on-bgsave-error (.*)$/m.exec(conf)?.[1];
    };
    expect(setting(Persistence.of({ appendOnly: {}, snapshots: {} }))).toBe('no');
    expect(setting(Persistence.of({ snapshots: {} }))).toBeUndefined();
    expect(setting(Persistence.of({ appendOnly: {} }))).toBeUndefined();
  });

  test('makes its claims as was asked, and says what becomes of them', () => {
    const [claim] = servers.spec.volumeClaimTemplates;
    expect(claim.metadata.labels).toMatchObject({ backup: 'daily', ...servers.spec.selector.matchLabels });
    expect(claim.metadata.annotations).toEqual({ owner: 'shop' });
    expect(servers.spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Delete', whenScaled: 'Retain' });
  });

  test('reaches every pod, of servers, Sentinels, proxies and Jobs, with what is said of pods', () => {
    const { all } = synth({ ...EVERY_PROP, auth: Auth.generated() }, (cache) => cache.addVerification());
    const pods = [...all('StatefulSet'), ...all('Deployment'), ...all('Job')].map((one) => one.spec.template);
    expect(pods).toHaveLength(5);
    for (const { metadata, spec } of pods) {
      expect(spec).toMatchObject({
        tolerations: [{ key: 'dedicated', operator: 'Exists' }],
        nodeSelector: { disk: 'ssd' },
        affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
        priorityClassName: 'high',
        runtimeClassName: 'gvisor',
        imagePullSecrets: [{ name: 'pull' }],
        securityContext: { runAsUser: 1234, runAsGroup: 1234, fsGroup: 1234 },
        // What the hook added.
        hostAliases: [],
      });
      expect(metadata.labels).toMatchObject({ tier: 'data', team: 'shop' });
      expect(metadata.annotations).toEqual({ 'sidecar.istio.io/inject': 'false' });
    }
    expect(all('ServiceAccount').map(({ metadata }) => metadata.name)).toEqual(['every-auth']);
    for (const { spec } of all('Job')) {
      expect(spec.template.spec.containers[0].resources.limits).toEqual({ memory: '100Mi' });
    }
  });

  test('mounts the Sentinels’ own Secret where the agent and the verification look for it', () => {
    expect(agent.volumeMounts).toContainEqual({
      name: 'sentinel-auth',
      mountPath: '/etc/redis-sentinel/sentinel-auth',
      readOnly: true,
    });
    const [verify] = synth(EVERY_PROP, (cache) => cache.addVerification()).one('Job').spec.template.spec.containers;
    expect(verify.volumeMounts.map(({ name }: PlainObject) => name)).toEqual([
      'program',
      'password',
      'sentinel-password',
      'tls',
    ]);
  });

  test('has alerts that lead to the runbooks, and a dashboard in its folder', () => {
    const { metadata, spec } = manifest.one('PrometheusRule', 'every-alerts');
    expect(metadata.labels.release).toBe('prometheus');
    expect(spec.groups[0].rules[0].annotations.runbook_url).toMatch(/^https:\/\/wiki\.example\/runbooks#/);
    expect(manifest.one('ConfigMap', 'every-dashboard').metadata.annotations.grafana_folder).toBe('Redis');
  });

  test('lets those who collect metrics in to agents and exporters, and asks kube-dns alone', () => {
    const { ingress, egress } = manifest.one('NetworkPolicy', 'every').spec;
    expect(ingress[2].ports).toEqual([{ protocol: 'TCP', port: 8379 }]);
    expect(ingress[2].from.at(-1).namespaceSelector.matchExpressions[0].values).toEqual(['monitoring']);
    expect(ingress[3]).toEqual({ from: [ingress[2].from.at(-1)], ports: [{ protocol: 'TCP', port: 9121 }] });
    expect(egress[1].to[0].podSelector.matchLabels).toEqual({ 'k8s-app': 'kube-dns' });
  });

  test('has so many proxies, with the image and what they may take', () => {
    const [haproxy] = proxies.spec.template.spec.containers;
    expect(proxies.spec.replicas).toBe(3);
    expect(haproxy.image).toBe('registry.example/haproxy:3.2');
    expect(haproxy.resources).toEqual({ requests: { cpu: '60m', memory: '72Mi' }, limits: { memory: '72Mi' } });
    expect(proxies.spec.template.spec.terminationGracePeriodSeconds).toBe(90);
    expect(proxyConfig['haproxy.cfg']).toContain('\n  hard-stop-after 80s\n');
    expect(haproxy.env).toContainEqual({ name: 'SERVER_3', value: 'every-3.$(NAMESPACE).svc.cluster.example.' });
  });

  test('has the Services as they are asked for', () => {
    expect(manifest.one('Service', 'every-master')).toMatchObject({
      metadata: {
        annotations: { contact: 'shop@example.com', 'external-dns.alpha.kubernetes.io/hostname': 'redis.example' },
      },
      spec: {
        type: 'LoadBalancer',
        loadBalancerClass: 'service.k8s.aws/nlb',
        loadBalancerSourceRanges: ['10.0.0.0/8'],
        ports: [{ name: 'redis', port: 6379, targetPort: 'master', nodePort: 30001 }],
      },
    });
    const sentinel = manifest.one('Service', 'every-sentinel');
    expect(sentinel.spec).toMatchObject({ type: 'NodePort', ports: [{ port: 26379, nodePort: 30379 }] });
    expect(manifest.one('Service', 'every-read').spec.type).toBeUndefined();
    expect(manifest.cache.masterAddress).toBe('every-master.caches.svc.cluster.example:6379');
    expect(manifest.cache.readAddress).toBe('every-read.caches.svc.cluster.example:6379');
  });

  test('keeps zones apart by force', () => {
    expect(pod.topologySpreadConstraints[0].whenUnsatisfiable).toBe('DoNotSchedule');
  });

  test('is verified as was chosen', () => {
    const { metadata, spec } = synth(EVERY_PROP, (cache) => cache.addVerification(EVERY_OPTION)).one('Job');
    const [container] = spec.template.spec.containers;
    expect(metadata.annotations).toMatchObject({ 'argocd.argoproj.io/hook': 'PostSync' });
    expect(container.image).toBe('registry.example/node:22');
    expect(spec.ttlSecondsAfterFinished).toBe(7200);
    const asked = Object.fromEntries(container.env.map(({ name, value }: PlainObject) => [name, value]));
    expect(asked).toMatchObject({ MODE: 'switchover', DRILL_LIMIT: '90', DRILL_WRITERS: '2', READY_TIMEOUT: '200' });
  });

  test('names the Sentinels by their full names', () => {
    expect(manifest.cache.sentinelAddresses[4]).toBe('every-sentinel-4.caches.svc.cluster.example:26379');
  });
});
