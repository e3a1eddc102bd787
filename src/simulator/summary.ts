import type { Result } from './measure.js';

/** What all seeds of one fault came to. Times in ms; Infinity where it did not come to an end. */
export interface Summary {
  readonly seeds: number;
  readonly gap: { readonly median: number; readonly p99: number; readonly most: number; readonly worstSeed: number };
  readonly lost: { readonly median: number; readonly most: number; readonly worstSeed: number };
  /** Of all seeds. */
  readonly lostConfirmed: number;
  readonly refused: { readonly median: number; readonly most: number };
  readonly whole: { readonly median: number; readonly p99: number };
  /** Seeds after which not all was whole while one watched. */
  readonly notWhole: number;
  /** The seed whose gap is the median: an example that can be told. */
  readonly typicalSeed: number;
}

export function summarise(results: readonly Result[]): Summary {
  const byGap = [...results].sort((one, other) => one.gap - other.gap || one.seed - other.seed);
  const byLoss = [...results].sort((one, other) => one.lost - other.lost || other.seed - one.seed);
  const refused = sorted(results, ({ refused }) => refused);
  const whole = sorted(results, ({ whole }) => whole);
  const worst = byGap.at(-1) as Result;
  const lossiest = byLoss.at(-1) as Result;
  const typical = quantile(byGap, 0.5);
  return {
    seeds: results.length,
    gap: { median: typical.gap, p99: quantile(byGap, 0.99).gap, most: worst.gap, worstSeed: worst.seed },
    lost: { median: quantile(byLoss, 0.5).lost, most: lossiest.lost, worstSeed: lossiest.seed },
    lostConfirmed: results.reduce((sum, { lostConfirmed }) => sum + lostConfirmed, 0),
    refused: { median: quantile(refused, 0.5), most: refused.at(-1) as number },
    whole: { median: quantile(whole, 0.5), p99: quantile(whole, 0.99) },
    notWhole: results.filter(({ whole }) => whole === Number.POSITIVE_INFINITY).length,
    typicalSeed: typical.seed,
  };
}

function sorted(results: readonly Result[], value: (result: Result) => number): number[] {
  return results.map(value).sort((one, other) => one - other);
}

/** Of what is in order: one of its own values, never between two. */
export function quantile<T>(ordered: readonly T[], share: number): T {
  return ordered[Math.min(ordered.length - 1, Math.max(0, Math.ceil(share * ordered.length) - 1))] as T;
}
