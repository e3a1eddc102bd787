import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address, SentinelState } from '../decide/known.js';
import { readText } from '../files.js';
import { type Forms, ONE_FORM } from '../forms.js';
import { factPath, placesPath } from '../paths.js';
import { readSentinelConf } from '../render/sentinel-conf.js';

/**
 * What a Sentinel's own file remembers. The master's address is the one that it has now: addresses change when Services are
 * made anew (another cluster, a restored backup), its ordinal does not.
 */
export function readSentinelState(
  dataDir: string,
  masterName: string,
  servers: readonly Address[],
  { canonical }: Forms = ONE_FORM,
): SentinelState {
  const dir = join(dataDir, 'sentinel');
  const { master, ...epochs } = readSentinelConf(readText(join(dir, 'sentinel.conf')), masterName);
  return {
    master: master === undefined ? undefined : addressNow(master, readText(placesPath(dataDir)), servers, canonical),
    ...epochs,
    hadData: existsSync(factPath(dataDir, 'had-data')),
  };
}

function addressNow(
  old: Address,
  places: string | undefined,
  servers: readonly Address[],
  canonical: Forms['canonical'],
): Address | undefined {
  for (const line of (places ?? '').split('\n')) {
    const [ordinal, address] = line.split(' ');
    if (address === old) return servers[Number(ordinal)];
  }
  // The Sentinel may have written the other form than what it was started with.
  const known = canonical(old);
  return servers.includes(known) ? known : undefined;
}

/** Drafts of its file, which a Sentinel that was killed while it wrote one leaves behind. */
export async function removeDrafts(dataDir: string): Promise<void> {
  const dir = join(dataDir, 'sentinel');
  for (const name of await readdir(dir)) {
    if (/^sentinel\.conf[-.].+/.test(name)) await rm(join(dir, name), { force: true });
  }
}
