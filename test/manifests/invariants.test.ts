import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RedisSentinel } from '../../src/index.js';
import { type PlainObject, synth } from './synth.js';
import { TOPOLOGIES } from './topologies.js';

const PASSWORD = 'correct horse battery staple';

/** What the engine's containers run. */
const FOLDER = new URL('../../src/agent/scripts/', import.meta.url);
const SCRIPTS = readdirSync(FOLDER).map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }));

describe.each(Object.entries(TOPOLOGIES))('%s', (_title, props) => {
  const manifest = synth(props, (cache) => cache.verification ?? cache.addVerification());
  const { objects, all } = manifest;
  const workloads = objects.filter((object) => object.spec?.template);
  const pods = workloads.map((object) => object.spec.template);
  const containersOf = ({ spec }: PlainObject): PlainObject[] => [...(spec.initContainers ?? []), ...spec.containers];
  const containers = pods.flatMap(containersOf);
  const sets = all('StatefulSet').map((set) => set.spec.template);
  const engines = sets.flatMap(containersOf).filter(({ name }) => !['agent', 'exporter'].includes(name));

  test('no two objects are the same', () => {
    const ids = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('the order is account, configuration, password, Services, pods, policy, verification', () => {
    const kinds = objects.map(({ kind }) => kind);
    const inOrder = ['ConfigMap', 'Service', 'StatefulSet', 'Deployment', 'NetworkPolicy'];
    const positions = inOrder.map((kind) => kinds.indexOf(kind)).filter((position) => position >= 0);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(kinds.at(-1)).toBe('Job');
  });

  test('every object carries the labels, the namespace and a name that Kubernetes takes', () => {
    for (const { kind, metadata } of objects) {
      expect(metadata.labels).toMatchObject({
        ...props.labels,
        'app.kubernetes.io/name': 'redis-sentinel',
        'app.kubernetes.io/instance': props.name ?? 'cache',
        'app.kubernetes.io/managed-by': 'cdk8s-redis-sentinel',
      });
      expect(metadata.namespace, kind).toBe(props.namespace);
      expect(metadata.name, kind).toMatch(/^[a-z]([-a-z0-9]*[a-z0-9])?$/);
      expect(metadata.name.length, metadata.name).toBeLessThanOrEqual(kind === 'StatefulSet' ? 52 : 63);
    }
  });

  test("each set's selector matches its own pods' labels and no other pods'", () => {
    for (const set of [...all('StatefulSet'), ...all('Deployment')]) {
      const matched = workloads.filter(({ spec }) => matches(spec.selector?.matchLabels, set.spec.template));
      expect(matched).toEqual([set]);
      expect(pods.filter((pod) => matches(set.spec.selector.matchLabels, pod))).toEqual([set.spec.template]);
    }
    for (const { spec, metadata } of all('PodDisruptionBudget')) {
      const set = [...all('StatefulSet'), ...all('Deployment')].find((each) => each.metadata.name === metadata.name);
      expect(matches(spec.selector.matchLabels, set.spec.template)).toBe(true);
      expect(spec.maxUnavailable).toBe(1);
      expect(spec.unhealthyPodEvictionPolicy).toBe('AlwaysAllow');
    }
  });

  test('each Service leads to pods that have the port', () => {
    for (const { spec, metadata } of all('Service')) {
      const pod = podBehind([...all('StatefulSet'), ...all('Deployment')], spec.selector);
      expect(pod, metadata.name).toBeDefined();
      const names = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].flatMap(({ ports = [] }) =>
        ports.map((port: { name: string }) => port.name),
      );
      for (const port of spec.ports) expect(names).toContain(port.targetPort);
    }
  });

  test('every name that an object refers to exists', () => {
    const has = (kind: string, name: string) => all(kind).some(({ metadata }) => metadata.name === name);
    for (const { kind, spec, metadata } of workloads) {
      const pod = spec.template.spec;
      if (kind === 'StatefulSet') expect(has('Service', spec.serviceName)).toBe(true);
      if (pod.serviceAccountName !== props.pod?.serviceAccountName)
        expect(has('ServiceAccount', pod.serviceAccountName)).toBe(true);
      const volumes = pod.volumes.map((volume: PlainObject) => volume.name);
      const claims = (spec.volumeClaimTemplates ?? []).map((claim: PlainObject) => claim.metadata.name);
      for (const { configMap, secret } of pod.volumes) {
        if (configMap) expect(has('ConfigMap', configMap.name), configMap.name).toBe(true);
        if (secret) {
          const tls = manifest.cache.certificate?.secret.name;
          expect([...secretNames(manifest.cache.secrets), tls]).toContain(secret.secretName);
        }
      }
      for (const { name, volumeMounts } of [...(pod.initContainers ?? []), ...pod.containers]) {
        for (const mount of volumeMounts) {
          expect([...volumes, ...claims], `${metadata.name} ${name}`).toContain(mount.name);
        }
      }
    }
    for (const service of hostsIn(containers)) expect(has('Service', service), service).toBe(true);
  });

  test('no Service hides a pod that its peers wait for', () => {
    for (const set of all('StatefulSet')) {
      for (let ordinal = 0; ordinal < set.spec.replicas; ordinal++) {
        const pod = `${set.metadata.name}-${ordinal}`;
        const { spec } = manifest.one('Service', pod);
        // By the labels too, as controllers that match policies against Services need them.
        expect(spec.selector).toEqual({ ...set.spec.selector.matchLabels, 'statefulset.kubernetes.io/pod-name': pod });
        expect(spec.publishNotReadyAddresses).toBe(true);
        expect(spec.clusterIP).toBeUndefined();
      }
    }
  });

  test('every pod passes Pod Security restricted, and no root file system can be written to', () => {
    for (const { spec } of pods) {
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(spec.hostNetwork ?? spec.hostPID ?? spec.hostIPC ?? false).toBe(false);
      for (const volume of spec.volumes) {
        expect(Object.keys(volume).filter((key) => key !== 'name')).toEqual([
          expect.stringMatching(/^(configMap|secret|projected|emptyDir)$/),
        ]);
      }
    }
    for (const container of containers) {
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      if (!props.resources) {
        expect(container.resources.limits.memory).toBe(container.resources.requests.memory);
        expect(container.resources.limits.cpu).toBeUndefined();
      }
    }
  });

  test('nothing in the pods can speak to the Kubernetes API, but for the Job that makes a password', () => {
    for (const { spec, metadata } of pods) {
      const isMaker = metadata.labels['app.kubernetes.io/component'] === 'secret';
      expect(spec.automountServiceAccountToken).toBe(isMaker);
      expect(spec.enableServiceLinks).toBe(false);
    }
    for (const { rules } of all('Role')) {
      expect(rules).toEqual([{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }]);
    }
  });

  test('the password is on no command line, in no environment and in no ConfigMap', () => {
    for (const { env = [], command, args = [] } of containers) {
      for (const variable of env) expect(variable.valueFrom?.secretKeyRef).toBeUndefined();
      expect(JSON.stringify([env, command, args])).not.toContain(PASSWORD);
    }
    for (const object of objects.filter(({ kind }) => kind !== 'Secret')) {
      expect(JSON.stringify(object)).not.toContain(PASSWORD);
    }
    const { servers, sentinels } = manifest.cache.secrets;
    for (const { spec } of all('StatefulSet')) {
      const secrets = spec.template.spec.volumes
        .filter(({ name }: PlainObject) => name !== 'tls')
        .flatMap(({ secret }: PlainObject) => secret ?? []);
      const keys = [servers, sentinels].filter((key, i, keys) => key && (i === 0 || key.name !== keys[0]?.name));
      expect(secrets).toEqual(
        keys.map((key) => ({
          secretName: key?.name,
          // A Secret that people make may lack its key: the pods start, and say so.
          optional: key?.optional,
          defaultMode: props.pod?.securityContext === 'none' ? 0o444 : 0o440,
          items: [{ key: key?.key, path: 'password' }],
        })),
      );
    }
  });

  test('the certificate’s key is given to agents, and to others only where they make themselves known by it', () => {
    const { certificate } = manifest.cache;
    const mayHaveKey =
      props.tls?.clients === undefined || props.tls.clients === 'none' ? ['agent', 'exporter'] : undefined;
    for (const { spec } of pods) {
      const volume = spec.volumes.find(({ name }: PlainObject) => name === 'tls');
      // The verification connects as clients are told to.
      const speaksIt = props.tls?.isSpoken || spec.initContainers !== undefined;
      expect(volume !== undefined).toBe(certificate !== undefined && ofTopology(spec) && speaksIt);
      const hasKey = volume?.secret.items.some(({ path }: PlainObject) => path === 'tls.key');
      for (const { name, volumeMounts } of [...(spec.initContainers ?? []), ...spec.containers]) {
        const isMounted = volumeMounts.some((mount: PlainObject) => mount.name === 'tls');
        if (isMounted && hasKey && mayHaveKey) expect(mayHaveKey).toContain(name);
      }
    }
  });

  test('the engine’s containers are told nothing but where they are, and have no way to the password’s file', () => {
    for (const { env, volumeMounts } of engines) {
      expect(env.map(({ name }: PlainObject) => name)).toEqual(['ENGINE', 'RUN_DIR', 'DATA_DIR', 'GRACE']);
      const names = props.tls ? ['run'] : [];
      expect(volumeMounts.map(({ name }: PlainObject) => name)).toEqual(['config', 'data', 'run', ...names]);
    }
  });

  test('a ConfigMap holds the agent and every script as it is, and fits into what kubectl apply keeps', () => {
    const { data } = all('ConfigMap').find(({ metadata }) => metadata.name.includes('-config-'));
    for (const { name, text } of SCRIPTS) expect(data[name], name).toBe(text);
    const ofUsers = props.auth?.users ? ['sentinel-users.acl', 'users.acl'] : [];
    const usual = ['agent.cjs', 'hand-over.sh', 'launch.sh', 'redis.conf', 'sentinel.conf'];
    expect(Object.keys(data).sort()).toEqual([...usual, ...ofUsers].sort());
    for (const configMap of all('ConfigMap')) {
      // What pods run is fixed; what clients and Grafana are told is found by its name.
      expect(configMap.immutable).toBe(/-(client|dashboard)$/.test(configMap.metadata.name) ? undefined : true);
      // `kubectl apply` keeps the whole object in an annotation of at most 256 KiB.
      expect(JSON.stringify(configMap).length).toBeLessThan(200_000);
    }
  });

  test('sidecars outlive the server: they are init containers that restart always, and wait for no other but for names', () => {
    for (const { spec } of sets) {
      for (const sidecar of spec.initContainers) {
        expect(sidecar.restartPolicy).toBe('Always');
        const writesNames = props.tls !== undefined && sidecar.name === 'agent';
        expect(sidecar.startupProbe?.httpGet.path).toBe(writesNames ? '/startedz' : undefined);
      }
      expect(spec.terminationGracePeriodSeconds).toBe(props.pod?.terminationGracePeriod?.toSeconds() ?? 60);
    }
  });

  test('an agent is the first sidecar beside every engine, and all agents are told the same but for what is beside them', () => {
    const agents = sets.map(({ spec }) => spec.initContainers[0]);
    const told = (agent: PlainObject) =>
      agent.env.filter(({ name }: PlainObject) => name !== 'PARTS' && !name.startsWith('EXPORTER_'));
    for (const agent of agents) {
      expect(agent.name).toBe('agent');
      expect(told(agent)).toEqual(told(agents[0]));
      expect(agent.env[0].name).toBe('NAMESPACE');
      for (const { value, name } of agent.env)
        expect(value === undefined || typeof value === 'string', name).toBe(true);
    }
    for (const { spec } of sets) expect(containersOf({ spec }).filter(({ name }) => name === 'agent')).toHaveLength(1);
  });

  test('no probe starts a process, and none ends an engine because its agent is away', () => {
    for (const { startupProbe, livenessProbe, readinessProbe } of containers) {
      for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
        if (probe) expect(Object.keys(probe)).toContain('httpGet');
      }
    }
    for (const { name, startupProbe, livenessProbe, readinessProbe } of engines) {
      expect([startupProbe, livenessProbe]).toEqual([undefined, undefined]);
      expect(readinessProbe.httpGet).toEqual({ path: `/readyz?of=${name}`, port: 8379 });
    }
  });

  test('each probe’s port is one that its pod has', () => {
    for (const template of sets) {
      const portsOf = ({ ports }: PlainObject) => ports as { name: string; containerPort: number }[];
      const numbers = containersOf(template)
        .flatMap(portsOf)
        .map(({ containerPort }) => containerPort);
      for (const container of containersOf(template)) {
        for (const probe of [container.livenessProbe, container.readinessProbe].filter(Boolean)) {
          // By its name only a port of the same container is found.
          const own = portsOf(container).find(({ name }) => name === probe.httpGet.port)?.containerPort;
          expect(numbers).toContain(own ?? probe.httpGet.port);
        }
      }
    }
  });

  test('no Service leads to the agents but those for a ServiceMonitor, and for proxies those of servers', () => {
    const hasProxies = all('Deployment').length > 0;
    const services = all('Service').filter(
      ({ metadata }) =>
        !('redis-sentinel.cdk8s.io/metrics' in metadata.labels) &&
        !(hasProxies && metadata.labels['app.kubernetes.io/component'] === 'server'),
    );
    for (const { spec } of services) {
      for (const { name, port } of spec.ports)
        expect([name, port]).not.toContainEqual(expect.toBeOneOf(['agent', 8379]));
    }
  });

  test('volume claims say what they are, so that GitOps tools see no difference', () => {
    for (const { spec } of all('StatefulSet')) {
      for (const claim of spec.volumeClaimTemplates ?? []) {
        expect(claim).toMatchObject({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' } });
      }
    }
  });
});

test('the agent’s program is small: every topology carries it, and each node reads it into memory', () => {
  expect(synth().config.data['agent.cjs'].length).toBeLessThan(168_000);
});

/** Not those of the proxies and of the Job that makes a password, which speak to nobody. */
function ofTopology(spec: PlainObject): boolean {
  return spec.containers.some(({ name }: PlainObject) => ['redis', 'sentinel', 'verify'].includes(name));
}

function secretNames({ servers, sentinels }: RedisSentinel['secrets']): (string | undefined)[] {
  return [servers?.name, sentinels?.name];
}

function matches(selector: Record<string, string> | undefined, pod: PlainObject): boolean {
  if (!selector) return false;
  return Object.entries(selector).every(([key, value]) => pod.metadata.labels[key] === value);
}

/** The template of a pod that a Service selects, by its labels or by its name. */
function podBehind(sets: PlainObject[], selector: Record<string, string>): PlainObject {
  const pod = selector['statefulset.kubernetes.io/pod-name'];
  const set = sets.find(({ metadata, spec }) =>
    pod === undefined
      ? matches(selector, spec.template)
      : Array.from({ length: spec.replicas }, (_, ordinal) => `${metadata.name}-${ordinal}`).includes(pod),
  );
  return set?.spec.template;
}

/** Services that the environment of the containers names. */
function hostsIn(containers: PlainObject[]): string[] {
  const values = containers.flatMap(({ env = [] }) => env.map(({ value = '' }) => value as string));
  return values.flatMap((value) => [...value.matchAll(/([a-z0-9-]+)\.[^. ]+\.svc\./g)].map((found) => found[1] ?? ''));
}
