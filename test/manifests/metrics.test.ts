import { Duration } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { Auth, Network, type RedisSentinelProps, SentinelAuth, Sentinels } from '../../src/index.js';
import { type PlainObject, synth } from './synth.js';

const EXPORTER: RedisSentinelProps = { metrics: { exporter: true } };
const SEPARATE = Sentinels.separate({ count: 3 });
const FILE = '-redis.password-file=/run/redis-sentinel-exporter/passwords.json';

function podOf(props: RedisSentinelProps, set = 'cache'): PlainObject {
  return synth(props).one('StatefulSet', set).spec.template.spec;
}
const named = (list: PlainObject[], name: string): PlainObject => list.find((each) => each.name === name);
const exporterOf = (pod: PlainObject) => named(pod.containers, 'exporter');
const environmentOf = ({ env }: PlainObject) =>
  Object.fromEntries(env.map(({ name, value }: PlainObject) => [name, value]));

describe('an exporter', () => {
  const pod = podOf(EXPORTER);
  const exporter = exporterOf(pod);

  test('runs beside the server and not before it, so that a server starts where the image cannot be pulled', () => {
    expect(pod.containers.map(({ name }: PlainObject) => name)).toEqual(['redis', 'exporter']);
    expect(pod.initContainers.map(({ name }: PlainObject) => name)).toEqual(['agent', 'sentinel']);
  });

  test('is ended by no probe, and keeps no pod from being ready while it runs', () => {
    const { livenessProbe, readinessProbe, startupProbe } = exporter;
    expect([livenessProbe, readinessProbe, startupProbe]).toEqual([undefined, undefined, undefined]);
  });

  test('sees the password’s file and nothing else of the pod', () => {
    const mount = { name: 'exporter', mountPath: '/run/redis-sentinel-exporter' };
    expect(exporter.volumeMounts).toEqual([{ ...mount, readOnly: true }]);
    expect(pod.initContainers[0].volumeMounts).toContainEqual(mount);
    expect(named(pod.volumes, 'exporter')).toEqual({
      name: 'exporter',
      emptyDir: { medium: 'Memory', sizeLimit: '1Mi' },
    });
    expect(exporter.env).toEqual([]);
    expect(exporter.command).toContain(FILE);
    expect(environmentOf(pod.initContainers[0])).toMatchObject({
      EXPORTER_PASSWORDS: '/run/redis-sentinel-exporter/passwords.json',
      EXPORTER_PORT: '9121',
    });
  });

  test('tells no values of keys, and answers within the time that Prometheus gives a scrape', () => {
    expect(exporter.command).toEqual([
      '/redis_exporter',
      '-redis.addr=redis://127.0.0.1:6379',
      FILE,
      '-web.listen-address=:9121',
      '-connection-timeout=5s',
      '-disable-exporting-key-values',
    ]);
  });

  test.each<[string, RedisSentinelProps, boolean]>([
    ['nothing wants one', { auth: Auth.none() }, false],
    ['the servers alone want one', { auth: Auth.fromSecret('a', { sentinels: SentinelAuth.none() }) }, true],
    ['Sentinels beside the servers want one', { auth: withSentinels() }, true],
  ])('has a file for passwords where %s: %#', (_, props, hasFile) => {
    const pod = podOf({ ...props, ...EXPORTER });
    expect(exporterOf(pod).command.includes(FILE)).toBe(hasFile);
    expect(named(pod.volumes, 'exporter') !== undefined).toBe(hasFile);
    expect('EXPORTER_PASSWORDS' in environmentOf(pod.initContainers[0])).toBe(hasFile);
  });

  test('asks nobody but the server where it shall not tell of the Sentinel', () => {
    const { command } = exporterOf(podOf({ metrics: { exporter: { sentinels: false } } }));
    expect(command).toContain('-disable-scrape-endpoint');
  });

  test('is beside separate Sentinels too, and asks them', () => {
    const props = { ...EXPORTER, sentinels: SEPARATE };
    const { command } = exporterOf(podOf(props, 'cache-sentinel'));
    expect(command.slice(1, 3)).toEqual(['-redis.addr=redis://127.0.0.1:26379', FILE]);
    expect(command).toContain('-disable-scrape-endpoint');
    expect(exporterOf(podOf(props)).command).toContain('-disable-scrape-endpoint');
    expect(exporterOf(podOf({ ...props, metrics: { exporter: { sentinels: false } } }, 'cache-sentinel'))).toBe(
      undefined,
    );
  });

  test('of Sentinels without a password needs none, whatever the servers have', () => {
    const auth = Auth.fromSecret('a', { sentinels: SentinelAuth.none() });
    const props = { ...EXPORTER, auth, sentinels: SEPARATE };
    expect(exporterOf(podOf(props, 'cache-sentinel')).command).not.toContain(FILE);
    expect(exporterOf(podOf(props)).command).toContain(FILE);
  });

  test('is not there unless it is asked for', () => {
    expect(exporterOf(podOf({ metrics: { monitor: {} } }))).toBe(undefined);
  });
});

describe('the network', () => {
  const opens = (props: RedisSentinelProps) =>
    synth(props)
      .one('NetworkPolicy')
      .spec.ingress.filter(({ ports }: PlainObject) => ports.some(({ port }: PlainObject) => port === 9121));

  test('keeps everybody from the exporters, open or not, until it is told who collects metrics', () => {
    expect(opens(EXPORTER)).toEqual([]);
    expect(opens({ ...EXPORTER, network: Network.open() })).toEqual([]);
  });

  test('lets in the namespaces and the peers that are named', () => {
    const peer = {
      namespaceSelector: { matchLabels: { a: 'b' } },
      podSelector: { matchLabels: { app: 'prometheus' } },
    };
    const [rule] = opens({
      ...EXPORTER,
      network: Network.clients({ metrics: { namespaces: ['monitoring'], from: [peer] } }),
    });
    expect(rule.from).toEqual([
      {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['monitoring'] }],
        },
      },
      peer,
    ]);
    expect(opens({ ...EXPORTER, network: Network.clients({ metrics: { from: [peer] } }) })[0].from).toEqual([peer]);
  });

  test('lets the pods out to no exporter', () => {
    const { egress } = synth(EXPORTER).one('NetworkPolicy').spec;
    expect(JSON.stringify(egress)).not.toContain('9121');
  });
});

describe('a PodMonitor', () => {
  const { one, all } = synth({
    metrics: { exporter: true, monitor: { interval: Duration.seconds(30), labels: { release: 'prometheus' } } },
  });
  const { apiVersion, metadata, spec } = one('PodMonitor', 'cache-metrics');
  const pod = one('StatefulSet').spec.template;

  test('has the labels by which Prometheus finds it, and finds the pods', () => {
    expect(apiVersion).toBe('monitoring.coreos.com/v1');
    expect(metadata.labels.release).toBe('prometheus');
    expect(pod.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(pod.metadata.labels.release).toBe(undefined);
    expect(all('Service').map((service) => service.metadata.name)).not.toContain('cache-metrics');
  });

  test('reads the agent, the server and the Sentinel, with labels that keep them and two topologies apart', () => {
    const relabelings = (endpoint: string) => [
      { action: 'replace', targetLabel: 'topology', replacement: 'cache' },
      { action: 'replace', targetLabel: 'endpoint', replacement: endpoint },
    ];
    expect(spec.podMetricsEndpoints).toEqual([
      { port: 'agent', path: '/metrics', interval: '30s', relabelings: relabelings('agent') },
      { port: 'exporter', path: '/metrics', interval: '30s', relabelings: relabelings('redis') },
      {
        port: 'exporter',
        path: '/scrape',
        params: { target: ['redis://127.0.0.1:26379'] },
        interval: '30s',
        relabelings: relabelings('sentinel'),
      },
    ]);
  });
});

describe.each(['PodMonitor', 'ServiceMonitor'] as const)('%s', (kind) => {
  const { all, one } = synth({ sentinels: SEPARATE, metrics: { exporter: true, monitor: { kind } } });
  const pagesOf = ({ spec }: PlainObject) =>
    (spec.podMetricsEndpoints ?? spec.endpoints).map(
      ({ port, path, relabelings }: PlainObject) => `${port}${path} ${relabelings[1].replacement}`,
    );

  test('is there once for each component, and reads each page of it once', () => {
    expect(all(kind).map((each) => [each.metadata.name, pagesOf(each)])).toEqual([
      ['cache-metrics', ['agent/metrics agent', 'exporter/metrics redis']],
      ['cache-sentinel-metrics', ['agent/metrics agent', 'exporter/metrics sentinel']],
    ]);
  });

  test('reads ports that the pods behind it have, and no others’ pods', () => {
    for (const { metadata, spec } of all(kind)) {
      const set = metadata.name.replace('-metrics', '');
      const pods = one('StatefulSet', set).spec.template;
      const ports = [...pods.spec.initContainers, ...pods.spec.containers].flatMap((container) => container.ports);
      const selector = kind === 'PodMonitor' ? spec.selector.matchLabels : one('Service', metadata.name).spec.selector;
      const selected = all('StatefulSet').filter((each) =>
        Object.entries(selector).every(([key, value]) => each.spec.template.metadata.labels[key] === value),
      );
      expect(selected.map((each) => each.metadata.name)).toEqual([set]);
      for (const { port } of spec.podMetricsEndpoints ?? spec.endpoints) {
        expect(ports.map(({ name }: PlainObject) => name)).toContain(port);
      }
    }
  });
});

test('a ServiceMonitor goes by a Service of its own, which leads to pods that are not ready too', () => {
  const { all, one } = synth({ metrics: { monitor: { kind: 'ServiceMonitor' } } });
  const { selector, endpoints } = one('ServiceMonitor').spec;
  const found = all('Service').filter(({ metadata }) =>
    Object.entries(selector.matchLabels).every(([key, value]) => metadata.labels[key] === value),
  );
  expect(found.map(({ metadata }) => metadata.name)).toEqual(['cache-metrics']);
  expect(found[0].spec).toMatchObject({
    clusterIP: 'None',
    publishNotReadyAddresses: true,
    ports: [{ name: 'agent', port: 8379, targetPort: 'agent' }],
  });
  expect(endpoints).toMatchObject([{ port: 'agent' }]);
  expect(endpoints[0].interval).toBe(undefined);
});

test('agents have metrics without any word, and nobody is told of them', () => {
  const { objects } = synth();
  expect(objects.filter(({ kind }) => kind.endsWith('Monitor'))).toEqual([]);
});

function withSentinels(): Auth {
  return Auth.fromSecret('a', { sentinels: SentinelAuth.fromSecret('b') });
}
