import { join } from 'node:path';
import type { VolumeFact } from './decide/orders.js';

const FACTS: Readonly<Record<VolumeFact, string>> = {
  incomplete: 'redis.incomplete',
  outdated: 'redis.outdated',
  'first-start': 'redis.first-start',
  'had-data': 'sentinel/had-data',
};

/** Of the data volume. */
export function factPath(dataDir: string, fact: VolumeFact): string {
  return join(dataDir, FACTS[fact]);
}

/** Ordinal and address of each server when the Sentinel's configuration was rendered. */
export function placesPath(dataDir: string): string {
  return join(dataDir, 'sentinel', 'addresses');
}

/**
 * Written by the server between taking its configuration and loading its data: one that has ended without it had other faults
 * than its files. (One that ended with it may have, too: modules, and the commands of users, are looked for in between.)
 */
export function pidFilePath(runDir: string): string {
  return join(runDir, 'redis.pid');
}
