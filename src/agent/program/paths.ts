import { join } from 'node:path';
import type { Sign } from './decide/orders.js';

const SIGNS: Readonly<Record<Sign, string>> = {
  incomplete: 'redis.incomplete',
  'first-start': 'redis.first-start',
  'had-data': 'sentinel/had-data',
};

/** Of the data volume. */
export function signPath(dataDir: string, sign: Sign): string {
  return join(dataDir, SIGNS[sign]);
}

/** Ordinal and address of each server when the Sentinel's configuration was rendered. */
export function placesPath(dataDir: string): string {
  return join(dataDir, 'sentinel', 'addresses');
}

/**
 * Written by the server between taking its configuration and loading its data: one that has ended without it had other faults
 * than its files.
 */
export function pidFilePath(runDir: string): string {
  return join(runDir, 'redis.pid');
}
