import { type Figure, markdownTable, tableOf } from '../cluster/support/figures.js';
import type { Outcome } from './outcome.js';
import { daysOf, faultTable, filled, grouped, groups, seriesOf, sumOf, total } from './report.js';

/** The page that tells how it was measured, and leads to the others. */
export const INDEX = 'docs/measurements.md';
/** Here is a page for each profile, and nothing else. */
export const FOLDER = 'docs/measurements';

/** What was measured, as `test/faults/measured` keeps it. */
export interface Measurements {
  readonly outcomes: readonly Outcome[];
  readonly figures: readonly Figure[];
}

/** Each page that shows something of the record, as it must be, by its path: whatever profiles there are. */
export function pagesOf(
  { outcomes, figures }: Measurements,
  read: (page: string) => string,
): ReadonlyMap<string, string> {
  const profiles = [...groups(outcomes, ({ topology }) => topology.profile)];
  const index = filled(read(INDEX), 'faults', overview(outcomes));
  return new Map([
    ['README.md', filled(read('README.md'), 'faults', inShort(outcomes))],
    [INDEX, filled(index, 'cluster', tableOf(figures))],
    ...profiles.map(([profile, own]) => [`${FOLDER}/${profile}.md`, pageOf(profile, own)] as const),
  ]);
}

function inShort(outcomes: readonly Outcome[]): string {
  const lost = sumOf(outcomes, ({ lostConfirmed }) => lostConfirmed);
  return (
    `[Measurements](${INDEX}) has the figures of ${outcomes.length} faults on a real cluster: ` +
    `${grouped(sumOf(outcomes, ({ confirmed }) => confirmed))} writes confirmed, ` +
    `${lost === 0 ? 'none' : grouped(lost)} of them lost.`
  );
}

const HEAD = [
  'profile',
  'series',
  'runs',
  'of them in a random order',
  'day',
  'confirmed',
  'lost confirmed',
  'two masters',
  'whole again',
  'promises kept',
];

/** A row for each table of the profiles' pages. */
function overview(outcomes: readonly Outcome[]): string {
  const series = groups(outcomes, (outcome) => `${outcome.topology.profile}, ${seriesOf(outcome)}`);
  return [...markdownTable(HEAD, [...series.values()].map(overviewRow)), '', total(outcomes)].join('\n');
}

function overviewRow(runs: readonly Outcome[]): string[] {
  const [{ topology }, title] = [runs[0] as Outcome, seriesOf(runs[0] as Outcome)];
  const page = `${FOLDER.replace(/^docs\//, '')}/${topology.profile}.md`;
  const all = (holds: (run: Outcome) => boolean) => runs.filter(holds).length;
  return [
    `[${topology.profile}](${page})`,
    `[${title}](${page}#${anchorOf(title)})`,
    `${runs.length}`,
    `${all(({ order }) => order !== undefined)}`,
    daysOf(runs),
    grouped(sumOf(runs, ({ confirmed }) => confirmed)),
    `${sumOf(runs, ({ lostConfirmed }) => lostConfirmed)}`,
    share(
      all(({ twoMasters }) => twoMasters.writes > 0),
      runs,
    ),
    share(
      all(({ wholeAfter }) => wholeAfter !== undefined),
      runs,
    ),
    share(
      all(({ broken }) => broken.length === 0),
      runs,
    ),
  ];
}

function share(count: number, of: readonly Outcome[]): string {
  if (count === 0) return 'never';
  return count === of.length ? 'always' : `in ${count} of ${of.length}`;
}

function pageOf(profile: string, outcomes: readonly Outcome[]): string {
  const series = [...groups(outcomes, seriesOf)];
  return [
    `# Measurements: ${profile}`,
    '',
    '`npm run docs` writes this page from the [record](../../test/faults/measured/report.json).',
    '[Measurements](../measurements.md) says how it was measured, what the columns mean, and what was missed.',
    '',
    `**Contents**: ${series.map(([title]) => `[${title}](#${anchorOf(title)})`).join(' · ')}`,
    '',
    ...series.flatMap(([title, own]) => [`## ${title}`, '', ...faultTable(own), '', total(own), '']),
  ].join('\n');
}

/** Of a heading of these pages, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
