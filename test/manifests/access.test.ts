import { Duration, Size } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { PATIENT_HOLD_MS } from '../../src/agent/program/http/held.js';
import { Network, type RedisSentinelProps, Sentinels, Spread } from '../../src/index.js';
import { type PlainObject, synth } from './synth.js';

const BOTH: RedisSentinelProps = { access: { master: true, read: true } };

const manifest = synth(BOTH);
const { spec } = manifest.one('Deployment');
const pod = spec.template.spec;
const [haproxy] = pod.containers;
const config = configOf(BOTH);

function configOf(props: RedisSentinelProps): string {
  return synth(props)
    .all('ConfigMap')
    .find(({ data }) => 'haproxy.cfg' in data).data['haproxy.cfg'];
}

/** The lines of a section, its first one included. */
function section(name: string, from = config): string[] {
  const found = from.split('\n\n').find((text) => text.startsWith(`${name}\n`)) ?? '';
  return found
    .trim()
    .split('\n')
    .map((line) => line.trim());
}

/** The line that begins with a word. */
const value = (word: string, from = config) => new RegExp(`^ *${word} (.*)$`, 'm').exec(from)?.[1];

describe('a topology without further access', () => {
  test('has no proxies, and nobody but clients and members is let in', () => {
    const { all, cache } = synth();
    expect(all('Deployment')).toEqual([]);
    expect(cache.masterAddress ?? cache.readAddress ?? cache.proxies).toBeUndefined();
    expect(all('NetworkPolicy')).toHaveLength(1);
    expect(JSON.stringify(all('NetworkPolicy'))).not.toContain('proxy');
  });

  test('is the same with `false` for both', () => {
    expect(synth({ access: { master: false, read: false } }).objects).toEqual(synth().objects);
  });
});

describe('the Services', () => {
  test('have these names, and lead to the proxies', () => {
    const selector = { ...spec.selector.matchLabels };
    expect(manifest.one('Service', 'cache-master').spec).toEqual({
      selector,
      ports: [{ name: 'redis', port: 6379, targetPort: 'master' }],
    });
    expect(manifest.one('Service', 'cache-read').spec).toEqual({
      selector,
      ports: [{ name: 'redis', port: 6379, targetPort: 'read' }],
    });
    expect(manifest.cache).toMatchObject({ masterAddress: 'cache-master:6379', readAddress: 'cache-read:6379' });
  });

  test('are there one by one', () => {
    const names = (props: RedisSentinelProps) =>
      synth(props)
        .all('Service')
        .map(({ metadata }) => metadata.name)
        .filter((name) => /master|read/.test(name));
    expect(names({ access: { master: true } })).toEqual(['cache-master']);
    expect(names({ access: { read: {} } })).toEqual(['cache-read']);
  });

  test('in front of the Sentinels may be of another type, and need no proxy', () => {
    const { one, all } = synth({ access: { sentinel: { type: 'LoadBalancer', annotations: { a: 'b' } } } });
    expect(one('Service', 'cache-sentinel')).toMatchObject({
      metadata: { annotations: { a: 'b' } },
      spec: { type: 'LoadBalancer', ports: [{ port: 26379, targetPort: 'sentinel' }] },
    });
    expect(all('Deployment')).toEqual([]);
  });
});

describe('the proxies', () => {
  test('are two, replaced one by one after another is there, and evicted one at a time', () => {
    expect(spec.replicas).toBe(2);
    expect(spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
    expect(manifest.one('PodDisruptionBudget', 'cache-proxy').spec).toEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: spec.selector,
    });
  });

  test('are as many as is said in either place', () => {
    const replicas = (access: RedisSentinelProps['access']) => synth({ access }).one('Deployment').spec.replicas;
    expect(replicas({ master: { replicas: 3 }, read: true })).toBe(3);
    expect(replicas({ master: true, read: { replicas: 4 } })).toBe(4);
  });

  // With as many nodes as proxies, none would be left for the one that is to take the place of another.
  test.each([
    [Spread.REQUIRED, 'DoNotSchedule'],
    [Spread.PREFERRED, 'ScheduleAnyway'],
  ])('keep apart by nodes, each revision by itself: %s', (spread, whenUnsatisfiable) => {
    const { affinity, topologySpreadConstraints } = synth({ ...BOTH, spread }).one('Deployment').spec.template.spec;
    expect(topologySpreadConstraints[0]).toEqual({
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable,
      labelSelector: spec.selector,
      matchLabelKeys: ['pod-template-hash'],
      nodeTaintsPolicy: 'Honor',
    });
    expect(affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toBeUndefined();
    expect(affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution).toHaveLength(1);
  });

  test('are rolled by another configuration', () => {
    const name = (props: RedisSentinelProps) =>
      synth(props).one('Deployment').spec.template.spec.volumes[0].configMap.name;
    expect(name({ ...BOTH, servers: 5 })).not.toBe(name(BOTH));
    expect(name({ ...BOTH, maxmemoryPolicy: 'allkeys-lfu' })).toBe(name(BOTH));
  });

  test('hold no password and run as the user of the image', () => {
    expect(pod.volumes).toEqual([
      { name: 'config', configMap: { name: expect.stringMatching(/^cache-proxy-\w{8}$/) } },
    ]);
    expect(pod.securityContext).toMatchObject({ runAsUser: 99, runAsGroup: 99 });
    expect(haproxy.image).toBe('docker.io/library/haproxy:3.2.18');
    expect(
      synth({ ...BOTH, registry: 'mirror.example' }).one('Deployment').spec.template.spec.containers[0].image,
    ).toBe('mirror.example/library/haproxy:3.2.18');
  });

  test('stop softly: they take connections for a while, then keep those that are open, all within the grace', () => {
    const [, , stay, leave] = haproxy.lifecycle.preStop.exec.command.map(Number);
    const hardStop = Number.parseInt(value('hard-stop-after') ?? '', 10);
    expect(pod.terminationGracePeriodSeconds).toBe(60);
    expect(stay).toBeGreaterThanOrEqual(5);
    expect(stay + hardStop).toBeLessThan(stay + leave);
    expect(stay + leave).toBeLessThan(60);
    // Before an old one goes, the nodes have heard of the new one.
    expect(spec.minReadySeconds).toBeGreaterThanOrEqual(5);
  });

  test('are started when they have found a server, and stay ready whatever becomes of the servers', () => {
    expect(haproxy.startupProbe.httpGet.path).toBe('/startedz');
    for (const probe of [haproxy.readinessProbe, haproxy.livenessProbe]) expect(probe.httpGet.path).toBe('/livez');
    for (const { port } of [haproxy.startupProbe, haproxy.readinessProbe, haproxy.livenessProbe].map(
      (p) => p.httpGet,
    )) {
      expect(haproxy.ports).toContainEqual({ name: port, containerPort: 8404 });
    }
  });
});

test('every port that the proxies use of a server is one of its Service', () => {
  const [, checked] = /default-server check port ([0-9]+)/.exec(config) ?? [];
  const used = new Set([...config.matchAll(/^ *server .*:([0-9]+)/gm)].map(([, port]) => Number(port)));
  expect([...used, Number(checked)]).toEqual([6379, 8379]);
  for (const name of ['cache-0', 'cache-1', 'cache-2']) {
    const offered = manifest.one('Service', name).spec.ports.map(({ port }: { port: number }) => port);
    expect(offered).toEqual(expect.arrayContaining([6379, 8379]));
  }
  expect(synth().one('Service', 'cache-0').spec.ports).toHaveLength(2);
});

describe('haproxy.cfg', () => {
  const servers = (backend: string, from = config) =>
    section(`backend ${backend}`, from).filter((line) => line.startsWith('server '));

  test('asks the agent of each server for its role', () => {
    expect(section('backend master')).toContain('option httpchk GET /readyz?of=master');
    expect(section('backend read')).toContain('option httpchk GET /readyz?of=replica');
    expect(servers('last')).toEqual([0, 1, 2].map((i) => `server cache-${i} "\${SERVER_${i}}:6379"`));
    for (const backend of ['master', 'last', 'read']) {
      const checks = section(`backend ${backend}`).find((line) => line.startsWith('default-server')) ?? '';
      expect(checks).toContain('check port 8379');
      expect(checks).toContain('on-marked-down shutdown-sessions');
      expect(checks).toContain('init-addr none');
      // Else a server that stands in for another one, whose name it has, would never get an address.
      expect(checks).toContain('resolve-opts allow-dup-ip');
    }
  });

  test('leads to who was master by its agent for as long as a kubelet lets that one wait, and away once another is', () => {
    expect(section('backend last')).toContain('option httpchk GET /readyz?of=master&unsure=404');
    const [, everyMs, failures] = /fastinter (\d+)ms .* fall (\d+) /.exec(section('backend last').join('\n')) ?? [];
    const [, answerMs] = /^timeout check (\d+)ms$/m.exec(section('backend last').join('\n')) ?? [];
    expect(Number(answerMs)).toBeGreaterThan(PATIENT_HOLD_MS);
    // The longest back-off.
    expect(Number(everyMs) * Number(failures)).toBeGreaterThan(5 * 60_000);
    expect(servers('master')).toEqual([
      ...[0, 1, 2].map((i) => `server cache-${i} "\${SERVER_${i}}:6379" on-marked-up shutdown-backup-sessions`),
      ...[0, 1, 2].map((i) => `server cache-${i}-last "\${SERVER_${i}}:6379" no-check track last/cache-${i} backup`),
    ]);
    expect(section('backend master')).toContain('option allbackups');
    expect(config).not.toMatch(/default_backend last/);
  });

  test('names every server in an environment variable, by the Service of its pod', () => {
    const { env } = haproxy;
    for (const name of new Set([...config.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))) {
      expect(env.map((one: PlainObject) => one.name)).toContain(name);
    }
    expect(env).toContainEqual({ name: 'SERVER_2', value: 'cache-2.$(NAMESPACE).svc.cluster.local.' });
  });

  test('leads readers to the master where there is no replica, and away from it when there is one again', () => {
    expect(
      servers('read')
        .slice(0, 3)
        .every((line) => line.endsWith('on-marked-up shutdown-backup-sessions')),
    ).toBe(true);
    expect(servers('read').slice(3)).toEqual(
      [0, 1, 2].map(
        (i) => `server cache-${i}-as-master "\${SERVER_${i}}:6379" no-check track master/cache-${i} backup`,
      ),
    );
    expect(configOf({ access: { master: true } })).not.toMatch(/backend read|of=replica/);
  });

  test('lets a client be silent for as long as it likes, and notices one that is gone', () => {
    for (const side of ['client', 'server']) expect(value(`timeout ${side}`)).toBe('24d');
    for (const side of ['cli', 'srv']) expect(value(`${side}tcpka-idle`)).toBe('60s');
  });

  test('drops no address when DNS does not answer', () => {
    const lines = section('resolvers cluster');
    for (const answer of ['nx', 'timeout', 'refused', 'other', 'obsolete'])
      expect(lines).toContain(`hold ${answer} 24d`);
  });

  // A server whose node is gone fails after 500 ms, then every 400 ms.
  test.each([
    [1, 3],
    [2, 5],
    [3, 7],
    [10, 7],
  ])(
    'leaves a server whose agent is away alone for about downAfter, %i s, and 3 s at most: %i failures',
    (downAfter, failures) => {
      const failover = { downAfter: Duration.seconds(downAfter), tiltPeriod: Duration.seconds(Math.max(downAfter, 3)) };
      expect(configOf({ ...BOTH, failover })).toContain(` fastinter 300ms downinter 100ms fall ${failures} rise 1 `);
    },
  );

  test.each([
    ['128Mi', 2457],
    ['64Mi', 819],
  ])('takes as many clients as there is memory for: %s', (memory, clients) => {
    const from = configOf({
      access: { master: true },
      resources: { proxy: { memory: Size.mebibytes(Number.parseInt(memory, 10)) } },
    });
    expect(Number(value('maxconn', section('frontend to-master', from).join('\n')))).toBe(clients);
    // Else a check of liveness would wait for a client to go.
    expect(Number(value('maxconn', section('global', from).join('\n')))).toBeGreaterThan(clients);
  });

  test.each([
    [undefined, 2],
    ['500m', 1],
    ['3', 3],
    ['200', 64],
  ])('has as many threads as CPUs: %s', (cpu, threads) => {
    const limits = cpu === undefined ? {} : { cpu };
    expect(value('nbthread', configOf({ ...BOTH, resources: { proxy: { limits } } }))).toBe(String(threads));
  });
});

describe('the NetworkPolicies', () => {
  const policy = (name: string, props = BOTH) => synth(props).one('NetworkPolicy', name).spec;
  const proxies = {
    podSelector: {
      matchLabels: expect.anything(),
      matchExpressions: [{ key: 'app.kubernetes.io/component', operator: 'In', values: ['proxy'] }],
    },
  };
  const ports = (...numbers: number[]) => numbers.map((port) => ({ protocol: 'TCP', port }));

  test('let the proxies in to servers and agents, and not to Sentinels', () => {
    const { ingress } = policy('cache');
    const open = ingress.filter(({ from }: PlainObject) => JSON.stringify(from).includes('"proxy"'));
    expect(open.flatMap((rule: PlainObject) => rule.ports)).toEqual(ports(6379, 8379));
  });

  test('let clients in to the proxies as to the servers, who collects metrics to their status, and the proxies to no more', () => {
    const network = Network.clients({ namespaces: ['shop'], metrics: { namespaces: ['monitoring'] } });
    const { ingress, egress, podSelector } = policy('cache-proxy', { ...BOTH, network });
    const toServers = policy('cache', { ...BOTH, network }).ingress[0].from;
    expect(podSelector).toEqual(proxies.podSelector);
    expect(ingress[0].ports).toEqual(ports(6379, 6380));
    // Members are no clients of a proxy.
    expect(ingress[0].from).toEqual(toServers.slice(2));
    expect(ingress[1].ports).toEqual(ports(8404));
    expect(egress[0].ports).toEqual(ports(6379, 8379));
    expect(egress[0].to[0].podSelector.matchExpressions[0].values).toEqual(['server', 'sentinel']);
    expect(egress).toHaveLength(2);
  });

  test('let everybody in to the proxies where the network is open', () => {
    expect(policy('cache-proxy', { ...BOTH, network: Network.open() }).ingress[0].from).toBeUndefined();
    expect(synth({ ...BOTH, network: Network.none() }).all('NetworkPolicy')).toEqual([]);
  });
});

test('separate Sentinels change nothing for the proxies', () => {
  const props = { ...BOTH, sentinels: Sentinels.separate({ count: 3 }) };
  expect(synth(props).one('Deployment').spec).toEqual(spec);
});
