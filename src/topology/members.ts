import { Names } from '../kube/names.js';
import type { ScriptFacts } from '../kube/script-environment.js';
import type { Settings } from './settings.js';

/** Pods of the servers by ordinal, which are the names of their Services too. */
export function serverPods({ name, servers }: Settings): string[] {
  const names = new Names(name);
  return Array.from({ length: servers }, (_, ordinal) => names.server(ordinal));
}

/** Pods in which the Sentinels run, likewise. */
export function sentinelPods(settings: Settings): string[] {
  if (!settings.separateSentinels) return serverPods(settings);
  const names = new Names(settings.name);
  return Array.from({ length: settings.sentinels }, (_, ordinal) => names.sentinel(ordinal));
}

/** A Service's full name where the namespace is known, else the one that resolves inside it. */
export function serviceHost(service: string, { namespace, clusterDomain }: Settings): string {
  return namespace === undefined ? service : `${service}.${namespace}.svc.${clusterDomain}`;
}

/** What the scripts are told. */
export function scriptFacts(settings: Settings): ScriptFacts {
  return {
    ...settings,
    ...settings.recovery,
    topology: settings.name,
    engine: settings.engine.kind,
    servers: serverPods(settings),
    sentinels: sentinelPods(settings),
    persistent: settings.storage !== undefined,
    fence: settings.profile.values.fence,
  };
}
