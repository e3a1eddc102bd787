import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { BindableContainer, BindableWorkload } from '../access/bindable.js';
import { type BindOptions, ClientAccess } from '../access/client-access.js';
import { ClientConfig } from '../access/client-config.js';
import { type ClientFacts, clientFacts } from '../access/client-facts.js';
import { Proxies, proxyListeners } from '../access/proxies.js';
import type { ProxyRole } from '../access/proxy-config.js';
import { PodServices, ProxyService, SentinelService } from '../access/services.js';
import { AGENT_LISTENERS } from '../agent/agent-container.js';
import { listedUsers, Password } from '../auth/password.js';
import { type Component, clientLabels } from '../kube/labels.js';
import { Names } from '../kube/names.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import type { SecretKey, Secrets } from '../kube/pod-set.js';
import { AlertRules } from '../metrics/alert-rules.js';
import { DashboardConfig } from '../metrics/dashboard-config.js';
import { EXPORTER_LISTENERS } from '../metrics/exporter-container.js';
import { Monitors } from '../metrics/monitors.js';
import { OF_PROXIES, type Scraped, scrapedMembers } from '../metrics/scraped.js';
import type { Listener, Reach } from '../network/exposure.js';
import { TopologyNetworkPolicy } from '../network/topology-network-policy.js';
import { SENTINEL_LISTENERS, SentinelSet } from '../sentinel/sentinel-set.js';
import { SERVER_LISTENERS, ServerSet } from '../server/server-set.js';
import { Certificate } from '../tls/certificate.js';
import { VerificationJob } from '../verification/verification-job.js';
import { agentFacts, rightsOf, sentinelPods, serverPods } from './members.js';
import { type VerificationOptions, verificationRules } from './props/verification.js';
import type { RedisSentinelProps } from './props.js';
import type { TopologySettings } from './settings.js';
import { tlsNames } from './tls-names.js';
import { Topology } from './topology.js';
import { TopologyConfig } from './topology-config.js';
import type { Violation } from './violation.js';
import { watchedBy } from './watched.js';

/** On what servers and Sentinels listen, wherever each of them runs. */
const MEMBER_LISTENERS: readonly Listener[] = [...SERVER_LISTENERS, ...SENTINEL_LISTENERS, ...AGENT_LISTENERS];

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
  readonly settings: TopologySettings;
  /** Name and key of the Secret that holds the servers' password. Absent: they want none. */
  readonly password?: SecretKey;
  /** The same, and that of the Sentinels. */
  readonly secrets: Secrets;
  /** `host:port` of each Sentinel: full names where the namespace is known, else such as resolve inside it. */
  readonly sentinelAddresses: readonly string[];
  /** All that a client must know. */
  readonly clientFacts: ClientFacts;
  /** `host:port` that leads to the master, for clients that know no Sentinel. Absent without `access.master`. */
  readonly masterAddress?: string;
  /** The same to replicas. Absent without `access.read`. */
  readonly readAddress?: string;
  /** What a client's pod must carry for the NetworkPolicy; `bind()` sets it on a workload. */
  readonly clientLabels: Readonly<Record<string, string>>;

  // The parts, each with its objects in it: what no prop says can be changed there (`ApiObject.of(…).addJsonPatch()`).
  /** ConfigMap with the agent's program and the configuration that the pods mount. */
  readonly config: TopologyConfig;
  /** What makes the Secret with the password, where something does. */
  readonly passwords: Password;
  /** Absent when there is no TLS. */
  readonly certificate?: Certificate;
  /** A Service for each server. */
  readonly serverServices: PodServices;
  /** Absent when the Sentinels run in the servers' pods. */
  readonly sentinelServices?: PodServices;
  /** The Service in front of all Sentinels. */
  readonly sentinelService: SentinelService;
  /** ConfigMap with what a client must know. */
  readonly clientConfig: ClientConfig;
  /** StatefulSet of the servers, and what belongs to it. */
  readonly serverSet: ServerSet;
  /** Absent when the Sentinels run in the servers' pods. */
  readonly sentinelSet?: SentinelSet;
  /** Service that leads to the master, where there is one (`access.master`). */
  readonly masterService?: ProxyService;
  /** Service that leads to replicas, where there is one (`access.read`). */
  readonly readService?: ProxyService;
  /** Absent when neither of the two is there. */
  readonly proxies?: Proxies;
  /** Absent when the network is `none`. */
  readonly networkPolicy?: TopologyNetworkPolicy;
  /** Absent when there is none. */
  readonly monitors?: Monitors;
  /** Absent when there are none. */
  readonly alertRules?: AlertRules;
  /** Absent when there is none. */
  readonly dashboard?: DashboardConfig;
  /** Absent when there is none. */
  verification?: VerificationJob;

  private readonly names: Names;
  private readonly part: PartProps;
  private readonly clients: ClientAccess;

  /** @throws Error that lists every rule that the props break */
  constructor(scope: Construct, id: string, props: RedisSentinelProps = {}) {
    super(scope, id);
    const named = { ...props, name: props.name ?? id, namespace: props.namespace ?? Chart.of(this).namespace };
    const { settings, violations } = Topology.resolve(named);
    if (violations) throw refusal(`the topology '${named.name}'`, violations);
    this.settings = settings;
    const { name: topology, namespace, labels, annotations, pod, podTemplate } = settings;
    this.names = new Names(topology);
    this.part = { topology, namespace, labels, annotations, pod, podTemplate };
    this.clientLabels = clientLabels(topology);
    this.clientFacts = clientFacts(settings);
    this.sentinelAddresses = this.clientFacts.sentinels;

    this.addServiceAccount();
    this.config = new TopologyConfig(this, 'Config', {
      ...this.part,
      redis: settings,
      sentinel: settings,
      rights: rightsOf(settings),
    });
    const listed = listedUsers(topology, settings.auth, settings.verification !== undefined);
    this.passwords = new Password(this, 'Password', {
      ...this.part,
      auth: settings.auth,
      listed,
      image: settings.images.node,
      resources: settings.resources.jobs,
    });
    const users = Object.fromEntries(listed.map(({ name, secret }) => [name, secret]));
    this.secrets = { ...this.passwords.secrets, ...(settings.auth.users && { users }) };
    this.password = this.secrets.servers;
    this.certificate =
      settings.tls &&
      new Certificate(this, 'Certificate', {
        ...this.part,
        tls: settings.tls,
        dnsNames: tlsNames(settings),
        ipAddresses: settings.metrics.exporter && ['127.0.0.1'],
      });
    this.serverServices = this.addServerServices();
    this.sentinelServices = this.addSentinelServices();
    this.sentinelService = new SentinelService(this, 'SentinelService', {
      ...this.part,
      name: this.names.sentinels,
      component: settings.hasSeparateSentinels ? 'sentinel' : 'server',
      service: settings.access.sentinel,
    });
    this.clientConfig = new ClientConfig(this, 'ClientConfig', { ...this.part, facts: this.clientFacts });
    this.masterService = this.addProxyService('master');
    this.readService = this.addProxyService('read');
    this.masterAddress = this.clientFacts.master;
    this.readAddress = this.clientFacts.read;
    this.serverSet = this.addServers();
    this.sentinelSet = this.addSentinels();
    this.proxies = this.addProxies();
    this.networkPolicy = this.addPolicy(
      'NetworkPolicy',
      this.names.networkPolicy,
      ['server', 'sentinel'],
      ['members', 'dns'],
    );
    if (this.proxies) this.addPolicy('ProxyPolicy', this.names.proxies, ['proxy'], ['as-proxy', 'dns']);
    if (settings.auth.source.kind === 'generated')
      this.addPolicy('SecretPolicy', this.names.secret, ['secret'], ['api']);
    this.monitors = this.addMonitors();
    this.alertRules = this.addAlertRules();
    this.dashboard = this.addDashboard();
    this.clients = new ClientAccess(this.clientFacts);
    if (settings.verification) this.addVerification(settings.verification);
  }

  /**
   * Gives a container, or a workload's container, the addresses of the Sentinels and the password, in environment
   * variables that begin with `REDIS_` and in a file. A workload's pods also get the client labels.
   */
  bind(target: BindableContainer | BindableWorkload, options: BindOptions = {}): void {
    this.clients.bind(target, options);
  }

  /**
   * Adds a Job that connects as an application does, and tells whether the topology is sound. The prop `verification` does
   * the same; there is one of them.
   */
  addVerification(options: VerificationOptions = {}): VerificationJob {
    const { settings } = this;
    const violations = [...verificationRules({ verification: options })];
    if (violations.length > 0) throw refusal(`the verification of '${settings.name}'`, violations);
    this.demandUserOfVerification(options);
    this.addPolicy('VerificationPolicy', this.names.verification, ['verification'], ['as-client', 'dns']);
    this.verification = new VerificationJob(this, 'Verification', {
      ...this.part,
      ...options,
      image: options.image ?? settings.images.node,
      resources: settings.resources.jobs,
      serviceAccount: settings.pod.serviceAccountName,
      masterName: settings.masterName,
      servers: settings.servers,
      sentinels: settings.sentinels,
      quorum: settings.quorum,
      minReplicasToWrite: settings.minReplicasToWrite,
      maxLagSeconds: settings.maxLag.toSeconds(),
      sentinelAddresses: this.verifiedAddresses,
      secrets: this.secrets,
      tls: this.tls,
      clientLabels: this.clientLabels,
    });
    return this.verification;
  }

  /** Its user is part of the servers' configuration, so it must be known before. */
  private demandUserOfVerification({ drill }: VerificationOptions): void {
    const { auth, verification, name } = this.settings;
    if (!auth.users || (verification && verification.drill?.mode === drill?.mode)) return;
    throw new Error(
      `the verification of '${name}' must be given as the prop 'verification' where there are users, since the servers know ` +
        "its user from there: drop addVerification(), and write verification: { … } among the topology's props",
    );
  }

  private addServiceAccount(): void {
    // One that is named exists.
    if (this.settings.pod.serviceAccountName !== undefined) return;
    const account = metadata(this.part, this.names.serviceAccount);
    addObject(this, 'ServiceAccount', 'ServiceAccount', account, { automountServiceAccountToken: false });
  }

  private addServerServices(): PodServices {
    const { hasSeparateSentinels, access } = this.settings;
    return new PodServices(this, 'ServerServices', {
      ...this.part,
      component: 'server',
      pods: serverPods(this.settings),
      headless: this.names.serversHeadless,
      // The proxies go where the servers' clients go, and ask the agent there whose turn it is.
      ports: [
        'redis',
        ...(hasSeparateSentinels ? [] : (['sentinel'] as const)),
        ...(access.master || access.read ? (['agent'] as const) : []),
      ],
    });
  }

  private addSentinelServices(): PodServices | undefined {
    if (!this.settings.hasSeparateSentinels) return undefined;
    return new PodServices(this, 'SentinelServices', {
      ...this.part,
      component: 'sentinel',
      pods: sentinelPods(this.settings),
      headless: this.names.sentinelsHeadless,
      ports: ['sentinel'],
    });
  }

  private addServers(): ServerSet {
    const { servers, storage, hasSeparateSentinels } = this.settings;
    return new ServerSet(this, 'Servers', { ...this.ofPods(), servers, storage, withSentinels: !hasSeparateSentinels });
  }

  private addSentinels(): SentinelSet | undefined {
    const { sentinels, sentinelStorage, hasSeparateSentinels } = this.settings;
    if (!hasSeparateSentinels) return undefined;
    return new SentinelSet(this, 'Sentinels', { ...this.ofPods(), storage: sentinelStorage, count: sentinels });
  }

  private addProxyService(role: ProxyRole): ProxyService | undefined {
    const service = this.settings.access[role];
    if (!service) return undefined;
    const id = role === 'master' ? 'MasterService' : 'ReadService';
    return new ProxyService(this, id, { ...this.part, name: this.names[role], role, service });
  }

  private addProxies(): Proxies | undefined {
    const { access, images, resources, spread, grace, downAfter, pod, clusterDomain } = this.settings;
    const roles = this.roles;
    if (roles.length === 0) return undefined;
    return new Proxies(this, 'Proxies', {
      ...this.part,
      servers: serverPods(this.settings),
      clusterDomain,
      roles,
      replicas: access.proxies,
      downAfterMs: downAfter.toMilliseconds(),
      grace,
      image: images.haproxy,
      resources: resources.proxy,
      serviceAccount: pod.serviceAccountName ?? this.names.serviceAccount,
      spread,
    });
  }

  /** With TLS a Sentinel's full name is verified; its namespace is known to the pod, if not here. */
  private get verifiedAddresses(): readonly string[] {
    const { namespace, clusterDomain } = this.settings;
    if (!this.tls || namespace !== undefined) return this.sentinelAddresses;
    return this.sentinelAddresses.map((address) => address.replace(':', `.$(NAMESPACE).svc.${clusterDomain}:`));
  }

  /** What the verification is told of TLS. */
  private get tls() {
    const { tls } = this.settings;
    if (!tls?.isSpoken || !this.certificate) return undefined;
    return { secret: this.certificate.secret, clients: tls.clients };
  }

  /** Whereto proxies lead. */
  private get roles(): ProxyRole[] {
    return (['master', 'read'] as const).filter((role) => this.settings.access[role] !== undefined);
  }

  private ofPods() {
    const { images, spread, resources, pod, metrics, tls } = this.settings;
    return {
      ...this.part,
      images,
      spread,
      resources,
      config: this.config.configMapName,
      secrets: this.secrets,
      tls: this.certificate?.secret,
      facts: agentFacts(this.settings),
      exporter: metrics.exporter && {
        ...metrics.exporter,
        image: images.exporter,
        resources: resources.exporter,
        tls: tls?.isSpoken ? { clients: tls.clients } : undefined,
      },
      serviceAccount: pod.serviceAccountName ?? this.names.serviceAccount,
    };
  }

  /** All whose metrics are read. */
  private get scraped(): readonly Scraped[] {
    const { hasSeparateSentinels, metrics, tls } = this.settings;
    const members = scrapedMembers({ hasSeparateSentinels, exporter: metrics.exporter, tls: tls?.isSpoken === true });
    return this.roles.length > 0 ? [...members, OF_PROXIES] : members;
  }

  private addMonitors(): Monitors | undefined {
    const { monitor } = this.settings.metrics;
    if (!monitor) return undefined;
    return new Monitors(this, 'Monitors', { ...this.part, monitor, scraped: this.scraped });
  }

  private addAlertRules(): AlertRules | undefined {
    const { rules } = this.settings.metrics;
    if (!rules) return undefined;
    return new AlertRules(this, 'AlertRules', { ...this.part, rules, watched: watchedBy(this.settings) });
  }

  private addDashboard(): DashboardConfig | undefined {
    const { dashboard, rules } = this.settings.metrics;
    if (!dashboard) return undefined;
    const hasAlerts = rules !== undefined;
    const watched = watchedBy(this.settings);
    return new DashboardConfig(this, 'Dashboard', { ...this.part, dashboard, watched, hasAlerts });
  }

  private addPolicy(id: string, name: string, components: readonly Component[], reaches: readonly Reach[]) {
    const { network, metrics } = this.settings;
    if (network.mode === 'none') return undefined;
    const ofMembers = [...MEMBER_LISTENERS, ...(metrics.exporter ? EXPORTER_LISTENERS : [])];
    const listens = components.includes('server')
      ? ofMembers
      : components.includes('proxy')
        ? proxyListeners(this.roles)
        : [];
    const hasProxies = this.roles.length > 0;
    const props = { ...this.part, name, network, components, reaches, listens, members: MEMBER_LISTENERS, hasProxies };
    return new TopologyNetworkPolicy(this, id, props);
  }
}

function refusal(what: string, violations: readonly Violation[]): Error {
  const list = violations.map(({ message }) => `\n  - ${message}`).join('');
  return new Error(`${what} breaks these rules:${list}`);
}
