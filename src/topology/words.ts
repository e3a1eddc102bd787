import { type EntriesOf, mapping } from '../words/mappings.js';
import { accessWords } from './props/access.js';
import { authWords } from './props/auth.js';
import { engineWords } from './props/engine.js';
import { failoverWords } from './props/failover.js';
import { memberWords } from './props/members.js';
import { metricsWords } from './props/metrics.js';
import { namingWords } from './props/naming.js';
import { networkWords } from './props/network.js';
import { persistenceWords } from './props/persistence.js';
import { podWords } from './props/pods.js';
import { profileWords } from './props/profile.js';
import { redisWords } from './props/redis.js';
import { resourceWords } from './props/resources.js';
import { safetyWords } from './props/safety.js';
import { tlsWords } from './props/tls.js';
import { verificationWords } from './props/verification.js';
import type { RedisSentinelProps } from './props.js';

/** The props that a topology file can say: all but functions. */
export type TopologyFileProps = Omit<RedisSentinelProps, 'podTemplate'>;

const entries: EntriesOf<TopologyFileProps> = {
  ...namingWords,
  ...engineWords,
  ...memberWords,
  ...profileWords,
  ...resourceWords,
  ...redisWords,
  ...persistenceWords,
  ...safetyWords,
  ...failoverWords,
  ...authWords,
  ...tlsWords,
  ...networkWords,
  ...metricsWords,
  ...accessWords,
  ...podWords,
  ...verificationWords,
};

/** What a topology file may say: the props of RedisSentinel, in the same words. */
export const topologyWords = mapping<TopologyFileProps>(entries, 'memory: 1Gi');

/** The words by what they are about, in the order of the documentation. */
export const GROUPS = [
  { title: 'Names', words: namingWords },
  { title: 'Servers and Sentinels', words: memberWords },
  { title: 'Engine and images', words: engineWords },
  { title: 'Memory and CPU', words: resourceWords },
  { title: 'Redis', words: redisWords },
  { title: 'Profile', words: profileWords },
  { title: 'Persistence', words: persistenceWords },
  { title: 'Safety of writes', words: safetyWords },
  { title: 'Failover', words: failoverWords },
  { title: 'Password', words: authWords },
  { title: 'TLS', words: tlsWords },
  { title: 'Network', words: networkWords },
  { title: 'Metrics', words: metricsWords },
  { title: 'Access', words: accessWords },
  { title: 'Pods', words: podWords },
  { title: 'Verification', words: verificationWords },
] as const;
