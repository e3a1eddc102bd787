import { certificates } from './check-certificates.js';
import { delThenGet, getMissing, ping, setThenGet } from './check-contract.js';
import { noPassword, wrongPassword } from './check-passwords.js';
import { readOnlyReplicas, replicatedWrite } from './check-replication.js';
import { quorum, sentinelMesh, sentinelsAgree } from './check-sentinels.js';
import { serverRoles } from './check-servers.js';
import { writeSafety } from './check-write-safety.js';
import type { Asked } from './connection.js';
import type { Keys } from './keys.js';
import type { ProgramSettings } from './settings.js';
import type { Survey } from './survey.js';

/** What a check may use. */
export interface Context {
  readonly settings: ProgramSettings;
  /** A connection as an application has it: to the master, found through Sentinel. */
  readonly client: Asked;
  readonly keys: Keys;
  /** Everything as it is after the cache client's checks: one look for all. */
  readonly survey: () => Promise<Survey>;
}

/**
 * One question. `run` returns what it found, for people; it throws Unsound when that is wrong. A server's error reply
 * that it does not expect is unsound too, for an application would get it; any other failure is "could not tell".
 */
export interface Check {
  /** Stable: part of the report. */
  readonly name: string;
  readonly run: (context: Context) => Promise<string>;
}

const ALWAYS: readonly Check[] = [
  { name: 'ping', run: ping },
  { name: 'get-missing', run: getMissing },
  { name: 'set-get', run: setThenGet },
  { name: 'del-get', run: delThenGet },
  { name: 'sentinels', run: sentinelsAgree },
  { name: 'sentinel-mesh', run: sentinelMesh },
  { name: 'quorum', run: quorum },
  { name: 'servers', run: serverRoles },
  { name: 'replication', run: replicatedWrite },
  { name: 'read-only', run: readOnlyReplicas },
  { name: 'no-password', run: noPassword },
  { name: 'wrong-password', run: wrongPassword },
  { name: 'write-safety', run: writeSafety },
];

/** The checks of every mode, in order. */
export function checksFor({ tls }: Pick<ProgramSettings, 'tls'>): readonly Check[] {
  return tls ? [...ALWAYS, { name: 'certificates', run: certificates }] : ALWAYS;
}
