import type { AccessSettings } from './props/access.js';
import type { AuthSettings } from './props/auth.js';
import type { EngineSettings } from './props/engine.js';
import type { FailoverSettings } from './props/failover.js';
import type { MemberSettings } from './props/members.js';
import type { MetricsSettings } from './props/metrics.js';
import type { NamingSettings } from './props/naming.js';
import type { NetworkSettings } from './props/network.js';
import type { PersistenceSettings } from './props/persistence.js';
import type { PodSettings } from './props/pods.js';
import type { ProfileSettings } from './props/profile.js';
import type { RedisSettings } from './props/redis.js';
import type { ResourceSettings } from './props/resources.js';
import type { SafetySettings } from './props/safety.js';
import type { TlsSettings } from './props/tls.js';
import type { VerificationSettings } from './props/verification.js';

/** A topology with every default filled in. */
export interface TopologySettings
  extends NamingSettings,
    EngineSettings,
    MemberSettings,
    ProfileSettings,
    ResourceSettings,
    RedisSettings,
    PersistenceSettings,
    SafetySettings,
    FailoverSettings,
    AuthSettings,
    TlsSettings,
    NetworkSettings,
    MetricsSettings,
    AccessSettings,
    PodSettings,
    VerificationSettings {}
