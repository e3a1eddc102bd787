import type { FaultEntry, HistoryEntry, WriteEntry } from '../cluster/load/history.js';
import { judge } from '../cluster/load/judge.js';

/** What of the history is shown: so many ms before the fault and after the end of the outage. */
const BEFORE = 2000;
const AFTER = 4000;
/** Writes are counted in steps of so many ms. */
const STEP = 100;

const WIDTH = 760;
const HEIGHT = 300;
const LEFT = 56;
const RIGHT = 16;
const TOP = 48;
const BOTTOM = 44;
/** Colours that are told apart in print and by colour-blind people (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00'];

/** One failover as an SVG: acknowledged writes a second by the server that acknowledged them, the fault, and the gap. */
export function plot(history: readonly HistoryEntry[]): string {
  const { window, writeOutage, reigns, fault } = judge(history);
  // A fault is ordered up to a second before it happens; a gap begins with the last write that was answered.
  const zero = writeOutage.ms > STEP ? writeOutage.from : window.from;
  const [begin, end] = [zero - BEFORE, Math.max(writeOutage.to, zero) + AFTER];
  const names = (history.find((entry) => entry.kind === 'fault') as FaultEntry).servers;
  const writes = history.filter(
    (entry): entry is WriteEntry =>
      entry.kind === 'write' && entry.outcome === 'ok' && entry.completed >= begin && entry.completed < end,
  );
  const servers = [...new Set(reigns.map(({ server }) => server))].sort();
  const rates = servers.map((server) =>
    ratesOf(
      writes.filter(({ master = '' }) => (names[master] ?? master) === server),
      begin,
      end,
    ),
  );
  const most = Math.max(1, ...rates.flat());
  const x = (at: number) => LEFT + ((at - begin) / (end - begin)) * (WIDTH - LEFT - RIGHT);
  const y = (rate: number) => HEIGHT - BOTTOM - (rate / most) * (HEIGHT - TOP - BOTTOM);
  const bars = rates.flatMap((own, i) => own.map((rate, step) => bar(rate, begin + step * STEP, x, y, COLOURS[i % 5])));
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(fault)}: ${Math.round(writeOutage.ms)} ms without an acknowledged write</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...gap(x(writeOutage.from), x(writeOutage.to), `${Math.round(writeOutage.ms)} ms`),
    ...bars,
    line(x(zero), TOP - 6, x(zero), HEIGHT - BOTTOM, '#000', '4 3'),
    text(x(zero), TOP - 10, escaped(fault), 'middle'),
    ...axes(begin, end, zero, most, x, y),
    ...servers.map((server, i) => legend(server, i)),
    '</svg>',
  ].join('\n')}\n`;
}

function ratesOf(writes: readonly WriteEntry[], begin: number, end: number): number[] {
  const rates = new Array<number>(Math.ceil((end - begin) / STEP)).fill(0);
  for (const { completed } of writes) {
    const step = Math.floor((completed - begin) / STEP);
    rates[step] = (rates[step] ?? 0) + 1000 / STEP;
  }
  return rates;
}

type Scale = (value: number) => number;

function bar(rate: number, at: number, x: Scale, y: Scale, colour = '#000'): string {
  if (rate === 0) return '';
  const width = x(at + STEP) - x(at);
  return `<rect x="${n(x(at))}" y="${n(y(rate))}" width="${n(width)}" height="${n(y(0) - y(rate))}" fill="${colour}" fill-opacity="0.8"/>`;
}

function gap(from: number, to: number, label: string): string[] {
  const height = HEIGHT - BOTTOM - TOP;
  return [
    `<rect x="${n(from)}" y="${TOP}" width="${n(to - from)}" height="${height}" fill="#bbb" fill-opacity="0.4"/>`,
    text((from + to) / 2, TOP + height / 2, label, 'middle'),
  ];
}

function axes(begin: number, end: number, zero: number, most: number, x: Scale, y: Scale): string[] {
  const found = [
    line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, '#333'),
    line(LEFT, TOP, LEFT, HEIGHT - BOTTOM, '#333'),
    text(LEFT - 6, y(most) + 4, String(Math.round(most)), 'end'),
    text(LEFT - 6, y(0) + 4, '0', 'end'),
    text(14, TOP - 10, 'acknowledged writes a second', 'start'),
  ];
  const seconds = Math.max(1, Math.ceil((end - begin) / 12_000));
  for (let s = Math.ceil((begin - zero) / 1000); zero + s * 1000 <= end; s += seconds) {
    found.push(text(x(zero + s * 1000), HEIGHT - BOTTOM + 16, `${s} s`, 'middle'));
  }
  return found;
}

function legend(server: string, index: number): string {
  const at = LEFT + index * 150;
  const colour = COLOURS[index % COLOURS.length];
  return `<rect x="${at}" y="${HEIGHT - 16}" width="10" height="10" fill="${colour}"/>${text(at + 16, HEIGHT - 7, escaped(server), 'start')}`;
}

const line = (x1: number, y1: number, x2: number, y2: number, colour: string, dashes = ''): string =>
  `<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${colour}"${dashes && ` stroke-dasharray="${dashes}"`}/>`;

const text = (x: number, y: number, label: string, anchor: string): string =>
  `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}">${label}</text>`;

const n = (value: number): string => String(Math.round(value * 10) / 10);

const escaped = (label: string): string => label.replace(/&/g, '&amp;').replace(/</g, '&lt;');
