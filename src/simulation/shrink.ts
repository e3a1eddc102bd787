import type { Invariant } from './checks.js';
import { drawFaults, type Fault } from './faults.js';
import { type Outcome, type RunOptions, runSeed } from './run.js';
import { drawSetting } from './settings.js';

export interface Shrunk {
  readonly faults: readonly Fault[];
  readonly outcome: Outcome;
}

/**
 * Looks for fewer faults that still break the invariant: first halves are left out, then quarters, down to single ones (Zeller's
 * ddmin); then each that is left is made to last half as long, as often as that goes.
 */
export function shrink(seed: number, invariant: Invariant, options: RunOptions = {}): Shrunk {
  const setting = options.setting ?? drawSetting(seed, options);
  const attempt = (faults: readonly Fault[]): Outcome | undefined => {
    const outcome = runSeed(seed, { ...options, setting, faults });
    return outcome.violations.some((violation) => violation.invariant === invariant) ? outcome : undefined;
  };
  let faults: readonly Fault[] = options.faults ?? drawFaults(setting, options.kinds);
  let outcome = attempt(faults);
  if (outcome === undefined) throw new Error(`seed ${seed} does not violate '${invariant}'`);
  for (let size = Math.ceil(faults.length / 2); faults.length > 0; ) {
    const found = withoutSome(faults, size, attempt);
    if (found) {
      ({ faults, outcome } = found);
      size = Math.min(size, faults.length);
    } else if (size <= 1) break;
    else size = Math.ceil(size / 2);
  }
  for (let index = 0; index < faults.length; index++) {
    for (;;) {
      const fault = faults[index] as Fault;
      if (fault.lasts < 100 || fault.lasts === Number.POSITIVE_INFINITY) break;
      const shorter = faults.with(index, { ...fault, lasts: Math.round(fault.lasts / 2) });
      const found = attempt(shorter);
      if (!found) break;
      faults = shorter;
      outcome = found;
    }
  }
  return { faults, outcome };
}

function withoutSome(
  faults: readonly Fault[],
  size: number,
  attempt: (faults: readonly Fault[]) => Outcome | undefined,
) {
  for (let from = 0; from < faults.length; from += size) {
    const rest = faults.filter((_, index) => index < from || index >= from + size);
    const outcome = attempt(rest);
    if (outcome) return { faults: rest, outcome };
  }
  return undefined;
}
