import { join } from 'node:path';
import { build } from 'esbuild';
import { NODE_IMAGE } from '../../../src/kube/images.js';
import { clientLabels } from '../../../src/kube/labels.js';
import type { Observation } from '../load/observation.js';
import type { Dialogue } from './dialogue.js';
import { root } from './environment.js';
import { provideImages } from './images.js';
import type { Kubectl } from './kubectl.js';
import { isReady, type KubeObject, type Pod } from './objects.js';
import { Pending, until } from './wait.js';

const NAME = 'load';
const PROGRAM = '/program/load.cjs';
const PASSWORD = '/password';
const TLS = '/tls';

export interface ClientPodProps {
  /** @default load */
  readonly name?: string;
  /** The node on which it has to run. @default - any */
  readonly node?: string;
  /** What it requests. @default 500m - ample for 200 operations a second */
  readonly cpu?: string;
  readonly topology: string;
  /** Undefined: nothing asks for a password. */
  readonly secret?: { readonly name: string; readonly key: string };
  /** Secret with the certificate. @default - there is no TLS */
  readonly tls?: string;
  /** `host:port` of each, as a pod of this namespace finds them. */
  readonly sentinels: readonly string[];
  readonly servers: readonly string[];
  readonly masterName: string;
}

let bundled: Promise<string> | undefined;

/** The load program in one file, for Node 20 and newer. */
export function loadProgram(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

/**
 * A pod as an application's: with the topology's client label, its Secret mounted, a request for processor time, and the
 * load program. Whatever speaks Redis in a test does it from here, since the cluster's addresses need not be reachable from
 * where the tests run.
 */
export class ClientPod {
  private observer?: Dialogue;

  constructor(
    readonly kubectl: Kubectl,
    readonly props: ClientPodProps,
  ) {}

  get name(): string {
    return this.props.name ?? NAME;
  }

  /** @param avoid a node on which the pod shall not run, for it is about to die */
  async start(avoid?: string): Promise<void> {
    await provideImages([NODE_IMAGE]);
    await this.kubectl.run(['delete', 'pod,configmap', this.name, '--ignore-not-found']);
    await this.kubectl.create(objects(this.props, await loadProgram(), avoid));
    await this.ready();
  }

  async ready(): Promise<void> {
    await until(`client pod in ${this.kubectl.namespace}`, 60, async () =>
      isReady(await this.pod()) ? true : new Pending('it is not ready'),
    );
  }

  pod(): Promise<Pod> {
    return this.kubectl.get<Pod>('pod', this.name);
  }

  /** Runs the load program with these arguments. */
  run(args: readonly string[], timeout?: number): Promise<string> {
    return this.kubectl.exec(this.name, NAME, ['node', PROGRAM, ...args], { timeout });
  }

  /** What every server and Sentinel says, as it is seen from this pod. */
  async observe(): Promise<Observation> {
    this.observer ??= this.kubectl.dialogue(this.name, NAME, ['node', PROGRAM, 'watch', ...this.access]);
    return JSON.parse(await this.observer.ask()) as Observation;
  }

  /** The arguments by which the load program finds the topology. */
  get access(): string[] {
    const { sentinels, servers, masterName, tls } = this.props;
    return [
      '--sentinels',
      sentinels.join(','),
      '--servers',
      servers.join(','),
      '--master-name',
      masterName,
      '--password-file',
      this.passwordFile,
      ...(tls === undefined ? [] : ['--ca-file', this.authorityFile]),
    ];
  }

  /** Empty where there is none. */
  get passwordFile(): string {
    const { secret } = this.props;
    return secret ? `${PASSWORD}/${secret.key}` : '';
  }

  /** Empty where there is no TLS. */
  get authorityFile(): string {
    return this.props.tls === undefined ? '' : `${TLS}/ca.crt`;
  }

  read(file: string): Promise<string> {
    return this.kubectl.exec(this.name, NAME, ['cat', file], { timeout: 120_000 });
  }
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join('test', 'cluster', 'load', 'main.ts')],
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

function objects(
  { name = NAME, node, cpu = '500m', topology, secret, tls }: ClientPodProps,
  program: string,
  avoid?: string,
): KubeObject[] {
  const key = 'kubernetes.io/hostname';
  const expressions = [
    ...(avoid ? [{ key, operator: 'NotIn', values: [avoid] }] : []),
    ...(node ? [{ key, operator: 'In', values: [node] }] : []),
  ];
  const elsewhere = {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: expressions }] },
  };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: clientLabels(topology) },
    spec: {
      ...(expressions.length > 0 && { affinity: { nodeAffinity: elsewhere } }),
      // As docs/clients.md advises.
      ...(tls && { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } }),
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        fsGroup: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: NAME,
          image: NODE_IMAGE,
          command: ['sleep', '86400'],
          // Without it the pod has a hundredth of what its node's other pods are given, and is measured in their stead.
          resources: { requests: { cpu, memory: '128Mi' } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          volumeMounts: [
            { name: 'program', mountPath: '/program' },
            ...(secret ? [{ name: 'password', mountPath: PASSWORD }] : []),
            ...(tls === undefined ? [] : [{ name: 'tls', mountPath: TLS }]),
            { name: 'history', mountPath: '/history' },
          ],
        },
      ],
      volumes: [
        { name: 'program', configMap: { name } },
        ...(secret ? [{ name: 'password', secret: { secretName: secret.name } }] : []),
        ...(tls === undefined
          ? []
          : [{ name: 'tls', secret: { secretName: tls, items: [{ key: 'ca.crt', path: 'ca.crt' }] } }]),
        { name: 'history', emptyDir: {} },
      ],
    },
  };
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { 'load.cjs': program } };
  return [configMap as KubeObject, pod as KubeObject];
}
