import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Manifest, synth } from './synth.js';
import { TOPOLOGIES } from './topologies.js';

const PASSWORD = 'correct horse battery staple';

/** Scripts by the folders that they are kept in. */
const SCRIPTS = ['server', 'sentinel', 'keeper'].flatMap((room) => {
  const folder = new URL(`../../src/${room}/scripts/`, import.meta.url);
  return readdirSync(folder).map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
});

describe.each(Object.entries(TOPOLOGIES))('%s', (_title, props) => {
  const manifest = synth(props, (cache) => cache.addVerification());
  const { objects, all } = manifest;
  const workloads = objects.filter((object) => object.spec?.template);
  const pods = workloads.map((object) => object.spec.template);
  const containers = pods.flatMap(({ spec }) => [...(spec.initContainers ?? []), ...spec.containers]);

  test('no two objects are the same', () => {
    const ids = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('the order is account, configuration, password, Services, pods, policy, verification', () => {
    const kinds = objects.map(({ kind }) => kind);
    const inOrder = ['ServiceAccount', 'ConfigMap', 'Service', 'StatefulSet', 'NetworkPolicy'];
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
    for (const set of all('StatefulSet')) {
      const matched = workloads.filter(({ spec }) => matches(spec.selector?.matchLabels, set.spec.template));
      expect(matched).toEqual([set]);
      expect(pods.filter((pod) => matches(set.spec.selector.matchLabels, pod))).toEqual([set.spec.template]);
    }
    for (const { spec, metadata } of all('PodDisruptionBudget')) {
      const set = all('StatefulSet').find((each) => each.metadata.name === metadata.name);
      expect(matches(spec.selector.matchLabels, set.spec.template)).toBe(true);
      expect(spec.maxUnavailable).toBe(1);
    }
  });

  test('each Service leads to pods that have the port', () => {
    for (const { spec, metadata } of all('Service')) {
      const pod = podBehind(all('StatefulSet'), spec.selector);
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
      if (pod.serviceAccountName) expect(has('ServiceAccount', pod.serviceAccountName)).toBe(true);
      const volumes = pod.volumes.map((volume: Manifest) => volume.name);
      const claims = (spec.volumeClaimTemplates ?? []).map((claim: Manifest) => claim.metadata.name);
      for (const { configMap, secret } of pod.volumes) {
        if (configMap) expect(has('ConfigMap', configMap.name), configMap.name).toBe(true);
        if (secret) expect(secret.secretName).toBe(manifest.cache.password.name);
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
        expect(spec.selector).toEqual({ 'statefulset.kubernetes.io/pod-name': pod });
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
          expect.stringMatching(/^(configMap|secret|emptyDir)$/),
        ]);
      }
    }
    for (const container of containers) {
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources.limits.memory).toBe(container.resources.requests.memory);
      expect(container.resources.limits.cpu).toBeUndefined();
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
    const { password } = manifest.cache;
    for (const { spec } of all('StatefulSet')) {
      const { secret } = spec.template.spec.volumes.find((volume: Manifest) => volume.name === 'auth');
      expect(secret).toEqual({
        secretName: password.name,
        // A Secret that people make may lack its key: the pods start, and say so.
        optional: password.optional,
        defaultMode: 0o440,
        items: [{ key: password.key, path: 'password' }],
      });
    }
  });

  test('a ConfigMap holds every script as it is, and fits into what kubectl apply keeps', () => {
    const config = all('ConfigMap').find(({ metadata }) => metadata.name.includes('-config-'));
    for (const { name, text } of SCRIPTS) expect(config.data[name], name).toBe(text);
    for (const configMap of all('ConfigMap')) {
      expect(configMap.immutable).toBe(true);
      expect(JSON.stringify(configMap).length).toBeLessThan(240_000);
    }
  });

  test('sidecars outlive the server: they are init containers that restart always, without a startup probe', () => {
    for (const { spec } of all('StatefulSet').map((set) => set.spec.template)) {
      for (const sidecar of spec.initContainers ?? []) {
        expect(sidecar.restartPolicy).toBe('Always');
        expect(sidecar.startupProbe).toBeUndefined();
      }
      expect(spec.terminationGracePeriodSeconds).toBe(60);
    }
  });

  test('every container is told the same, the namespace first', () => {
    const scripted = all('StatefulSet').flatMap(({ spec }) => [
      ...(spec.template.spec.initContainers ?? []),
      ...spec.template.spec.containers,
    ]);
    for (const { env } of scripted) {
      expect(env).toEqual(scripted[0].env);
      expect(env[0].name).toBe('NAMESPACE');
      for (const { value, name } of env) expect(value === undefined || typeof value === 'string', name).toBe(true);
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

function matches(selector: Record<string, string> | undefined, pod: Manifest): boolean {
  if (!selector) return false;
  return Object.entries(selector).every(([key, value]) => pod.metadata.labels[key] === value);
}

/** The template of a pod that a Service selects, by its labels or by its name. */
function podBehind(sets: Manifest[], selector: Record<string, string>): Manifest {
  const pod = selector['statefulset.kubernetes.io/pod-name'];
  const set = sets.find(({ metadata, spec }) =>
    pod === undefined
      ? matches(selector, spec.template)
      : Array.from({ length: spec.replicas }, (_, ordinal) => `${metadata.name}-${ordinal}`).includes(pod),
  );
  return set?.spec.template;
}

/** Services that the environment of the containers names. */
function hostsIn(containers: Manifest[]): string[] {
  const values = containers.flatMap(({ env = [] }) => env.map(({ value = '' }) => value as string));
  return values.flatMap((value) => [...value.matchAll(/([a-z0-9-]+)\.[^. ]+\.svc\./g)].map((found) => found[1] ?? ''));
}
