import { Duration, Size } from 'cdk8s';
import { Auth } from '../auth/auth.js';
import { Engine } from '../engine/engine.js';
import { Spread } from '../kube/spread.js';
import { Network } from '../network/network.js';
import type { MaxmemoryPolicy } from '../server/redis-config.js';
import { Environment } from './environment.js';
import { Persistence } from './persistence.js';
import { Profile, type Recovery } from './profile.js';
import type { ContainerResources, RedisSentinelProps } from './props.js';
import { Sentinels } from './sentinels.js';
import { bytes, milliseconds } from './units.js';

/** The props of a topology together with its name. */
export type NamedProps = RedisSentinelProps & { readonly name: string };

/** A volume per pod. */
export interface Storage {
  readonly size: Size;
  /** Absent: the cluster's default class. */
  readonly storageClass?: string;
}

/** A topology with every default filled in. */
export interface Settings {
  readonly name: string;
  readonly namespace?: string;
  readonly masterName: string;
  readonly engine: Engine;
  readonly servers: number;
  /** Number of Sentinels, wherever they run. */
  readonly sentinels: number;
  /** Present when they have pods of their own; its `storage` is absent when nothing is persistent. */
  readonly separateSentinels?: { readonly storage?: Storage };
  readonly quorum: number;
  readonly memory: Size;
  readonly profile: Profile;
  readonly auth: Auth;
  readonly environment: Environment;
  /** Absent when nothing is persistent. */
  readonly storage?: Storage;
  readonly fsync: 'always' | 'everysec' | 'none';
  readonly minReplicasToWrite: number;
  /** 0 when `minReplicasToWrite` is 0. */
  readonly maxLag: Duration;
  readonly downAfter: Duration;
  readonly failoverTimeout: Duration;
  readonly tiltPeriod: Duration;
  readonly parallelSyncs: number;
  readonly pollPeriods: { readonly info: Duration; readonly ask: Duration; readonly ping: Duration };
  readonly recovery: Recovery;
  readonly spread: Spread;
  readonly maxmemoryPolicy: MaxmemoryPolicy;
  readonly resources: {
    readonly redis: { readonly cpu: string };
    readonly sentinel: Required<ContainerResources>;
    readonly keeper: Required<ContainerResources>;
  };
  readonly network: Network;
  readonly clusterDomain: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The smallest majority of `sentinels`. */
export function majority(sentinels: number): number {
  return Math.floor(sentinels / 2) + 1;
}

/**
 * Replicas that make, with their master, more than half of the servers. What they confirmed is on at least one server of
 * any majority, so that whoever a majority elects can have it; and a master cut off with fewer is on the smaller side.
 */
export function majorityOfReplicas(servers: number): number {
  return Math.floor(servers / 2);
}

/** Fills in the defaults. It judges nothing: unsound props come out as unsound settings. */
export function resolve(props: NamedProps): Settings {
  const profile = props.profile ?? Profile.DEFAULT;
  const memory = props.memory ?? Size.gibibytes(1);
  const servers = props.servers ?? 3;
  const separate = (props.sentinels ?? Sentinels.withServers()).separate;
  const sentinels = separate?.count ?? servers;
  const downAfter = props.failover?.downAfter ?? profile.values.downAfter;
  const persistence = resolvePersistence(props, profile, memory);
  return {
    name: props.name,
    namespace: props.namespace,
    masterName: props.masterName ?? 'mymaster',
    engine: props.engine ?? Engine.redis(),
    servers,
    sentinels,
    separateSentinels: separate && {
      storage: persistence.storage && {
        size: separate.size ?? Size.mebibytes(100),
        storageClass: separate.storageClass,
      },
    },
    quorum: props.quorum ?? majority(sentinels),
    memory,
    profile,
    auth: props.auth ?? Auth.fromSecret(),
    environment: props.environment ?? Environment.PRODUCTION,
    ...persistence,
    ...resolveWriteSafety(props, profile),
    downAfter,
    failoverTimeout: props.failover?.failoverTimeout ?? Duration.seconds(10),
    tiltPeriod: props.failover?.tiltPeriod ?? Duration.millis(Math.min(5000, 3 * milliseconds(downAfter))),
    parallelSyncs: props.failover?.parallelSyncs ?? 1,
    pollPeriods: {
      info: props.failover?.pollPeriods?.info ?? Duration.seconds(1),
      ask: props.failover?.pollPeriods?.ask ?? Duration.millis(500),
      ping: props.failover?.pollPeriods?.ping ?? Duration.millis(500),
    },
    spread: props.spread ?? Spread.REQUIRED,
    maxmemoryPolicy: props.maxmemoryPolicy ?? profile.values.maxmemoryPolicy,
    resources: {
      redis: { cpu: props.resources?.redis?.cpu ?? '100m' },
      sentinel: resolveSidecar(props.resources?.sentinel),
      keeper: resolveSidecar(props.resources?.keeper),
    },
    network: props.network ?? Network.clients(),
    clusterDomain: props.clusterDomain ?? 'cluster.local',
    labels: { ...props.labels },
    annotations: { ...props.annotations },
  };
}

function resolvePersistence(
  props: NamedProps,
  profile: Profile,
  memory: Size,
): Pick<Settings, 'storage' | 'fsync' | 'recovery'> {
  const byProfile = profile.values.fsync;
  const persistence = props.persistence ?? (byProfile === 'none' ? Persistence.none() : Persistence.appendOnly());
  const { recovery } = profile.values;
  if (!persistence.appendOnly) {
    // A server without a volume is empty after every stop; if all are, no waiting brings the data back.
    return { storage: undefined, fsync: 'none', recovery: { ...recovery, whenEmpty: 'start' } };
  }
  const { fsync, size, storageClass } = persistence.appendOnly;
  return {
    storage: { size: size ?? defaultVolume(memory), storageClass },
    fsync: fsync ?? (byProfile === 'none' ? 'everysec' : byProfile),
    recovery,
  };
}

/** A rewrite of the append-only file holds the old base, what was appended since, and the new base at once. */
function defaultVolume(memory: Size): Size {
  const threefold = Math.ceil((3 * bytes(memory)) / 2 ** 30);
  return Size.gibibytes(Math.max(8, threefold));
}

function resolveWriteSafety(props: NamedProps, profile: Profile): Pick<Settings, 'minReplicasToWrite' | 'maxLag'> {
  const ofStrict = profile.values.name === 'strict' ? majorityOfReplicas(props.servers ?? 3) : 0;
  const minReplicasToWrite =
    props.writeSafety?.minReplicasToWrite ?? Math.max(profile.values.minReplicasToWrite, ofStrict);
  if (minReplicasToWrite === 0) return { minReplicasToWrite, maxLag: Duration.seconds(0) };
  // The cache profile has no lag of its own; one who asks for replicas there gets the default profile's.
  const ofProfile = profile.values.minReplicasToWrite > 0 ? profile : Profile.DEFAULT;
  return { minReplicasToWrite, maxLag: props.writeSafety?.maxLag ?? ofProfile.values.maxLag };
}

/** 64 MiB holds a Sentinel (about 10 MiB) or a shell with a few clients several times over. */
function resolveSidecar(resources: ContainerResources = {}): Required<ContainerResources> {
  return { cpu: resources.cpu ?? '50m', memory: resources.memory ?? Size.mebibytes(64) };
}
