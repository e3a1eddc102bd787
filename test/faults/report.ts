import { markdownTable, median } from '../cluster/support/figures.js';
import type { Outcome } from './outcome.js';

/** The parts of a text that come out of a run: of the fault suite, and of the cluster tests. */
export type Part = 'faults' | 'cluster';

const HEAD = [
  'fault',
  'runs',
  'writes out, ms: median',
  'most',
  'of it clients idle',
  'goal',
  'reads out, ms: median',
  'acknowledged',
  'lost',
  'lost confirmed',
  'two masters, ms',
  'stale reads',
  'whole again, s',
  'promises kept',
  'day',
];

/** A table for each topology and load, and the sum of all. */
export function table(outcomes: readonly Outcome[]): string {
  const topologies = groups(outcomes, (outcome) => `${outcome.topology.profile}, ${seriesOf(outcome)}`);
  const parts = [...topologies].flatMap(([topology, own]) => [`**${topology}**`, '', ...faultTable(own), '']);
  return [...parts, total(outcomes), ''].join('\n');
}

/** A row for each fault. */
export function faultTable(outcomes: readonly Outcome[]): string[] {
  return markdownTable(HEAD, [...groups(outcomes, ({ fault }) => fault)].map(row));
}

/** What the runs of one table have in common beside the profile: the engine, TLS, and the load. */
export function seriesOf({ topology: { image }, pause, secured }: Outcome): string {
  const security = secured ? ['TLS and users'] : [];
  const load = pause === undefined ? [] : [`writers that pause ${pause} ms`];
  return [image.replace(/^.*\//, ''), ...security, ...load].join(', ');
}

/** The day of a run, `2026-11-25`: the name of its history ends in its time. Empty where it does not. */
export function dayOf({ history }: Outcome): string {
  const time = Number.parseInt(/-([0-9a-z]{8})\.jsonl$/.exec(history)?.[1] ?? '', 36);
  return Number.isNaN(time) ? '' : new Date(time).toISOString().slice(0, 10);
}

/** The first and the last day of some runs, or the only one. */
export function daysOf(outcomes: readonly Outcome[]): string {
  const days = outcomes.map(dayOf).sort();
  return [...new Set([days.at(0), days.at(-1)])].join(' to ');
}

/** The same text with these figures between the marks of that part. */
export function filled(text: string, part: Part, figures: string): string {
  const [begin, end] = [`<!-- ${part}:begin -->`, `<!-- ${part}:end -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the text must have a line ${begin} and, after it, a line ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${figures.trimEnd()}\n\n${text.slice(to)}`;
}

function row([fault, runs]: [string, Outcome[]]): string[] {
  const all = (value: (outcome: Outcome) => number) => runs.map(value);
  const sum = (value: (outcome: Outcome) => number) => String(all(value).reduce((a, b) => a + b, 0));
  const goal = runs[0]?.promises.goal ?? runs[0]?.promises.outage ?? 0;
  const longest = runs.reduce((most, run) => (run.writeOutage > most.writeOutage ? run : most));
  const writeMedian = median(all((run) => run.writeOutage));
  const whole = runs.map((run) => (run.wholeAfter ? run.wholeAfter.healed / 1000 : Number.POSITIVE_INFINITY));
  const kept = runs.filter((run) => run.broken.length === 0).length;
  return [
    fault,
    String(runs.length),
    writeMedian.toFixed(0),
    String(longest.writeOutage),
    String(longest.clientsIdle),
    `${goal}${writeMedian > goal ? ' (missed)' : ''}`,
    median(all((run) => run.readOutage)).toFixed(0),
    sum((run) => run.acknowledged),
    sum((run) => run.lost),
    sum((run) => run.lostConfirmed),
    sum((run) => run.twoMasters.ms),
    sum((run) => run.staleReads),
    Number.isFinite(median(whole)) ? median(whole).toFixed(0) : 'never',
    kept === runs.length ? 'all' : `in ${kept} of ${runs.length}`,
    daysOf(runs),
  ];
}

export function total(outcomes: readonly Outcome[]): string {
  const sum = (value: (outcome: Outcome) => number) => grouped(sumOf(outcomes, value));
  const broken = outcomes.filter((outcome) => outcome.broken.length > 0).length;
  return (
    `${outcomes.length} faults: ${sum((o) => o.acknowledged)} writes acknowledged, ${sum((o) => o.confirmed)} of them ` +
    `confirmed by a replica; ${sum((o) => o.lost)} lost, ${sum((o) => o.lostConfirmed)} of the confirmed; ` +
    `${broken} of the faults broke a promise.`
  );
}

export function sumOf(outcomes: readonly Outcome[], value: (outcome: Outcome) => number): number {
  return outcomes.reduce((sum, outcome) => sum + value(outcome), 0);
}

/** 1234567 as 1,234,567. */
export function grouped(count: number): string {
  return count.toLocaleString('en');
}

export function groups<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return found;
}
