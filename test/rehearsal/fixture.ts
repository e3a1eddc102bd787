import { selector } from '../../src/kube/labels.js';
import type { KubernetesObject } from '../../src/rehearsal/rehearsal.js';

export interface Fixture {
  /** Files of the ConfigMap, by name; `main.sh` is the `redis` container's, `side.sh` the sidecar's. */
  readonly scripts: Record<string, string>;
  /** @default true - a volume that outlives the pod; else an emptyDir */
  readonly claim?: boolean;
  readonly preStop?: boolean;
  readonly graceSeconds?: number;
  /** @default - `probe.sh ready` */
  readonly readiness?: object;
  readonly env?: object[];
  readonly objects?: KubernetesObject[];
}

/** Notes its own end when it is asked for it, and lives until then. */
export const LIVES = `
trap 'echo "$POD_NAME ends" >>"$DATA_DIR/story"; exit 0' TERM
echo "$POD_NAME starts" >>"$DATA_DIR/story"
: >"$RUN_DIR/here"
while :; do sleep 0.05; done
`;

/** A manifest of the shape this project makes, with scripts of the test's own: two pods, one container and one sidecar. */
export function manifest(fixture: Fixture): KubernetesObject[] {
  const { scripts, claim = true, graceSeconds = 5, env = [], objects = [] } = fixture;
  const { readiness = { exec: { command: ['/bin/sh', '/etc/toy/config/probe.sh', 'ready'] } } } = fixture;
  const metadata = { name: 'toy', labels: selector('toy', 'server') };
  const container = (name: string, script: string) => ({
    name,
    command: ['/bin/sh', `/etc/toy/config/${script}`],
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'DATA_DIR', value: '/data' },
      { name: 'RUN_DIR', value: '/run/toy' },
      { name: 'PASSWORD_FILE', value: '/etc/toy/auth/password' },
      ...env,
    ],
    volumeMounts: [
      { name: 'config', mountPath: '/etc/toy/config' },
      { name: 'auth', mountPath: '/etc/toy/auth' },
      { name: 'run', mountPath: '/run/toy' },
      { name: 'data', mountPath: '/data' },
    ],
  });
  const main = {
    ...container('redis', 'main.sh'),
    ...(fixture.preStop && { lifecycle: { preStop: { exec: { command: ['/bin/sh', '/etc/toy/config/hook.sh'] } } } }),
    ports: [{ name: 'answers', containerPort: 8379 }],
    readinessProbe: { ...readiness, timeoutSeconds: 1 },
  };
  const spec = {
    terminationGracePeriodSeconds: graceSeconds,
    initContainers: 'side.sh' in scripts ? [{ ...container('side', 'side.sh'), restartPolicy: 'Always' }] : [],
    containers: [main],
    volumes: [
      { name: 'config', configMap: { name: 'toy-config' } },
      { name: 'auth', secret: { secretName: 'toy-auth' } },
      { name: 'run', emptyDir: { medium: 'Memory' } },
      ...(claim ? [] : [{ name: 'data', emptyDir: {} }]),
    ],
  };
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'toy-config' }, data: scripts },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: {
        replicas: 2,
        template: { metadata: { labels: metadata.labels }, spec },
        volumeClaimTemplates: claim ? [{ metadata: { name: 'data' } }] : [],
      },
    },
    ...objects,
  ] as KubernetesObject[];
}
