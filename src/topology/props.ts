import type { Duration, Size } from 'cdk8s';
import type { Auth } from '../auth/auth.js';
import type { Engine } from '../engine/engine.js';
import type { Spread } from '../kube/spread.js';
import type { Network } from '../network/network.js';
import type { MaxmemoryPolicy } from '../server/redis-config.js';
import type { Environment } from './environment.js';
import type { Persistence } from './persistence.js';
import type { Profile } from './profile.js';
import type { Sentinels } from './sentinels.js';

/** The choice between consistency and availability, as values. */
export interface WriteSafety {
  /**
   * The master refuses writes while fewer replicas than this are linked. 0 turns it off; at most `servers` - 2, so that
   * the loss of one server does not stop all writes.
   * @default - the profile's: 1, in cache 0, in strict half of the servers (1 of 3, 2 of 5)
   * @see https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#allow-writes-only-with-n-attached-replicas
   */
  readonly minReplicasToWrite?: number;
  /**
   * A replica counts only while its last acknowledgement is younger than this; whole seconds.
   * @default - the profile's: 3 s, in strict 2 s
   */
  readonly maxLag?: Duration;
}

/** How often a Sentinel looks. Each of its own defaults is slower than these. */
export interface PollPeriods {
  /**
   * INFO to each server, which is how a promotion is noticed.
   * @default Duration.seconds(1)
   */
  readonly info?: Duration;
  /**
   * The question to the other Sentinels whether they too hold the master for dead.
   * @default Duration.millis(500)
   */
  readonly ask?: Duration;
  /**
   * PING to everybody. Not below 500 ms: a replica is eligible only while its last answers are younger than 5 periods.
   * @default Duration.millis(500)
   */
  readonly ping?: Duration;
}

export interface Failover {
  /**
   * How long a server may not answer before a Sentinel holds it for dead.
   * @default - the profile's: 3 s, in cache 1 s
   * @see https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
   */
  readonly downAfter?: Duration;
  /**
   * After twice this time a failed election is tried again.
   * @default Duration.seconds(10)
   */
  readonly failoverTimeout?: Duration;
  /**
   * How long a Sentinel only watches after its own clock or process stalled.
   * @default - 5 s, or three times `downAfter` if that is less
   */
  readonly tiltPeriod?: Duration;
  /**
   * How many replicas copy from the new master at the same time.
   * @default 1
   */
  readonly parallelSyncs?: number;
  /** @default - see PollPeriods */
  readonly pollPeriods?: PollPeriods;
}

/** CPU and memory of one container, in Kubernetes' quantities. */
export interface ContainerResources {
  /** CPU that is reserved, `100m` or `1`. There is no limit: a throttled Sentinel calls healthy masters dead. */
  readonly cpu?: string;
  /** Memory, reserved and limit in one. */
  readonly memory?: Size;
}

export interface Resources {
  /** @default - cpu 100m; its memory is the prop `memory` */
  readonly redis?: Pick<ContainerResources, 'cpu'>;
  /** @default - cpu 50m, memory 64 MiB */
  readonly sentinel?: ContainerResources;
  /** @default - cpu 50m, memory 64 MiB */
  readonly keeper?: ContainerResources;
}

export interface RedisSentinelProps {
  /**
   * Name of the topology; every object's name begins with it. A renamed topology is a new one, with empty volumes.
   * @default - the construct's id
   */
  readonly name?: string;
  /** @default - the chart's namespace, else the one that the manifests are applied to */
  readonly namespace?: string;
  /**
   * Name under which clients ask a Sentinel for the master.
   * @default mymaster
   */
  readonly masterName?: string;
  /** @default Engine.redis() */
  readonly engine?: Engine;
  /**
   * Redis servers: one master, the others its replicas.
   * @default 3
   */
  readonly servers?: number;
  /** @default Sentinels.withServers() */
  readonly sentinels?: Sentinels;
  /**
   * How many Sentinels must agree that the master is dead; a majority.
   * @default - the smallest majority
   */
  readonly quorum?: number;
  /**
   * Memory of each server, reserved and limit in one. Redis may fill 65 % of it; the rest is for the copy that a fork
   * makes, the replication backlog and the clients' buffers.
   * @default Size.gibibytes(1)
   */
  readonly memory?: Size;
  /** @default Profile.DEFAULT */
  readonly profile?: Profile;
  /** @default Auth.fromSecret() - the Secret `<name>-auth`, which must exist */
  readonly auth?: Auth;
  /** @default Environment.PRODUCTION */
  readonly environment?: Environment;
  /** @default - Persistence.appendOnly(), in the cache profile Persistence.none() */
  readonly persistence?: Persistence;
  /** @default - the profile's */
  readonly writeSafety?: WriteSafety;
  /** @default - the profile's */
  readonly failover?: Failover;
  /** @default Spread.REQUIRED */
  readonly spread?: Spread;
  /**
   * What a full server does.
   * @default - `noeviction`, in the cache profile `allkeys-lru`
   */
  readonly maxmemoryPolicy?: MaxmemoryPolicy;
  /** @default - see Resources */
  readonly resources?: Resources;
  /** @default Network.clients() */
  readonly network?: Network;
  /**
   * The cluster's DNS domain.
   * @default cluster.local
   */
  readonly clusterDomain?: string;
  /** Further labels on every object and pod. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Further annotations on every object. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
}
