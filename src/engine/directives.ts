import type { EngineKind } from './engine.js';
import { isAtLeast } from './version.js';

/** Directives of redis.conf that only some servers know, or are safe with: since which version of which engine. */
const SINCE: Readonly<Record<string, { readonly engine: EngineKind; readonly version: string }>> = {
  'repl-rdb-channel': { engine: 'redis', version: '8.0.0' },
  'replica-full-sync-buffer-limit': { engine: 'redis', version: '8.0.0' },
  // Valkey knows it since 8.0, but there the second connection of a replica announces the pod's own address and not the
  // Service's, and Sentinel takes it for one more replica, which it may promote (valkey#2338; seen with 8.1.1). Mended in 9.1.0;
  // there a full copy with a hash whose fields expire never ends (valkey#4103), which is mended in 9.1.1.
  'dual-channel-replication-enabled': { engine: 'valkey', version: '9.1.1' },
};

/** Whether that server takes the directive, and is sound with it. */
export function takes(directive: string, engine: EngineKind, version: string): boolean {
  const since = SINCE[directive];
  return !since || (since.engine === engine && isAtLeast(version, since.version));
}

/**
 * The configuration without the directives that this server does not take. The version in a manifest is what the image is
 * said to be; this is for who asks the server itself (an own image, another engine in a rehearsal): it would refuse to start.
 */
export function withoutUnknown(configuration: string, engine: EngineKind, version: string): string {
  const lines = configuration.split('\n');
  return lines.filter((line) => takes(line.split(' ', 1).join(), engine, version)).join('\n');
}
