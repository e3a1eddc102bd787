import { Chart, Duration, Testing } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { Drill } from '../../src/verification/drill.js';
import { readSettings } from '../../src/verification/program/settings.js';
import { VerificationHook } from '../../src/verification/verification-hook.js';
import { VerificationJob, type VerificationJobProps } from '../../src/verification/verification-job.js';

const PROPS: VerificationJobProps = {
  topology: 'cache',
  sentinelAddresses: ['cache-0:26379', 'cache-1:26379', 'cache-2:26379'],
  masterName: 'mymaster',
  servers: 3,
  sentinels: 3,
  quorum: 2,
  minReplicasToWrite: 1,
  maxLagSeconds: 3,
  secrets: {
    servers: { name: 'cache-auth', key: 'redis-password' },
    sentinels: { name: 'cache-auth', key: 'redis-password' },
  },
  clientLabels: { 'redis-sentinel.cdk8s.io/client-cache': 'true' },
  labels: { team: 'platform' },
};

function synth(props: Partial<VerificationJobProps> = {}) {
  const chart = new Chart(Testing.app(), 'test');
  const construct = new VerificationJob(chart, 'verification', { ...PROPS, ...props });
  const objects = Testing.synth(chart);
  const find = (kind: string) => objects.find((object) => object.kind === kind);
  const job = find('Job');
  const [container] = job.spec.template.spec.containers;
  return { construct, job, pod: job.spec.template, container, configMap: find('ConfigMap') };
}

const NAME = /^cache-verify-[0-9a-f]{8}$/;

describe('the verification Job', () => {
  test('stays small enough for kubectl apply, which copies the ConfigMap into an annotation', () => {
    const size = Buffer.byteLength(JSON.stringify(synth().configMap));
    expect(size).toBeLessThan(240_000);
  });

  test('has a ConfigMap that cannot be changed, mounted where the command is', () => {
    const { configMap, container, pod } = synth();
    expect(configMap.immutable).toBe(true);
    expect(configMap.metadata.name).toMatch(NAME);
    const volume = pod.spec.volumes.find((one: { configMap?: { name: string } }) => one.configMap);
    expect(volume.configMap.name).toBe(configMap.metadata.name);
    const mount = container.volumeMounts.find((one: { name: string }) => one.name === volume.name);
    expect(container.command).toEqual(['node', `${mount.mountPath}/${Object.keys(configMap.data)[0]}`]);
  });

  const CHANGES: [string, Partial<VerificationJobProps>][] = [
    ['the number of servers', { servers: 5 }],
    ['the quorum', { quorum: 3 }],
    ['the image', { image: 'docker.io/library/node:24' }],
    ['the Secret', { secrets: { servers: { name: 'other', key: 'password' } } }],
    ['a label of the pod', { labels: { team: 'other' } }],
    ['a client label', { clientLabels: {} }],
    ['the TTL', { ttl: Duration.hours(1) }],
    ['the time to become ready', { readyTimeout: Duration.minutes(1) }],
    ['the drill', { drill: Drill.switchover() }],
  ];
  test.each(CHANGES)('gets another name when %s changes, as its template cannot be changed', (_, change) => {
    expect(synth(change).job.metadata.name).not.toBe(synth().job.metadata.name);
    expect(synth(change).job.metadata.name).toMatch(NAME);
  });

  test('is the same each time', () => {
    expect(synth().job).toEqual(synth().job);
    expect(synth().construct.jobName).toBe(synth().job.metadata.name);
  });

  test('runs once and ends in a bounded time that is longer than the wait for readiness', () => {
    const { job, pod } = synth({ readyTimeout: Duration.minutes(10) });
    expect(job.spec.backoffLimit).toBe(0);
    expect(pod.spec.restartPolicy).toBe('Never');
    expect(job.spec.activeDeadlineSeconds).toBeGreaterThan(600 + 60);
    expect(job.spec.ttlSecondsAfterFinished).toBeUndefined();
    expect(synth({ ttl: Duration.hours(1) }).job.spec.ttlSecondsAfterFinished).toBe(3600);
  });

  test('has longer for a drill: its limit, and what comes before and after it', () => {
    const deadline = (drill?: Drill) => synth({ drill }).job.spec.activeDeadlineSeconds;
    const limit = Duration.minutes(4);
    expect(deadline(Drill.observe({ limit })) - deadline()).toBeGreaterThan(240 + 60);
    expect(deadline(Drill.observe({ limit })) - deadline(Drill.observe({ limit: Duration.minutes(3) }))).toBe(60);
  });

  test('keeps to the restricted Pod Security standard', () => {
    const { pod, container } = synth();
    expect(pod.spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(pod.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('reads the password from a file that only its group may read, and has it nowhere else', () => {
    const { pod } = synth();
    const volume = pod.spec.volumes.find((one: { secret?: object }) => one.secret);
    expect(volume.secret).toEqual({
      secretName: 'cache-auth',
      items: [{ key: 'redis-password', path: 'password' }],
      defaultMode: 0o440,
    });
    expect(pod.spec.securityContext.fsGroup).toBe(1000);
    expect(JSON.stringify(pod)).not.toMatch(/secretKeyRef|envFrom/);
  });

  test('gives the program an environment that the program takes', () => {
    const { container } = synth({ maxLagSeconds: 2, minReplicasToWrite: 1 });
    const env = Object.fromEntries(
      container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    // The file is there only in the pod.
    expect(env.PASSWORD_FILE).toBe('/etc/redis-sentinel/auth/password');
    expect(readSettings({ ...env, PASSWORD_FILE: import.meta.filename })).toMatchObject({
      topology: 'cache',
      masterName: 'mymaster',
      servers: 3,
      quorum: 2,
      minReplicas: 1,
      maxLagSeconds: 2,
      readyTimeoutSeconds: 300,
      sentinels: [0, 1, 2].map((n) => ({ host: `cache-${n}`, port: 26379 })),
    });
  });

  test('tells the program of a drill, and nothing of one where there is none', () => {
    const env = (drill?: Drill) =>
      Object.fromEntries(
        synth({ drill }).container.env.map(({ name, value }: Record<string, string>) => [name, value]),
      );
    const taken = (drill?: Drill) => readSettings({ ...env(drill), PASSWORD_FILE: import.meta.filename });
    expect(taken(Drill.switchover()).drill).toEqual({ mode: 'switchover', limitSeconds: 60, writers: 4 });
    expect(taken(Drill.observe({ writers: 1 })).drill).toEqual({ mode: 'observe', limitSeconds: 300, writers: 1 });
    expect(env()).toMatchObject({ MODE: 'verify' });
    expect(Object.keys(env()).filter((name) => name.startsWith('DRILL'))).toEqual([]);
  });

  test('has the labels that the NetworkPolicy lets through, on its pod only', () => {
    const { pod, job } = synth();
    const client = 'redis-sentinel.cdk8s.io/client-cache';
    expect(pod.metadata.labels).toMatchObject({
      [client]: 'true',
      team: 'platform',
      'app.kubernetes.io/component': 'verification',
      'app.kubernetes.io/instance': 'cache',
    });
    expect(job.metadata.labels[client]).toBeUndefined();
  });

  test('is a hook of Argo CD, or replaced by Flux, or neither', () => {
    expect(synth().job.metadata.annotations).toBeUndefined();
    expect(synth({ hook: VerificationHook.argoPostSync() }).job.metadata.annotations).toEqual({
      'argocd.argoproj.io/hook': 'PostSync',
      'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
    });
    expect(synth({ hook: VerificationHook.fluxForce() }).job.metadata.annotations).toEqual({
      'kustomize.toolkit.fluxcd.io/force': 'enabled',
    });
  });

  test('has a namespace only when it is given one', () => {
    expect(synth().job.metadata.namespace).toBeUndefined();
    const { job, configMap } = synth({ namespace: 'caches' });
    expect([job.metadata.namespace, configMap.metadata.namespace]).toEqual(['caches', 'caches']);
  });

  test('refuses props that cannot work', () => {
    expect(() => synth({ sentinels: 5 })).toThrow("'sentinelAddresses' must name each of the 5 Sentinels");
    expect(() => synth({ readyTimeout: Duration.millis(0) })).toThrow(
      "'readyTimeout' must be whole seconds, at least 1",
    );
  });

  const hook = VerificationHook.argoPostSync();
  test.each<[Partial<VerificationJobProps>, string]>([
    [{ drill: Drill.switchover({ limit: Duration.seconds(9) }) }, "'limit' must be whole seconds from 10 to 600 s"],
    [{ drill: Drill.switchover({ limit: Duration.minutes(11) }) }, 'got 660 s: give it within these bounds'],
    [{ drill: Drill.observe({ limit: Duration.millis(10_500) }) }, 'got 10.5 s: .*, or leave it out for 300 s'],
    [
      { drill: Drill.switchover({ writers: 0 }) },
      "'writers' must be a whole number from 1 to 8, .*, got 0: leave it out",
    ],
    [{ drill: Drill.observe({ writers: 2.5 }) }, 'got 2.5'],
    [{ drill: Drill.observe(), hook }, "'drill' must not be observe together with 'hook'"],
  ])('refuses a drill that cannot work (%#)', (props, message) => {
    expect(() => synth(props)).toThrow(new RegExp(message));
  });

  test('takes a drill at its bounds, and a switchover at each deployment', () => {
    expect(() => synth({ drill: Drill.switchover({ limit: Duration.seconds(10), writers: 1 }), hook })).not.toThrow();
    expect(() => synth({ drill: Drill.observe({ limit: Duration.minutes(10), writers: 8 }) })).not.toThrow();
  });
});
