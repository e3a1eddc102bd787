import { CATALOGUE } from '../simulator/catalogue.js';
import { time } from '../simulator/figures.js';
import type { Job, Row } from '../simulator/job.js';
import { agrees, type Medians, measuredOf } from '../simulator/measured.js';
import { shapeOf } from '../simulator/shape.js';
import { Profile } from '../topology/profile.js';
import { Topology } from '../topology/topology.js';

const MARKED = /<!-- simulated -->[\s\S]*?<!-- end -->/;

/** What the page shows: every fault on every profile, with as many seeds as a median wants. */
export function jobOfPage(faults: readonly string[] = CATALOGUE.map(({ name }) => name)): Job {
  const shapes = Object.entries({ strict: Profile.STRICT, default: Profile.DEFAULT, cache: Profile.CACHE }).map(
    ([name, profile]) => {
      const { settings } = Topology.resolve({ name, profile });
      if (!settings) throw new Error(`the profile ${name} is unsound`);
      return shapeOf(settings);
    },
  );
  return { shapes, faults, seeds: { first: 1, last: 11 }, load: { rate: 200, confirmed: false } };
}

/** A line of the page's table, by the fault and the topology; undefined where there is nothing to strike. */
export function lineOf({ fault, shape, summary: { gap, lost, whole } }: Row, medians?: Medians): string | undefined {
  if (shape.fsync === 'none' && CATALOGUE.some(({ name, persistent }) => name === fault && persistent))
    return undefined;
  const measured = measuredOf(shape, fault, medians);
  const both = measured ? (agrees(gap.median, measured) ? 'yes' : '**no**') : '-';
  return row([
    fault,
    shape.name,
    time(gap.median),
    measured ? `${time(measured.gap)} (${measured.runs})` : '-',
    measured ? time(measured.ofTopology) : '-',
    both,
    String(lost.median),
    measured ? String(measured.lost) : '-',
    time(whole.median),
    measured ? time(measured.whole) : '-',
  ]);
}

const HEADS = [
  'fault',
  'profile',
  'gap, simulated',
  'measured (runs)',
  'of the topology',
  'agree',
  'lost, simulated',
  'measured',
  'whole, simulated',
  'measured',
];

/** @param medians of the record as it is now, which may be newer than the one that was built in */
export function withSimulated(page: string, rows: readonly Row[], medians: Medians): string {
  if (!MARKED.test(page)) throw new Error('the page has no marks <!-- simulated --> and <!-- end -->');
  const lines = rows.flatMap((each) => lineOf(each, medians) ?? []);
  const compared = lines.filter((line) => /\| (yes|\*\*no\*\*) \|/.test(line));
  const agreeing = compared.filter((line) => line.includes('| yes |'));
  const text = [
    `${agreeing.length} of ${compared.length} medians that were also measured agree.`,
    '',
    row(HEADS),
    `|${HEADS.map(() => '---').join('|')}|`,
    ...lines,
  ].join('\n');
  return page.replace(MARKED, () => `<!-- simulated -->\n\n${text}\n\n<!-- end -->`);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
