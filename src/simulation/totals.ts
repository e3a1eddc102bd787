import type { Invariant } from './checks.js';
import { KINDS, type Kind } from './faults.js';
import type { Outcome } from './run.js';

export interface Failure {
  readonly seed: number;
  readonly invariant: Invariant;
  readonly what: string;
}

/** What many schedules come to; sent from the workers as it is. */
export interface Totals {
  schedules: number;
  virtualMs: number;
  faults: Partial<Record<Kind, number>>;
  failovers: number;
  acknowledged: number;
  confirmed: number;
  lost: number;
  events: number;
  decisions: number;
  /** The longest, ms. */
  masterAfterMs: number;
  wholeAfterMs: number;
  failures: Failure[];
}

export function newTotals(): Totals {
  return {
    schedules: 0,
    virtualMs: 0,
    faults: {},
    failovers: 0,
    acknowledged: 0,
    confirmed: 0,
    lost: 0,
    events: 0,
    decisions: 0,
    masterAfterMs: 0,
    wholeAfterMs: 0,
    failures: [],
  };
}

export function addOutcome(totals: Totals, outcome: Outcome): void {
  totals.schedules++;
  totals.virtualMs += outcome.virtualMs;
  totals.failovers += outcome.failovers;
  totals.acknowledged += outcome.acknowledged;
  totals.confirmed += outcome.confirmed;
  totals.lost += outcome.lost;
  totals.events += outcome.events;
  totals.decisions += outcome.decisions;
  for (const [kind, count] of outcome.faults) totals.faults[kind] = (totals.faults[kind] ?? 0) + count;
  if (outcome.setting.severity !== 'beyond') {
    totals.masterAfterMs = Math.max(totals.masterAfterMs, outcome.masterAfterMs ?? 0);
    totals.wholeAfterMs = Math.max(totals.wholeAfterMs, outcome.wholeAfterMs ?? 0);
  }
  const { seed } = outcome.setting;
  for (const { invariant, what } of outcome.violations) totals.failures.push({ seed, invariant, what });
}

export function addTotals(sum: Totals, part: Totals): void {
  sum.schedules += part.schedules;
  sum.virtualMs += part.virtualMs;
  sum.failovers += part.failovers;
  sum.acknowledged += part.acknowledged;
  sum.confirmed += part.confirmed;
  sum.lost += part.lost;
  sum.events += part.events;
  sum.decisions += part.decisions;
  sum.masterAfterMs = Math.max(sum.masterAfterMs, part.masterAfterMs);
  sum.wholeAfterMs = Math.max(sum.wholeAfterMs, part.wholeAfterMs);
  for (const kind of KINDS) {
    const count = part.faults[kind];
    if (count !== undefined) sum.faults[kind] = (sum.faults[kind] ?? 0) + count;
  }
  sum.failures.push(...part.failures);
}

/** One line. */
export function summary(totals: Totals, tookMs: number): string {
  const faults = KINDS.filter((kind) => totals.faults[kind]).map((kind) => `${kind} ${totals.faults[kind]}`);
  const virtualSeconds = totals.virtualMs / 1000;
  return [
    `${totals.schedules} schedules, ${(virtualSeconds / 3600).toFixed(1)} virtual hours in ${(tookMs / 1000).toFixed(1)} s`,
    `${Math.round(virtualSeconds / (tookMs / 1000))} virtual seconds a second`,
    `faults: ${faults.join(', ') || 'none'}`,
    `${totals.failovers} failovers, ${totals.acknowledged} writes acknowledged, ${totals.confirmed} confirmed, ${totals.lost} lost`,
    `a master again after ${(totals.masterAfterMs / 1000).toFixed(1)} s and all whole after ${(totals.wholeAfterMs / 1000).toFixed(1)} s at the longest`,
    `${totals.failures.length} violations`,
  ].join('; ');
}
