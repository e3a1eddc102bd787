import { findFault } from './catalogue.js';
import { time } from './figures.js';
import type { Job, Row } from './job.js';
import { agrees, measuredOf } from './measured.js';
import { describeShape } from './shape.js';

const HEADS = ['median', 'p99', 'worst (seed)', 'lost', 'confirmed', 'refused', 'whole'];
const MEANING = [
  'median, p99, worst: the longest time without an acknowledged write. lost: acknowledged writes lost, median and most of a',
  'seed. confirmed: those of them that WAIT had confirmed, of all seeds. refused: writes answered with an error, median. whole:',
  'from the end of the fault until all is whole, median.',
  'on a cluster: medians of what was measured for the same fault and profile, and ! where its gap and the simulated one are',
  'further apart than 25 % and 0.3 s. What the model leaves out, and why they differ: docs/simulated-and-measured.md',
];

/** The result for a person: a block for each fault, a line in it for each topology, what a cluster showed, and why. */
export function tableText({ shapes, faults, seeds, load }: Job, rows: readonly Row[]): string {
  const several = shapes.length > 1;
  const labelled = rows.map((row) => ({
    row,
    label: several ? `  ${row.shape.name}` : row.fault,
    cells: cellsOf(row),
    measured: measuredCells(row),
  }));
  const all = labelled.flatMap(({ cells, measured }) => [cells, ...(measured ? [measured.cells] : [])]);
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...all.map((row) => (row[column] as string).length)),
  );
  const first = Math.max(...labelled.flatMap(({ label, measured }) => [label.length, measured?.label.length ?? 0]));
  const lineOf = (label: string, row: readonly string[]) =>
    `${label.padEnd(first)}  ${row.map((cell, column) => cell.padStart(widths[column] as number)).join('  ')}`.trimEnd();
  const lines = [
    ...shapes.map((shape) => `${shape.name}: ${describeShape(shape)}`),
    `seeds ${seeds.first} to ${seeds.last} of each fault; ${load.rate} writes a second, ${load.confirmed ? 'each' : 'every other one'} confirmed by WAIT`,
    '',
    lineOf('', HEADS),
  ];
  for (const fault of faults) {
    if (several) lines.push(fault);
    for (const { row, label, cells, measured } of labelled) {
      if (row.fault !== fault) continue;
      lines.push(lineOf(label, cells));
      if (measured) lines.push(lineOf(measured.label, measured.cells));
      lines.push(`    ${row.why}`);
    }
  }
  return [...lines, '', ...MEANING].join('\n');
}

function cellsOf({ summary: { gap, lost, lostConfirmed, refused, whole, notWhole, seeds } }: Row): string[] {
  return [
    time(gap.median),
    time(gap.p99),
    `${time(gap.most)} (${gap.worstSeed})`,
    lost.most === 0 ? '0' : `${lost.median}, ${lost.most}`,
    String(lostConfirmed),
    String(refused.median),
    notWhole === seeds ? 'never' : `${time(whole.median)}${notWhole > 0 ? ` (not in ${notWhole})` : ''}`,
  ];
}

/** Beside the simulated figures; undefined where nothing comparable was measured. */
function measuredCells({ fault, shape, summary }: Row): { label: string; cells: string[] } | undefined {
  const measured = measuredOf(shape, fault);
  if (!measured) return undefined;
  const { runs, gap, mostGap, lost, lostConfirmed, whole } = measured;
  return {
    label: `    on a cluster, ${runs} runs`,
    cells: [
      `${agrees(summary.gap.median, measured) ? '' : '! '}${time(gap)}`,
      '',
      time(mostGap),
      String(lost),
      String(lostConfirmed),
      '',
      time(whole),
    ],
  };
}

/** The same for a program. Times in ms; null: it did not come to an end. */
export function rowsAsData({ seeds, load }: Job, rows: readonly Row[]): object {
  return {
    seeds,
    load,
    results: rows.map(({ fault, shape, summary, why }) => ({
      topology: shape.name,
      fault,
      does: findFault(fault)?.does,
      ...summary,
      why,
      measured: measuredOf(shape, fault) ?? null,
    })),
    topologies: [...new Set(rows.map(({ shape }) => shape))],
  };
}
