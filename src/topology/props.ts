import type { AccessProps } from './props/access.js';
import type { AuthGroupProps } from './props/auth.js';
import type { EngineGroupProps } from './props/engine.js';
import type { FailoverProps } from './props/failover.js';
import type { MemberProps } from './props/members.js';
import type { MetricsGroupProps } from './props/metrics.js';
import type { NamingProps } from './props/naming.js';
import type { NetworkProps } from './props/network.js';
import type { PersistenceGroupProps } from './props/persistence.js';
import type { PodProps } from './props/pods.js';
import type { ProfileProps } from './props/profile.js';
import type { RedisProps } from './props/redis.js';
import type { ResourceProps } from './props/resources.js';
import type { SafetyProps } from './props/safety.js';
import type { TlsGroupProps } from './props/tls.js';
import type { VerificationProps } from './props/verification.js';

/** All that is said of a topology. Each group of props has a file in props/, which holds all that there is about it. */
export interface RedisSentinelProps
  extends NamingProps,
    EngineGroupProps,
    MemberProps,
    ProfileProps,
    ResourceProps,
    RedisProps,
    PersistenceGroupProps,
    SafetyProps,
    FailoverProps,
    AuthGroupProps,
    TlsGroupProps,
    NetworkProps,
    MetricsGroupProps,
    AccessProps,
    PodProps,
    VerificationProps {}

/** The props of a topology together with its name. */
export type NamedProps = RedisSentinelProps & { readonly name: string };
