import { isIP } from 'node:net';
import type { ServiceChoices } from '../../access/services.js';
import { type EntriesOf, either, mapping } from '../../words/mappings.js';
import { entry } from '../../words/value-kind.js';
import { choice, count, listOf, text, textsByName } from '../../words/values.js';
import { fault, QUALIFIED_NAME, type Violation } from '../violation.js';
import { annotationRules } from './naming.js';

/** A Service in front of the proxies. */
export interface ProxyServiceProps extends ServiceChoices {
  /** Proxies; `master` and `read` are served by the same ones. @default 2 */
  readonly replicas?: number;
}

/** Services for clients that know no Sentinel. */
export interface Access {
  /**
   * A Service `<name>-master` that leads to the master, for clients that know no Sentinel: to HAProxy, which ends the
   * connections to a server that is master no more. `true` for one without further choices.
   * @default false
   */
  readonly master?: boolean | ProxyServiceProps;
  /**
   * The same, `<name>-read`, to the replicas that are linked to the master; to the master where there is none.
   * @default false
   */
  readonly read?: boolean | ProxyServiceProps;
  /**
   * Service `<name>-sentinel`. The Sentinels answer with the servers' addresses in the cluster, wherever they are asked from.
   * @default - a ClusterIP
   */
  readonly sentinel?: ServiceChoices;
}

/** The props about Services. */
export interface AccessProps {
  /**
   * Services for clients that know no Sentinel, and the type of the Sentinels' own.
   * @default - see Access
   */
  readonly access?: Access;
}

/** Each Service that clients reach the topology by. */
export interface AccessServices {
  /** Absent: there is none. */
  readonly master?: ServiceChoices;
  /** Absent: there is none. */
  readonly read?: ServiceChoices;
  /** Of all Sentinels together. */
  readonly sentinel: ServiceChoices;
  /** How many proxies there are. */
  readonly proxies: number;
}

export interface AccessSettings {
  /** Services for clients that know no Sentinel, and the type of the Sentinels' own. */
  readonly access: AccessServices;
}

function serviceWords(): EntriesOf<ServiceChoices> {
  return {
    type: entry(
      choice('ClusterIP', 'NodePort', 'LoadBalancer'),
      'from where it is reached; from outside by whom `network.from` lets in',
      'ClusterIP',
    ),
    annotations: entry(
      textsByName('{ external-dns.alpha.kubernetes.io/hostname: a.example }'),
      'of this Service alone',
    ),
    loadBalancerClass: entry(text('tailscale'), 'which implementation of load balancers', "the cluster's default"),
    loadBalancerSourceRanges: entry(listOf(text('10.0.0.0/8')), 'whose packets the load balancer takes', 'all'),
    nodePort: entry(count(30001), 'the port on each node', 'Kubernetes chooses one'),
  };
}

function proxyServiceWords(meaning: string) {
  const words: EntriesOf<ProxyServiceProps> = {
    ...serviceWords(),
    replicas: entry(count(2), 'proxies; the same ones serve `master` and `read`', '2'),
  };
  const service = mapping<ProxyServiceProps>(words, '{ type: LoadBalancer }');
  return entry(either<boolean | ProxyServiceProps>({ true: true, false: false }, service), meaning, 'false');
}

export const accessWords: EntriesOf<AccessProps> = {
  access: entry(
    mapping<Access>(
      {
        master: proxyServiceWords('a Service `<name>-master` for clients that know no Sentinel'),
        read: proxyServiceWords('a Service `<name>-read`: replicas in step, else the master'),
        sentinel: entry(
          mapping<ServiceChoices>(serviceWords(), 'sentinel: { type: LoadBalancer }'),
          'the Service `<name>-sentinel`; what the Sentinels answer are addresses in the cluster',
          'a ClusterIP',
        ),
      },
      'access: { master: true }',
    ),
    'the Services that clients are led by',
    'Sentinels alone',
  ),
};

const USUAL_PROXIES = 2;

export function resolveAccess({ access = {} }: AccessProps): AccessSettings {
  const { master, read } = { master: proxied(access.master), read: proxied(access.read) };
  return {
    access: {
      ...(master && { master: withoutReplicas(master) }),
      ...(read && { read: withoutReplicas(read) }),
      sentinel: access.sentinel ?? {},
      proxies: master?.replicas ?? read?.replicas ?? USUAL_PROXIES,
    },
  };
}

function proxied(given: boolean | ProxyServiceProps = false): ProxyServiceProps | undefined {
  return given === true ? {} : given || undefined;
}

function withoutReplicas({ replicas: _, ...service }: ProxyServiceProps): ServiceChoices {
  return service;
}

/** Each asks every agent twice at a time, and an agent takes some hundred connections. */
const MOST_PROXIES = 20;

export function* accessRules(settings: AccessSettings, { access = {} }: AccessProps): Generator<Violation> {
  const services = { master: settings.access.master, read: settings.access.read, sentinel: settings.access.sentinel };
  for (const [name, service] of Object.entries(services)) {
    if (service) yield* serviceRules(['access', name], service);
  }
  for (const name of ['master', 'read'] as const) {
    const { replicas } = proxied(access[name]) ?? {};
    if (replicas === undefined || (Number.isInteger(replicas) && replicas >= 1 && replicas <= MOST_PROXIES)) continue;
    yield fault(
      ['access', name, 'replicas'],
      `'access.${name}.replicas' must be a whole number from 1 to ${MOST_PROXIES}, since each proxy asks every agent all the time`,
      replicas,
      `leave it out for ${USUAL_PROXIES}: one serves while the other is moved`,
    );
  }
  const [ofMaster, ofRead] = [proxied(access.master)?.replicas, proxied(access.read)?.replicas];
  if (ofMaster !== undefined && ofRead !== undefined && ofMaster !== ofRead) {
    yield fault(
      ['access', 'read', 'replicas'],
      "'access.read.replicas' must not be another number than 'access.master.replicas', as the same proxies serve both",
      `${ofRead} and ${ofMaster}`,
      'keep one of them',
    );
  }
  yield* nodePortRules(services);
}

/** Each at most once on a node. */
function* nodePortRules(services: Readonly<Record<string, ServiceChoices | undefined>>): Generator<Violation> {
  const taken = new Map<number, string>();
  for (const [name, service] of Object.entries(services)) {
    if (service?.nodePort === undefined) continue;
    const other = taken.get(service.nodePort);
    taken.set(service.nodePort, name);
    if (other === undefined) continue;
    yield fault(
      ['access', name, 'nodePort'],
      `'access.${name}.nodePort' must not be that of 'access.${other}', as a node has each port once`,
      service.nodePort,
      'give another, or leave it out',
    );
  }
}

const LEAST_NODE_PORT = 30_000;
const MOST_NODE_PORT = 32_767;

function* serviceRules(path: string[], service: ServiceChoices): Generator<Violation> {
  const { type = 'ClusterIP', annotations = {}, nodePort, loadBalancerClass, loadBalancerSourceRanges } = service;
  const prop = path.join('.');
  yield* annotationRules([...path, 'annotations'], annotations);
  if (nodePort !== undefined && type === 'ClusterIP') {
    yield fault(
      [...path, 'nodePort'],
      `'${prop}.nodePort' must not be given for a Service of type ClusterIP, which has no port on the nodes`,
      nodePort,
      "give 'type: NodePort', or drop it",
    );
  } else if (
    nodePort !== undefined &&
    !(Number.isInteger(nodePort) && nodePort >= LEAST_NODE_PORT && nodePort <= MOST_NODE_PORT)
  ) {
    yield fault(
      [...path, 'nodePort'],
      `'${prop}.nodePort' must be from ${LEAST_NODE_PORT} to ${MOST_NODE_PORT}, the ports that Kubernetes has for it`,
      nodePort,
      'give such a one, or leave it out',
    );
  }
  for (const [word, value] of Object.entries({ loadBalancerClass, loadBalancerSourceRanges })) {
    if (value === undefined || type === 'LoadBalancer') continue;
    yield fault(
      [...path, word],
      `'${prop}.${word}' must not be given for a Service of type ${type}, which has no load balancer`,
      value,
      "give 'type: LoadBalancer', or drop it",
    );
  }
  if (loadBalancerClass !== undefined && !QUALIFIED_NAME.test(loadBalancerClass)) {
    yield fault(
      [...path, 'loadBalancerClass'],
      `'${prop}.loadBalancerClass' must be a name with an optional prefix, as a label's`,
      loadBalancerClass,
      'write it as in service.k8s.aws/nlb',
    );
  }
  for (const [index, range] of (loadBalancerSourceRanges ?? []).entries()) {
    if (isRange(range)) continue;
    yield fault(
      [...path, 'loadBalancerSourceRanges', index],
      `'${prop}.loadBalancerSourceRanges' must be ranges of addresses`,
      range,
      'write one as 10.0.0.0/8, a single address as 10.0.0.1/32',
    );
  }
}

function isRange(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  const family = isIP(address);
  return family !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
