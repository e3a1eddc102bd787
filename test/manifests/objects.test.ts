import { ApiObject, App, Chart, Duration, Size } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { Auth, Environment, Network, Persistence, Profile, RedisSentinel, Sentinels } from '../../src/index.js';
import { type PlainObject, synth } from './synth.js';

describe('the names of objects', () => {
  // Locked: a renamed StatefulSet orphans its volumes, a renamed Service gets an address that the peers do not know.
  test('are these, for Sentinels with the servers', () => {
    expect(identities(synth())).toEqual([
      'ServiceAccount cache',
      'ConfigMap cache-config-<hash>',
      'Service cache-0',
      'Service cache-1',
      'Service cache-2',
      'Service cache-headless',
      'Service cache-sentinel',
      'ConfigMap cache-client',
      'StatefulSet cache',
      'PodDisruptionBudget cache',
      'NetworkPolicy cache',
    ]);
  });

  test('are these, for separate Sentinels and a generated password', () => {
    const props = { sentinels: Sentinels.separate({ count: 3 }), auth: Auth.generated() };
    expect(identities(synth(props))).toEqual([
      'ServiceAccount cache',
      'ConfigMap cache-config-<hash>',
      'ServiceAccount cache-auth',
      'Role cache-auth',
      'RoleBinding cache-auth',
      'ConfigMap cache-auth-<hash>',
      'Job cache-auth-<hash>',
      'Service cache-0',
      'Service cache-1',
      'Service cache-2',
      'Service cache-headless',
      'Service cache-sentinel-0',
      'Service cache-sentinel-1',
      'Service cache-sentinel-2',
      'Service cache-sentinel-headless',
      'Service cache-sentinel',
      'ConfigMap cache-client',
      'StatefulSet cache',
      'PodDisruptionBudget cache',
      'StatefulSet cache-sentinel',
      'PodDisruptionBudget cache-sentinel',
      'NetworkPolicy cache',
      'NetworkPolicy cache-auth',
    ]);
  });

  test('are these, with Services for the master and for readers', () => {
    const names = identities(synth({ access: { master: true, read: true } }));
    expect(names.filter((name) => !identities(synth()).includes(name))).toEqual([
      'Service cache-master',
      'Service cache-read',
      'ConfigMap cache-proxy-<hash>',
      'Deployment cache-proxy',
      'PodDisruptionBudget cache-proxy',
      'NetworkPolicy cache-proxy',
    ]);
  });

  test('are these, with alerts and a dashboard', () => {
    const names = identities(synth({ metrics: { rules: true, dashboard: true } }));
    expect(names.filter((name) => !identities(synth()).includes(name))).toEqual([
      'PrometheusRule cache-alerts',
      'ConfigMap cache-dashboard',
    ]);
  });

  test('of volumes and containers are these', () => {
    const { spec } = synth().one('StatefulSet');
    const names = (list: PlainObject[]) => list.map(({ name }) => name);
    expect(spec.volumeClaimTemplates.map((claim: PlainObject) => claim.metadata.name)).toEqual(['data']);
    expect(names(spec.template.spec.volumes)).toEqual(['config', 'auth', 'run']);
    expect(names(spec.template.spec.initContainers)).toEqual(['agent', 'sentinel']);
    expect(names(spec.template.spec.containers)).toEqual(['redis']);
  });
});

describe('the labels', () => {
  const OURS = { 'app.kubernetes.io/name': 'redis-sentinel', 'app.kubernetes.io/instance': 'cache' };
  const of = (component: string) => ({ ...OURS, 'app.kubernetes.io/component': component });

  // Locked: a selector cannot be changed in a StatefulSet that exists, and applications carry the client label.
  test('by which objects are selected are these', () => {
    const manifest = synth({ sentinels: Sentinels.separate({ count: 3 }) });
    for (const [name, component] of Object.entries({ cache: 'server', 'cache-sentinel': 'sentinel' })) {
      const { selector, template } = manifest.one('StatefulSet', name).spec;
      expect(selector).toEqual({ matchLabels: of(component) });
      expect(template.metadata.labels).toEqual({
        ...of(component),
        'app.kubernetes.io/managed-by': 'cdk8s-redis-sentinel',
      });
      expect(manifest.one('PodDisruptionBudget', name).spec.selector).toEqual({ matchLabels: of(component) });
    }
    expect(manifest.one('Service', 'cache-1').spec.selector).toEqual({
      ...of('server'),
      'statefulset.kubernetes.io/pod-name': 'cache-1',
    });
  });

  test('that let a client in are these', () => {
    const chart = new Chart(new App(), 'chart');
    expect(new RedisSentinel(chart, 'cache').clientLabels).toEqual({ 'redis-sentinel.cdk8s.io/client-cache': 'true' });
  });
});

describe('a topology in a manifest', () => {
  test('is the same, byte for byte, however often it is made', () => {
    expect(JSON.stringify(synth().objects)).toBe(JSON.stringify(synth().objects));
  });

  test('rolls its pods when the configuration changes, and only then', () => {
    const configOf = (props = {}) => synth(props).config.metadata.name;
    expect(configOf({ maxmemoryPolicy: 'allkeys-lfu' })).not.toBe(configOf());
    expect(configOf({ labels: { team: 'shop' } })).toBe(configOf());
  });

  test("is in the chart's namespace when it names none, and a chart's topologies do not get in each other's way", () => {
    const chart = new Chart(new App(), 'chart', { namespace: 'caches' });
    new RedisSentinel(chart, 'first');
    const second = new RedisSentinel(chart, 'second');
    for (const { metadata } of chart.toJson()) expect(metadata.namespace).toBe('caches');
    expect(second.sentinelAddresses[0]).toBe('second-0.caches.svc.cluster.local:26379');
  });

  test('is refused with every fault that it has', () => {
    expect(() => synth({ servers: 2, memory: Size.mebibytes(100) })).toThrow(
      /the topology 'cache' breaks these rules:\n {2}- 'servers' must be an odd.*\n {2}- 'memory' must be/,
    );
  });
});

describe('the pods', () => {
  const { spec } = synth().one('StatefulSet');
  const pod = spec.template.spec;
  const selector = { matchLabels: spec.selector.matchLabels };

  test('start all at once, since any of them may be the last master, and are replaced one by one', () => {
    expect(spec).toMatchObject({
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate' },
      minReadySeconds: 15,
    });
  });

  test('never share a node, and share a zone as little as can be', () => {
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: selector };
    expect(pod.affinity.podAntiAffinity).toEqual({ requiredDuringSchedulingIgnoredDuringExecution: [term] });
    expect(pod.topologySpreadConstraints).toEqual([
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: selector,
      },
    ]);
  });

  test('hand over before a server is stopped, and leave an agent a minute without an answer', () => {
    const [agent] = pod.initContainers;
    const [redis] = pod.containers;
    expect(redis.lifecycle.preStop.exec.command).toEqual(['/bin/sh', '/etc/redis-sentinel/config/hand-over.sh']);
    expect(agent.livenessProbe.periodSeconds * agent.livenessProbe.failureThreshold).toBe(60);
  });

  test('run what the ConfigMap holds', () => {
    const files = JSON.stringify(pod).matchAll(/"\/etc\/redis-sentinel\/config\/([\w.-]+)"/g);
    const names = new Set([...files].map(([, name]) => name ?? ''));
    expect([...names].sort()).toEqual(['agent.cjs', 'hand-over.sh', 'launch.sh']);
    for (const name of names) expect(synth().config.data).toHaveProperty([name]);
  });

  test('run the agent in the image of the Jobs, so that a node pulls one more than the engine’s', () => {
    const { one } = synth({}, (cache) => cache.addVerification());
    expect(one('Job').spec.template.spec.containers[0].image).toBe(pod.initContainers[0].image);
  });
});

describe('persistence', () => {
  test('none makes no claims, and data that is gone with the pod, of a limited size', () => {
    const { spec } = synth({ persistence: Persistence.none(), memory: Size.gibibytes(2) }).one('StatefulSet');
    expect(spec.volumeClaimTemplates).toBeUndefined();
    expect(spec.template.spec.volumes.at(-1)).toEqual({ name: 'data', emptyDir: { sizeLimit: '2Gi' } });
  });

  test('none means that nobody waits for data that cannot come back', () => {
    expect(environment({ persistence: Persistence.none() })).toMatchObject({ WHEN_EMPTY: 'start', PERSISTENT: 'no' });
  });

  test.each([
    { memory: Size.mebibytes(512), storage: '8Gi' },
    { memory: Size.gibibytes(3), storage: '9Gi' },
    { memory: Size.gibibytes(16), storage: '48Gi' },
  ])('takes $storage for $memory.amount of memory, which holds a rewrite', ({ memory, storage }) => {
    const [claim] = synth({ memory }).one('StatefulSet').spec.volumeClaimTemplates;
    expect(claim.spec.resources.requests.storage).toBe(storage);
  });
});

describe('profiles', () => {
  test.each([
    {
      profile: Profile.DEFAULT,
      told: {
        DOWN_AFTER_MS: '3000',
        MIN_REPLICAS: '1',
        MAX_LAG: '3',
        WHEN_EMPTY: 'stay-down',
        WHEN_ABANDONED: 'promote',
      },
    },
    {
      profile: Profile.STRICT,
      told: {
        DOWN_AFTER_MS: '3000',
        MIN_REPLICAS: '1',
        MAX_LAG: '2',
        WHEN_EMPTY: 'stay-down',
        WHEN_ABANDONED: 'promote-if-certain',
      },
    },
    {
      profile: Profile.CACHE,
      told: { DOWN_AFTER_MS: '1000', MIN_REPLICAS: '0', MAX_LAG: '0', WHEN_EMPTY: 'start', WHEN_ABANDONED: 'promote' },
    },
  ])('$profile.values.name: $told', ({ profile, told }) => {
    expect(environment({ profile })).toMatchObject(told);
  });

  test('tilt for less than a replica stays eligible: 5 s, and 3 s where downAfter is 1 s', () => {
    expect(environment().SENTINEL_DEBUG).toBe(
      'TILT-PERIOD 5000 ELECTION-TIMEOUT 1000 INFO-PERIOD 1000 ASK-PERIOD 500 PING-PERIOD 500',
    );
    expect(environment({ profile: Profile.CACHE }).SENTINEL_DEBUG).toMatch(/^TILT-PERIOD 3000 /);
  });
});

describe('the password', () => {
  test('comes from the Secret of the topology by default, which is not made', () => {
    const { cache, all } = synth();
    expect(cache.password).toEqual({ name: 'cache-auth', key: 'password', optional: true });
    expect(all('Secret')).toEqual([]);
  });

  test('is written into a Secret in development', () => {
    const props = { auth: Auth.literal('secret'), environment: Environment.DEVELOPMENT };
    expect(synth(props).one('Secret', 'cache-auth').stringData).toEqual({ password: 'secret' });
  });

  test('comes out of a store through an ExternalSecret', () => {
    const auth = Auth.externalSecret({
      store: { name: 'vault', kind: 'ClusterSecretStore' },
      remoteKey: 'redis/cache',
      property: 'password',
    });
    const { apiVersion, spec } = synth({ auth }).one('ExternalSecret', 'cache-auth');
    expect(apiVersion).toBe('external-secrets.io/v1');
    expect(spec).toEqual({
      refreshInterval: '3600s',
      secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
      // Also what the operator's API server fills in, so that GitOps tools see no difference.
      target: { name: 'cache-auth', creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      data: [
        {
          secretKey: 'password',
          remoteRef: {
            key: 'redis/cache',
            property: 'password',
            conversionStrategy: 'Default',
            decodingStrategy: 'None',
            metadataPolicy: 'None',
          },
        },
      ],
    });
  });

  test('is made by a Job whose name changes with what it does', () => {
    const name = (length?: number) => synth({ auth: Auth.generated({ length }) }).one('Job').metadata.name;
    expect(name(64)).not.toBe(name());
    expect(name(43)).toBe(name());
  });
});

describe('the NetworkPolicy', () => {
  test('lets in own pods and clients of the same namespace', () => {
    const { spec } = synth().one('NetworkPolicy');
    expect(spec.ingress[0].from).toEqual([
      { podSelector: spec.podSelector },
      { podSelector: { matchLabels: { 'redis-sentinel.cdk8s.io/client-cache': 'true' } } },
    ]);
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
  });

  test('lets nobody but own pods to the agents, whatever else is open', () => {
    for (const network of [Network.clients(), Network.open()]) {
      const { spec } = synth({ network }).one('NetworkPolicy');
      const rules = spec.ingress.filter(({ ports }: PlainObject) =>
        ports.some((port: PlainObject) => port.port === 8379),
      );
      expect(rules).toEqual([{ from: [{ podSelector: spec.podSelector }], ports: [{ protocol: 'TCP', port: 8379 }] }]);
    }
  });

  test('lets out to own pods and DNS', () => {
    const { spec } = synth().one('NetworkPolicy');
    expect(spec.egress.map(({ ports }: PlainObject) => ports.map((port: PlainObject) => port.port))).toEqual([
      [6379, 26379, 8379],
      [53, 53, 5353, 5353],
    ]);
    expect(spec.egress[0].to).toEqual([{ podSelector: spec.podSelector }]);
  });

  test('lets the verification Job in as the client that it is', () => {
    const { one } = synth({}, (cache) => cache.addVerification());
    expect(one('Job').spec.template.metadata.labels).toMatchObject(
      one('NetworkPolicy', 'cache').spec.ingress[0].from[1].podSelector.matchLabels,
    );
  });

  test('lets everybody in when open, and is not made when none', () => {
    const { spec } = synth({ network: Network.open() }).one('NetworkPolicy');
    expect(spec.ingress[0].from).toBeUndefined();
    expect(spec.egress).toHaveLength(2);
    expect(synth({ network: Network.none() }).all('NetworkPolicy')).toEqual([]);
  });
});

describe('the NetworkPolicies of Jobs', () => {
  test('let the verification out to servers, Sentinels and DNS, and nobody in', () => {
    const { one } = synth({ verification: true });
    const { spec } = one('NetworkPolicy', 'cache-verify');
    expect(one('Job').spec.template.metadata.labels).toMatchObject(spec.podSelector.matchLabels);
    expect(spec.policyTypes).toContain('Ingress');
    expect(spec).not.toHaveProperty('ingress');
    expect(spec.egress.map(({ ports }: PlainObject) => ports.map((port: PlainObject) => port.port))).toEqual([
      [6379, 26379],
      [53, 53, 5353, 5353],
    ]);
  });

  test('let the Job that makes a Secret out to the API server alone', () => {
    const { spec } = synth({ auth: Auth.generated() }).one('NetworkPolicy', 'cache-auth');
    expect(spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
    expect(spec).not.toHaveProperty('ingress');
    expect(spec).toMatchObject({ egress: [{ ports: [{ port: 443 }, { port: 6443 }] }] });
    expect(spec.egress).toHaveLength(1);
  });
});

describe('what no prop says', () => {
  test('can be patched in the parts, and in each pod by a hook that is told whose it is', () => {
    const components: string[] = [];
    const { cache, one } = synth({
      sentinels: Sentinels.separate({ count: 3 }),
      verification: true,
      podTemplate: (spec, component) => {
        components.push(component);
        return { ...spec, containers: [...spec.containers, { name: 'further', image: 'x' }] };
      },
    });
    expect(components).toEqual(['server', 'sentinel', 'verification']);
    for (const kind of ['StatefulSet', 'Job']) {
      const { containers } = one(kind, kind === 'Job' ? cache.verification?.jobName : 'cache').spec.template.spec;
      expect(containers.at(-1).name).toBe('further');
    }
    const kinds = [cache.config, cache.serverServices, cache.serverSet, cache.sentinelSet, cache.networkPolicy].flatMap(
      (part) =>
        part?.node
          .findAll()
          .filter(ApiObject.isApiObject)
          .map(({ kind }) => kind) ?? [],
    );
    expect(new Set(kinds)).toEqual(
      new Set(['ConfigMap', 'Service', 'StatefulSet', 'PodDisruptionBudget', 'NetworkPolicy']),
    );
  });

  test('a verification is there once, by the prop or by the method', () => {
    expect(synth({ verification: { ttl: Duration.hours(1) } }).one('Job').spec.ttlSecondsAfterFinished).toBe(3600);
    expect(() => synth({ verification: true }, (cache) => cache.addVerification())).toThrow();
  });
});

describe('separate Sentinels', () => {
  const { one } = synth({ sentinels: Sentinels.separate({ count: 3 }) });

  test('leave servers with an agent, and Services without a Sentinel port', () => {
    const { initContainers } = one('StatefulSet', 'cache').spec.template.spec;
    expect(initContainers.map((container: PlainObject) => container.name)).toEqual(['agent']);
    expect(one('Service', 'cache-0').spec.ports.map((port: PlainObject) => port.name)).toEqual(['redis']);
  });

  test('have agents that know which parts are beside them', () => {
    const parts = (set: string) =>
      one('StatefulSet', set).spec.template.spec.initContainers[0].env.find(({ name }: PlainObject) => name === 'PARTS')
        .value;
    expect([parts('cache'), parts('cache-sentinel')]).toEqual(['server', 'sentinel']);
    expect(environment().PARTS).toBe('server sentinel');
  });

  test('are what the Sentinel Service leads to, and keep their state on a small volume', () => {
    const { spec } = one('StatefulSet', 'cache-sentinel');
    expect(spec.template.metadata.labels).toMatchObject(one('Service', 'cache-sentinel').spec.selector);
    expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe('100Mi');
  });
});

function identities({ objects }: ReturnType<typeof synth>): string[] {
  return objects.map(({ kind, metadata }) => `${kind} ${metadata.name.replace(/-[0-9a-f]{8}$/, '-<hash>')}`);
}

/** What an agent beside a server is told. */
function environment(props = {}): Record<string, string> {
  const [agent] = synth(props).one('StatefulSet', 'cache').spec.template.spec.initContainers;
  return Object.fromEntries(agent.env.map(({ name, value }: PlainObject) => [name, value]));
}
