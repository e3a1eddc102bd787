// What is public, by name: the topology, its choices with their props, what its applications are told, and the types of its
// parts. All else is internal, and may change without notice.

export type {
  BindableContainer,
  BindableEnvironment,
  BindableMetadata,
  BindableWorkload,
  ConstructPlace,
  MountChoices,
  MountedVolume,
  ObjectPlace,
  VariableValue,
} from './access/bindable.js';
export type { BindOptions } from './access/client-access.js';
export type { ClientConfig } from './access/client-config.js';
export {
  type AccessPresence,
  type ClientFacts,
  type ClientSettings,
  type ClientTls,
  type ClientUser,
  clientFacts,
} from './access/client-facts.js';
export type { Proxies } from './access/proxies.js';
export type { PodServices, ProxyService, SentinelService, ServiceChoices } from './access/services.js';
export {
  Auth,
  type AuthProps,
  type AuthSource,
  type ExternalSecretProps,
  type GeneratedSecretProps,
  type NamedSecret,
  type SecretKeyProps,
  type SecretProps,
  type SecretStoreReference,
  SentinelAuth,
} from './auth/auth.js';
export type { Password } from './auth/password.js';
export type { ApplicationUser, DefaultUser, ListedUser, UserSecret } from './auth/users.js';
export { Engine, type EngineKind, type EngineProps } from './engine/engine.js';
export type {
  AddressBlock,
  ClaimRetention,
  LabelExpression,
  LabelSelector,
  NetworkPeer,
  SecretReference,
  ServiceType,
} from './kube/objects.js';
export type {
  PodAffinity,
  PodAffinityTerm,
  PodAntiAffinity,
  PodSpec,
  SpreadConstraint,
  WeightedPodAffinityTerm,
} from './kube/pod.js';
export type { Affinity, PodChoices, PodTemplateHook, PodUser, Toleration } from './kube/pod-choices.js';
export type { SecretKey, Secrets } from './kube/pod-set.js';
export { Spread, type SpreadChoices } from './kube/spread.js';
export type { TlsSecret, TlsSecretKeys } from './kube/tls-volume.js';
export type { AlertRules } from './metrics/alert-rules.js';
export type { DashboardConfig } from './metrics/dashboard-config.js';
export type { MonitorKind, Monitors } from './metrics/monitors.js';
export type { Endpoint, Scraped } from './metrics/scraped.js';
export {
  type ClientNetworkProps,
  type Dns,
  type MetricsNetworkProps,
  Network,
  type OpenNetworkProps,
} from './network/network.js';
export type { TopologyNetworkPolicy } from './network/topology-network-policy.js';
export type { SentinelSet } from './sentinel/sentinel-set.js';
export { Maxmemory } from './server/maxmemory.js';
export type { Module } from './server/owned-directives.js';
export {
  type Directives,
  type DirectiveValue,
  MAXMEMORY_POLICIES,
  type MaxmemoryPolicy,
} from './server/redis-config.js';
export type { ServerSet } from './server/server-set.js';
export type { Certificate } from './tls/certificate.js';
export {
  type CertManagerProps,
  type IssuerReference,
  Tls,
  type TlsClients,
  type TlsKeys,
  type TlsProps,
  type TlsSecretProps,
  type TlsSource,
  type TlsTransition,
} from './tls/tls.js';
export { Environment } from './topology/environment.js';
export {
  type AppendOnlyProps,
  type ClaimProps,
  Persistence,
  type PersistenceProps,
  type SnapshotProps,
} from './topology/persistence.js';
export { Profile, type Recovery } from './topology/profile.js';
export type { Access, AccessProps, AccessServices, ProxyServiceProps } from './topology/props/access.js';
export type { AuthGroupProps } from './topology/props/auth.js';
export type { EngineGroupProps, ImageSettings, ImagesProps } from './topology/props/engine.js';
export type { Failover, FailoverProps, PollPeriodSettings, PollPeriods } from './topology/props/failover.js';
export type { MemberProps } from './topology/props/members.js';
export type {
  DashboardProps,
  ExporterChoice,
  ExporterSettings,
  MetricsChoices,
  MetricsGroupProps,
  MetricsProps,
  MonitorProps,
  RulesProps,
} from './topology/props/metrics.js';
export type { NamingProps } from './topology/props/naming.js';
export type { NetworkProps } from './topology/props/network.js';
export type { PersistenceGroupProps } from './topology/props/persistence.js';
export type { PodProps } from './topology/props/pods.js';
export type { ProfileProps } from './topology/props/profile.js';
export type { RedisProps } from './topology/props/redis.js';
export type {
  Amounts,
  ContainerResourcesProps,
  ResourceProps,
  Resources,
  ResourcesOfAll,
} from './topology/props/resources.js';
export type { SafetyProps, WriteSafety } from './topology/props/safety.js';
export type { TlsGroupProps } from './topology/props/tls.js';
export type { VerificationOptions, VerificationProps } from './topology/props/verification.js';
export type { NamedProps, RedisSentinelProps } from './topology/props.js';
export { RedisSentinel } from './topology/redis-sentinel.js';
export { Sentinels, type SeparateSentinelsProps } from './topology/sentinels.js';
export type { TopologySettings } from './topology/settings.js';
export { type Resolution, Topology } from './topology/topology.js';
export type { TopologyConfig } from './topology/topology-config.js';
export type { Violation } from './topology/violation.js';
export { Drill, type DrillProps } from './verification/drill.js';
export { VerificationHook } from './verification/verification-hook.js';
export type { VerificationJob } from './verification/verification-job.js';
