import type { Plan } from '../decide/known.js';
import type { Addresses } from '../names.js';
import { identity } from '../render/sentinel-conf.js';
import type { AgentSettings } from '../settings.js';

/** What never changes while the agent runs. */
export function planOf(settings: AgentSettings, { servers, sentinels }: Addresses): Plan {
  const { namespace, topology, ordinal, hasServer, hasSentinel } = settings;
  return {
    ordinal,
    hasServer,
    hasSentinel,
    me: (hasServer ? servers : sentinels)[ordinal] as string,
    servers,
    sentinels,
    nearest: sentinels[hasSentinel ? ordinal : ordinal % sentinels.length] as string,
    electorId: identity(namespace, topology, 'agent', ordinal),
    sentinelIds: sentinels.map((_, place) => identity(namespace, topology, place)),
    downAfter: settings.downAfter,
    failoverTimeout: settings.failoverTimeout,
    minReplicas: settings.minReplicas,
    maxLag: settings.maxLag,
    strict: settings.fence,
    persistent: settings.persistent,
    whenEmpty: settings.whenEmpty,
    whenEmptyAfter: settings.whenEmptyAfter,
    whenAbandoned: settings.whenAbandoned,
    whenAbandonedAfter: settings.whenAbandonedAfter,
    grace: settings.grace,
  };
}
