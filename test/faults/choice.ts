// What a run of the fault suite tries, through the environment (and what it is told about its cluster:
// test/cluster/support/environment.ts):
//   FAULT_PROFILES  strict,default,cache (default: strict)
//   FAULT_ENGINES   redis,valkey (default: redis)
//   FAULT_ONLY      a regular expression: only faults whose name it matches
//   FAULT_TIMES     how often each is tried by itself (default: 1; 0: not at all)
//   FAULT_COUNT     how many faults are tried in a random order after that (default: 0)
//   FAULT_SEED      another order (default: 1)
//   FAULT_SLACK     how many times as long an outage or a recovery may take as promised (default: 1), for a machine that has
//                   other things to do; what may be lost, and two masters, know no slack
//   FAULT_PAUSE_MS  how long each of the writers pauses between two writes (default: so long that there are 50 a second); with
//                   1 ms four of them write some 2,000 times a second, from pods that request more of a processor
//   FAULT_BUSY_SECONDS  for how long others take the processors where a node is busy (default: 60)
//   FAULT_SECURED   `yes`: with TLS and users
//   FAULT_SUITE     `skip` leaves out the tests of the suite itself
import type { EngineKind } from '../../src/engine/engine.js';
import { powerOverNodes } from '../cluster/support/environment.js';
import { shuffled } from '../cluster/support/random.js';
import { CATALOGUE } from './catalogue.js';
import type { Facts, ProfileName } from './facts.js';
import type { Fault } from './fault.js';
import { numbered } from './numbered.js';

const PROFILES: readonly ProfileName[] = ['strict', 'default', 'cache'];
const ENGINES: readonly EngineKind[] = ['redis', 'valkey'];

export const profiles = listed('FAULT_PROFILES', PROFILES, ['strict']);
export const engines = listed('FAULT_ENGINES', ENGINES, ['redis']);
export const times = numbered('FAULT_TIMES', 1);
export const count = numbered('FAULT_COUNT', 0);
export const seed = numbered('FAULT_SEED', 1);
export const slack = numbered('FAULT_SLACK', 1);
/** In ms; undefined where nothing is said. */
export const pause = process.env.FAULT_PAUSE_MS ? numbered('FAULT_PAUSE_MS', 0) : undefined;
export const testOfSuite = process.env.FAULT_SUITE !== 'skip';

const only = new RegExp(process.env.FAULT_ONLY ?? '');

/** Those about which the profile promises something. Without power over nodes some of them are skipped, and seen as such. */
export const faultsFor = (facts: Facts): readonly Fault[] =>
  CATALOGUE.filter((fault) => only.test(fault.name) && fault.promises(facts) !== undefined);

export const possible = (fault: Fault): boolean => fault.needs !== 'nodes' || powerOverNodes;

/** So many faults in an order that the seed decides: each as often as the others, as far as that goes. */
export function randomOrder(faults: readonly Fault[], length: number, of: number): Fault[] {
  const order: Fault[] = [];
  for (let round = 0; order.length < length && faults.length > 0; round++) order.push(...shuffled(faults, of + round));
  return order.slice(0, length);
}

function listed<T extends string>(variable: string, allowed: readonly T[], otherwise: readonly T[]): readonly T[] {
  const text = process.env[variable];
  if (!text) return otherwise;
  const words = text.split(',');
  const wrong = words.find((word) => !allowed.includes(word as T));
  if (wrong !== undefined) throw new Error(`${variable} must list ${allowed.join(', ')}, got '${wrong}'`);
  return words as T[];
}
