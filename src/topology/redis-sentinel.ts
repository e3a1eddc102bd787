import { Chart } from 'cdk8s';
import type { AbstractPod, Container } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type BindOptions, ClientAccess } from '../access/client-access.js';
import { PodServices, SentinelService } from '../access/services.js';
import { Password } from '../auth/password.js';
import { clientLabels } from '../kube/labels.js';
import { Names } from '../kube/names.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import type { SecretKey } from '../kube/pod-set.js';
import { SENTINEL_PORT } from '../kube/ports.js';
import { TopologyNetworkPolicy } from '../network/topology-network-policy.js';
import { SentinelSet } from '../sentinel/sentinel-set.js';
import { ServerSet } from '../server/server-set.js';
import { VerificationJob, type VerificationJobProps } from '../verification/verification-job.js';
import { scriptFacts, sentinelPods, serverPods, serviceHost } from './members.js';
import type { RedisSentinelProps } from './props.js';
import { checkTopology } from './rules.js';
import { resolve, type Settings } from './settings.js';
import { TopologyConfig } from './topology-config.js';

export type VerificationOptions = Pick<VerificationJobProps, 'drill' | 'hook' | 'image' | 'readyTimeout' | 'ttl'>;

/**
 * Redis or Valkey servers, the Sentinels that watch over them, and all that they need in a cluster.
 *
 * One server is the master, the others copy it. When it dies, a majority of Sentinels promotes another within about a
 * second where only its process died, and within `downAfter` + 1.2 s where its pod or node is gone; clients ask a
 * Sentinel for the master. Replication is asynchronous: which writes a crash or a partition may cost is what `profile`
 * and `writeSafety` decide. The loss of a majority of Sentinels stops failover until they are back.
 */
export class RedisSentinel extends Construct {
  /** Every choice, the defaults filled in. */
  readonly settings: Settings;
  /** Name and key of the Secret that holds the password. */
  readonly password: SecretKey;
  /** `host:port` of each Sentinel: full names where the namespace is known, else such as resolve inside it. */
  readonly sentinelAddresses: readonly string[];
  /** What a client's pod must carry for the NetworkPolicy; `bind()` sets it on a workload. */
  readonly clientLabels: Readonly<Record<string, string>>;

  private readonly names: Names;
  private readonly part: PartProps;
  private readonly clients: ClientAccess;

  /** @throws Error that lists every rule that the props break */
  constructor(scope: Construct, id: string, props: RedisSentinelProps = {}) {
    super(scope, id);
    const named = { ...props, name: props.name ?? id, namespace: props.namespace ?? Chart.of(this).namespace };
    const violations = checkTopology(named);
    if (violations.length > 0) {
      const list = violations.map(({ message }) => `\n  - ${message}`).join('');
      throw new Error(`the topology '${named.name}' breaks these rules:${list}`);
    }
    this.settings = resolve(named);
    const { name: topology, namespace, labels, annotations, masterName } = this.settings;
    this.names = new Names(topology);
    this.part = { topology, namespace, labels, annotations };
    this.clientLabels = clientLabels(topology);
    this.sentinelAddresses = sentinelPods(this.settings).map(
      (pod) => `${serviceHost(pod, this.settings)}:${SENTINEL_PORT}`,
    );

    const account = metadata(this.part, this.names.serviceAccount);
    addObject(this, 'ServiceAccount', 'ServiceAccount', account, { automountServiceAccountToken: false });
    const { configMapName } = this.addConfig();
    const { secretName, secretKey, optional } = new Password(this, 'Password', {
      ...this.part,
      auth: this.settings.auth,
    });
    this.password = { name: secretName, key: secretKey, optional };
    this.addServices();
    this.addPods(configMapName);
    if (this.settings.network.mode !== 'none') {
      new TopologyNetworkPolicy(this, 'NetworkPolicy', { ...this.part, network: this.settings.network });
    }
    const { sentinelAddresses, password } = this;
    this.clients = new ClientAccess(this, 'Clients', { topology, namespace, masterName, sentinelAddresses, password });
  }

  /**
   * Gives a container, or a workload's container, the addresses of the Sentinels and the password, in environment
   * variables that begin with `REDIS_` and in a file. A workload's pods also get the client labels.
   */
  bind(target: Container | AbstractPod, options: BindOptions = {}): void {
    this.clients.bind(target, options);
  }

  /** Adds a Job that connects as an application does, and tells whether the topology is sound. */
  addVerification(options: VerificationOptions = {}): VerificationJob {
    const { name, namespace, labels, servers, sentinels, quorum, masterName, ...settings } = this.settings;
    return new VerificationJob(this, 'Verification', {
      ...options,
      topology: name,
      namespace,
      labels,
      masterName,
      servers,
      sentinels,
      quorum,
      minReplicasToWrite: settings.minReplicasToWrite,
      maxLagSeconds: settings.maxLag.toSeconds(),
      sentinelAddresses: this.sentinelAddresses,
      secretName: this.password.name,
      secretKey: this.password.key,
      clientLabels: this.clientLabels,
    });
  }

  private addConfig(): TopologyConfig {
    return new TopologyConfig(this, 'Config', { ...this.part, redis: this.settings, sentinel: this.settings });
  }

  private addServices(): void {
    const { separateSentinels } = this.settings;
    new PodServices(this, 'ServerServices', {
      ...this.part,
      component: 'server',
      pods: serverPods(this.settings),
      headless: this.names.serversHeadless,
      ports: separateSentinels ? ['redis'] : ['redis', 'sentinel'],
    });
    if (separateSentinels) {
      new PodServices(this, 'SentinelServices', {
        ...this.part,
        component: 'sentinel',
        pods: sentinelPods(this.settings),
        headless: this.names.sentinelsHeadless,
        ports: ['sentinel'],
      });
    }
    new SentinelService(this, 'SentinelService', {
      ...this.part,
      name: this.names.sentinels,
      component: separateSentinels ? 'sentinel' : 'server',
    });
  }

  private addPods(config: string): void {
    const { engine, servers, sentinels, separateSentinels, spread, storage, resources, memory } = this.settings;
    const common = {
      ...this.part,
      engine,
      config,
      spread,
      password: this.password,
      facts: scriptFacts(this.settings),
      serviceAccount: this.names.serviceAccount,
    };
    new ServerSet(this, 'Servers', {
      ...common,
      servers,
      storage,
      withSentinels: !separateSentinels,
      resources: { ...resources, redis: { ...resources.redis, memory } },
    });
    if (separateSentinels) {
      const { storage } = separateSentinels;
      new SentinelSet(this, 'Sentinels', { ...common, storage, count: sentinels, resources: resources.sentinel });
    }
  }
}
