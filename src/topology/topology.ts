import { accessRules, resolveAccess } from './props/access.js';
import { authRules, resolveAuth } from './props/auth.js';
import { engineRules, resolveEngine } from './props/engine.js';
import { failoverRules, resolveFailover } from './props/failover.js';
import { memberRules, resolveMembers } from './props/members.js';
import { metricsRules, resolveMetrics } from './props/metrics.js';
import { namingRules, resolveNaming } from './props/naming.js';
import { networkRules, resolveNetwork } from './props/network.js';
import { persistenceRules, resolvePersistence } from './props/persistence.js';
import { podRules, resolvePods } from './props/pods.js';
import { resolveProfile } from './props/profile.js';
import { redisRules, resolveRedis } from './props/redis.js';
import { resolveResources, resourceRules } from './props/resources.js';
import { resolveSafety, strictRules, writeSafetyRules } from './props/safety.js';
import { resolveTls, tlsRules } from './props/tls.js';
import { resolveVerification, verificationRules } from './props/verification.js';
import type { NamedProps } from './props.js';
import type { TopologySettings } from './settings.js';
import type { Violation } from './violation.js';

/** Sound settings, or every rule that is broken. */
export type Resolution =
  | { readonly settings: TopologySettings; readonly violations?: undefined }
  | { readonly settings?: undefined; readonly violations: readonly Violation[] };

/** What a topology is: the one place where its defaults are filled in and its rules are held against it. */
export const Topology = {
  /** Nothing is thrown. */
  resolve(props: NamedProps): Resolution {
    const settings = settle(props);
    const violations = [
      ...namingRules(settings),
      ...authRules(settings),
      ...tlsRules(settings),
      ...engineRules(settings, props),
      ...memberRules(settings),
      ...resourceRules(settings, props),
      ...redisRules(settings, props),
      ...persistenceRules(settings, props),
      ...writeSafetyRules(settings, props),
      ...strictRules(settings),
      ...failoverRules(settings),
      ...networkRules(settings),
      ...metricsRules(settings),
      ...accessRules(settings, props),
      ...podRules(settings),
      ...verificationRules(settings),
    ];
    return violations.length > 0 ? { violations } : { settings };
  },
} as const;

/** It judges nothing: unsound props come out as unsound settings. */
function settle(props: NamedProps): TopologySettings {
  const profile = resolveProfile(props);
  const members = resolveMembers(props);
  const resources = resolveResources(props);
  return {
    ...resolveNaming(props),
    ...resolveEngine(props),
    ...members,
    ...profile,
    ...resources,
    ...resolveRedis(props, profile, resources),
    ...resolvePersistence(props, profile, resources),
    ...resolveSafety(props, profile, members),
    ...resolveFailover(props, profile),
    ...resolveAuth(props),
    ...resolveTls(props),
    ...resolveNetwork(props),
    ...resolveMetrics(props),
    ...resolveAccess(props),
    ...resolvePods(props),
    ...resolveVerification(props),
  };
}
