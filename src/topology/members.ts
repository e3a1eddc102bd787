import type { AgentFacts } from '../agent/environment.js';
import { Names } from '../kube/names.js';
import type { RightsProps } from './rights.js';
import type { TopologySettings } from './settings.js';

/** Pods of the servers by ordinal, which are the names of their Services too. */
export function serverPods({ name, servers }: TopologySettings): string[] {
  const names = new Names(name);
  return Array.from({ length: servers }, (_, ordinal) => names.server(ordinal));
}

/** Pods in which the Sentinels run, likewise. */
export function sentinelPods(settings: TopologySettings): string[] {
  if (!settings.hasSeparateSentinels) return serverPods(settings);
  const names = new Names(settings.name);
  return Array.from({ length: settings.sentinels }, (_, ordinal) => names.sentinel(ordinal));
}

/** What the agents are told. */
export function agentFacts(settings: TopologySettings): AgentFacts {
  const { auth } = settings;
  return {
    ...settings,
    ...settings.recovery,
    topology: settings.name,
    engine: settings.engine.kind,
    servers: serverPods(settings),
    sentinels: sentinelPods(settings),
    persistent: settings.storage ? (settings.fsync === 'none' ? 'snapshots' : 'yes') : 'no',
    fence: settings.profile.values.fence,
    auth: {
      servers: auth.source.kind !== 'none',
      sentinels: !auth.sentinels ? 'same' : auth.sentinels.secret ? 'own' : 'none',
      users: auth.users && (auth.defaultUser ?? 'closed'),
    },
    tls: settings.tls && { clients: settings.tls.clients, transition: settings.tls.transition },
  };
}

/** Undefined: there are no users. */
export function rightsOf({ auth, engine, verification }: TopologySettings): RightsProps | undefined {
  const { users, defaultUser = 'closed' } = auth;
  return users && { users, defaultUser, engine: engine.kind, verification };
}
