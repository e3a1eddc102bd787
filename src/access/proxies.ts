import { Construct } from 'constructs';
import { bytes } from '../kube/bytes.js';
import { variables } from '../kube/container.js';
import { contentHash } from '../kube/hash.js';
import { selector } from '../kube/labels.js';
import { Names } from '../kube/names.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import { PROXY_DIR } from '../kube/paths.js';
import { type ContainerSpec, type Probe, RESTRICTED_CONTAINER } from '../kube/pod.js';
import { HAPROXY_USER, podTemplate } from '../kube/pod-template.js';
import { MASTER_PROXY_PORT, PROXY_STATUS_PORT, READ_PROXY_PORT } from '../kube/ports.js';
import { type ContainerResources, resourcesSpec } from '../kube/resources.js';
import type { SpreadChoices } from '../kube/spread.js';
import type { Listener } from '../network/exposure.js';
import { hostVariable, ProxyConfig, type ProxyRole } from './proxy-config.js';
import drain from './scripts/drain.sh';

const PORTS: Record<ProxyRole, number> = { master: MASTER_PROXY_PORT, read: READ_PROXY_PORT };

/** Clients connect to a port for each role; another tells who collects metrics how they fare. */
export function proxyListeners(roles: readonly ProxyRole[]): Listener[] {
  return [
    ...roles.map((role): Listener => ({ port: PORTS[role], audience: ['clients'] })),
    { port: PROXY_STATUS_PORT, audience: ['metrics'] },
  ];
}

export interface ProxiesProps extends PartProps {
  /** Names of the servers' pods and of their Services, by ordinal. */
  readonly servers: readonly string[];
  readonly clusterDomain: string;
  readonly roles: readonly ProxyRole[];
  readonly replicas: number;
  readonly downAfterMs: number;
  /** Seconds that a pod is given to stop. */
  readonly grace: number;
  readonly image: string;
  readonly resources: ContainerResources;
  readonly serviceAccount: string;
  readonly spread: SpreadChoices;
}

/** For so long nodes go on leading new connections to a pod that stops, s: they hear of it one after the other. */
const STAY_SECONDS = 5;
/** What is left of the grace when the last connections are ended, s. */
const SPARE_SECONDS = 5;
/** A topology may take that long to have a master, and its proxies wait for it; then they are started anew, s. */
const STARTED_WITHIN_SECONDS = 3600;

const MIB = 2 ** 20;
/** What HAProxy takes without a client. */
const PROGRAM_BYTES = 32 * MIB;
/** A client whose requests and replies wait on both sides: two buffers of 16 KiB, and what HAProxy notes of it. */
const CLIENT_BYTES = 40 * 1024;
/** A thread more than there is CPU is only in the way; one of them passes some 100,000 commands a second on. */
const USUAL_THREADS = 2;
/** HAProxy's own limit. */
const MOST_THREADS = 64;

/** How many clients the proxies of one pod take at the same time, for both Services together. */
export function clientsOfProxy({ limits }: ContainerResources): number {
  return Math.max(0, Math.floor((bytes(limits.memory) - PROGRAM_BYTES) / CLIENT_BYTES));
}

/**
 * HAProxy before the servers, for clients that know no Sentinel. Each proxy finds out by itself who is master, from the agents
 * of the servers, and holds no password.
 *
 * A proxy that is to go takes new connections until nobody leads any to it, and keeps open ones for what is left of its
 * grace; another takes its place before that.
 */
export class Proxies extends Construct {
  constructor(scope: Construct, id: string, props: ProxiesProps) {
    super(scope, id);
    const { topology, replicas } = props;
    const names = new Names(topology);
    const matchLabels = selector(topology, 'proxy');
    const data = { 'haproxy.cfg': configOf(props).render(), 'drain.sh': drain };
    const config = names.proxyConfig(contentHash(data));
    addObject(this, 'Config', 'ConfigMap', metadata(props, config, 'proxy'), { immutable: true, data });
    addObject(this, 'Resource', 'Deployment', metadata(props, names.proxies, 'proxy'), {
      spec: {
        replicas,
        minReadySeconds: STAY_SECONDS,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels },
        template: podTemplate({
          ...props,
          component: 'proxy',
          user: HAPROXY_USER,
          spreadByRevision: true,
          containers: [containerOf(props)],
          volumes: [{ name: 'config', configMap: { name: config } }],
        }),
      },
    });
    addObject(this, 'DisruptionBudget', 'PodDisruptionBudget', metadata(props, names.proxies, 'proxy'), {
      spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels } },
    });
  }
}

function configOf({ servers, roles, downAfterMs, grace, resources }: ProxiesProps): ProxyConfig {
  const threads = Math.ceil(amountOf(resources.limits.cpu) ?? USUAL_THREADS);
  return new ProxyConfig({
    servers,
    roles,
    downAfterMs,
    threads: Math.min(threads, MOST_THREADS),
    clients: clientsOfProxy(resources),
    hardStopAfter: grace - STAY_SECONDS - SPARE_SECONDS,
  });
}

/** The full name with a dot at its end, so that a resolver asks once. */
function hostOf(server: string, { clusterDomain }: ProxiesProps): string {
  return `${server}.$(NAMESPACE).svc.${clusterDomain}.`;
}

/** `500m` is 0.5. */
function amountOf(cpu: string | undefined): number | undefined {
  if (cpu === undefined) return undefined;
  return cpu.endsWith('m') ? Number.parseInt(cpu, 10) / 1000 : Number(cpu);
}

function containerOf(props: ProxiesProps): ContainerSpec {
  const probe = (path: string, times: Omit<Probe, 'httpGet'>): Probe => ({
    httpGet: { path, port: 'status' },
    ...times,
  });
  const leave = props.grace - STAY_SECONDS - Math.ceil(SPARE_SECONDS / 2);
  return {
    name: 'haproxy',
    image: props.image,
    // One process in the foreground: a change of the configuration is another pod.
    command: ['haproxy', '-db', '-f', `${PROXY_DIR}/haproxy.cfg`],
    env: [
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ...variables({
        LOCAL: '127.0.0.1',
        ...Object.fromEntries(props.servers.map((server, ordinal) => [hostVariable(ordinal), hostOf(server, props)])),
      }),
    ],
    ports: [
      ...props.roles.map((role) => ({ name: role, containerPort: PORTS[role] })),
      { name: 'status', containerPort: PROXY_STATUS_PORT },
    ],
    resources: resourcesSpec(props.resources),
    lifecycle: {
      preStop: { exec: { command: ['/bin/sh', `${PROXY_DIR}/drain.sh`, String(STAY_SECONDS), String(leave)] } },
    },
    // It is of use once it has found a server to lead to. From then on it stays ready whatever becomes of them, or the
    // kubelet would take longer to notice the new master than the proxy itself.
    startupProbe: probe('/startedz', {
      periodSeconds: 1,
      timeoutSeconds: 1,
      failureThreshold: STARTED_WITHIN_SECONDS,
    }),
    readinessProbe: probe('/livez', { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 }),
    livenessProbe: probe('/livez', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
    securityContext: RESTRICTED_CONTAINER,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [{ name: 'config', mountPath: PROXY_DIR, readOnly: true }],
  };
}
