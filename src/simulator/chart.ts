import type { World } from '../simulation/world.js';

/** What a chart is drawn from: acknowledged writes by server, and what was done to the topology. */
export interface Series {
  /** ms */
  readonly from: number;
  readonly to: number;
  /** Acknowledged writes of each slot, by server. */
  readonly slots: readonly (readonly number[])[];
  readonly slotMs: number;
  readonly marks: readonly { readonly at: number; readonly text: string }[];
}

export interface TimedText {
  readonly at: number;
  readonly text: string;
}

export function seriesOf(world: World, from: number, to: number, slotMs: number, marks: readonly TimedText[]): Series {
  const count = Math.max(1, Math.ceil((to - from) / slotMs));
  const slots = world.servers.map(() => new Array<number>(count).fill(0));
  for (const { acknowledgedAt, by } of world.ledger.entries) {
    if (acknowledgedAt === undefined || by === undefined || acknowledgedAt < from || acknowledgedAt >= to) continue;
    const own = slots[by.ordinal] as number[];
    const slot = Math.floor((acknowledgedAt - from) / slotMs);
    own[slot] = (own[slot] as number) + 1;
  }
  return { from, to, slots, slotMs, marks: marks.filter(({ at }) => at >= from && at <= to) };
}

const LEFT = 64;
const RIGHT = 12;
const LANE = 46;
const GAP = 10;
const MARK_LINE = 15;
const AXIS = 22;

/**
 * A lane for each server: how many of its writes were acknowledged at each time; where there are none, the lane is empty. It
 * has its colours from the page, and those of its own where it stands alone.
 */
export function chartSvg(series: Series, width: number, title: string): string {
  const { from, to, slots, slotMs, marks } = series;
  const most = Math.max(1, ...slots.flat());
  const head = marks.length * MARK_LINE + 8;
  const height = head + slots.length * (LANE + GAP) + AXIS;
  const x = (time: number) => LEFT + ((time - from) / (to - from)) * (width - LEFT - RIGHT);
  const bottom = head + slots.length * (LANE + GAP) - GAP;
  const parts = [
    ...slots.flatMap((own, server) =>
      lane(own, server, head + server * (LANE + GAP), most, (slot) => x(from + slot * slotMs)),
    ),
    ...marks.flatMap(({ at, text }, index) => mark(text, fixed(x(at)), index * MARK_LINE + 12, bottom, width)),
    ...ticks(from, to).map(
      (time) =>
        `<text class="tick" x="${fixed(x(time))}" y="${bottom + 16}" text-anchor="middle">${time / 1000} s</text>`,
    ),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** A light and a dark set; the first also where nobody says which is wanted. */
const STYLE = [
  'text{font:12px system-ui,sans-serif;fill:#333}.tick{fill:#595959}',
  '.base{stroke:#8a8a8a}.acknowledged{fill:#0b6fa4}.mark{stroke:#b3261e;stroke-dasharray:3 3}.fault{fill:#b3261e}',
  '@media (prefers-color-scheme:dark){text{fill:#ddd}.tick{fill:#b0b0b0}.acknowledged{fill:#4db3e6}.mark{stroke:#ff8a80}.fault{fill:#ff8a80}}',
].join('');

function lane(
  own: readonly number[],
  server: number,
  top: number,
  most: number,
  x: (slot: number) => number,
): string[] {
  const base = top + LANE;
  let path = '';
  own.forEach((count, slot) => {
    if (count === 0) return;
    const high = (LANE * count) / most;
    path += `M${fixed(x(slot))} ${base}v-${fixed(high)}H${fixed(x(slot + 1))}V${base}z`;
  });
  return [
    `<text x="4" y="${base - LANE / 2 + 4}">redis-${server}</text>`,
    `<path class="base" d="M${fixed(x(0))} ${base}H${fixed(x(own.length))}"/>`,
    ...(path === '' ? [] : [`<path class="acknowledged" d="${path}"/>`]),
  ];
}

function mark(text: string, at: string, top: number, bottom: number, width: number): string[] {
  const isLate = Number(at) > 0.7 * width;
  return [
    `<path class="mark" d="M${at} ${top - 10}V${bottom}"/>`,
    `<text class="fault" x="${fixed(Number(at) + (isLate ? -5 : 5))}" y="${top}" text-anchor="${isLate ? 'end' : 'start'}">${escaped(text)}</text>`,
  ];
}

function ticks(from: number, to: number): number[] {
  const step =
    [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000].find((its) => (to - from) / its <= 8) ?? 120_000;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => first + index * step);
}

function fixed(number: number): string {
  return String(Math.round(number * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
