import { actOf } from './acts.js';
import { type Address, USUAL, writeAddress } from './address.js';
import { type Fault, findFault } from './catalogue.js';
import { strikesAt } from './measure.js';
import { AWAKE_MS } from './play.js';

/** So long before the fault the page shows the topology, ms. */
const BEFORE_MS = 500;

/** What stands behind `#` for a run that `simulate` made of that fault and seed: the page comes to the same events. */
export function addressOfRun(of: Partial<Address>, fault: string, seed: number): string {
  const at = strikesAt(seed);
  const acts = [{ at, act: actOf(findFault(fault) as Fault) }];
  return writeAddress({ ...USUAL, ...of, seed, acts, awake: at - AWAKE_MS, time: at - BEFORE_MS });
}
