import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsFolder } from './environment.js';

/** A topology's start: seconds from `kubectl apply`. */
export interface StartFigure {
  readonly kind: 'start';
  readonly topology: string;
  readonly how: string;
  readonly podsReady: number;
  readonly verified: number;
  readonly limit: number;
}

/** One kind of fault, one or several times under one load. Outages in ms. */
export interface FaultFigure {
  readonly kind: 'fault';
  readonly topology: string;
  readonly fault: string;
  readonly outages: readonly number[];
  readonly limit?: number;
  readonly acknowledged: number;
  readonly confirmed: number;
  readonly unknown: number;
  readonly lost: number;
  /** The same, by the fault that came first after each acknowledgement. */
  readonly lostEach: readonly number[];
  readonly lostConfirmed: number;
}

export type Figure = StartFigure | FaultFigure;

const file = () => join(resultsFolder(), 'figures.jsonl');

/** Recorded before anything is asserted: a figure that misses its bound is the one to see. */
export function record(figure: Figure): void {
  appendFileSync(file(), `${JSON.stringify(figure)}\n`);
}

/** Writes what this run recorded as JSON and as a table; gives the table. */
export function summarise(): string {
  const lines = existsSync(file()) ? readFileSync(file(), 'utf8').split('\n') : [];
  const figures = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Figure);
  const table = tableOf(figures);
  writeFileSync(join(resultsFolder(), 'figures.json'), `${JSON.stringify(figures, null, 2)}\n`);
  writeFileSync(join(resultsFolder(), 'figures.md'), table);
  return table;
}

/** One table of the starts, and one of the faults. */
export function tableOf(figures: readonly Figure[]): string {
  return [
    ...markdownTable(
      ['topology', 'start', 'pods ready s', 'verified s', 'bound s'],
      figures
        .filter((f) => f.kind === 'start')
        .map((f) => [f.topology, f.how, f.podsReady.toFixed(1), f.verified.toFixed(1), `${f.limit}`]),
    ),
    '',
    ...markdownTable(
      [
        'topology',
        'fault',
        'times',
        'outage ms: median',
        'least',
        'most',
        'bound',
        'acknowledged',
        'confirmed',
        'unknown',
        'lost',
        'lost confirmed',
      ],
      figures.filter((f) => f.kind === 'fault').map(faultRow),
    ),
    '',
  ].join('\n');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function faultRow(f: FaultFigure): string[] {
  const outages = [median(f.outages), Math.min(...f.outages), Math.max(...f.outages)].map((ms) => ms.toFixed(0));
  const counts = [f.acknowledged, f.confirmed, f.unknown, f.lost, f.lostConfirmed].map(String);
  return [
    f.topology,
    f.fault,
    `${f.outages.length}`,
    ...outages,
    f.limit === undefined ? '-' : `${f.limit}`,
    ...counts,
  ];
}

/** A Markdown table, its columns aligned. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
