import { STARTED_MS } from '../address.js';
import { chartSvg, seriesOf } from '../chart.js';
import type { Session } from '../session.js';
import { ledgerOf } from '../view.js';
import { h, setText } from './dom.js';

const CHART_MS = 20_000;
const CHART_SLOT_MS = 100;
const CHART_WIDTH = 640;
/** So many of the last faults are named in it. */
const MARKS = 6;
const FACTS = ['acknowledged', 'confirmed', 'lost', 'lost, though confirmed', 'refused', 'longest gap'] as const;

/** What clients were told of their writes, as figures and as a chart; and what a cluster showed for the same fault. */
export class Writes {
  readonly ledger: HTMLElement;
  readonly chart = h('section', { 'aria-labelledby': 'writes' }, h('h2', { id: 'writes' }, 'Acknowledged writes'));
  private readonly picture = h('div', {
    class: 'chart',
    tabindex: 0,
    role: 'group',
    'aria-label': 'Acknowledged writes',
  });
  private readonly measured = h('p', { class: 'quiet' });
  private readonly values = new Map<string, HTMLElement>();

  constructor() {
    const list = h('dl', { class: 'ledger' });
    for (const fact of FACTS) {
      const value = h('dd');
      this.values.set(fact, value);
      list.append(h('div', {}, h('dt', {}, fact), value));
    }
    this.ledger = h(
      'section',
      { 'aria-labelledby': 'ledger' },
      h('h2', { id: 'ledger' }, 'What clients were told'),
      list,
      this.measured,
    );
    this.chart.append(this.picture);
  }

  show(session: Session): void {
    const first = session.address.acts[0]?.at ?? STARTED_MS;
    const { acknowledged, confirmed, refused, losses, gap } = ledgerOf(session.play, first);
    const texts: Record<(typeof FACTS)[number], string> = {
      acknowledged: String(acknowledged),
      confirmed: String(confirmed),
      lost: losses ? String(losses.acknowledged) : 'no master',
      'lost, though confirmed': losses ? String(losses.confirmed) : 'no master',
      refused: String(refused),
      'longest gap': `${(gap / 1000).toFixed(2)} s`,
    };
    for (const fact of FACTS) setText(this.values.get(fact) as HTMLElement, texts[fact]);
    setText(this.measured, beside(session));
    this.draw(session);
  }

  private draw({ notes, now, play }: Session): void {
    const marks = notes.flatMap(({ at, note: [who, what] }) => (who === 'FAULT' ? [{ at, text: what }] : []));
    const from = Math.max(0, now - CHART_MS);
    const series = seriesOf(play.world, from, from + CHART_MS, CHART_SLOT_MS, marks.slice(-MARKS));
    const title = `Acknowledged writes of each server, from ${(from / 1000).toFixed(1)} s on`;
    this.picture.innerHTML = chartSvg(series, CHART_WIDTH, title);
  }
}

/** So much may a figure of this page be trusted. */
function beside({ measured }: Session): string {
  if (!measured) return 'Nothing comparable was measured on a cluster.';
  const { fault, measured: its } = measured;
  const gap = (its.gap / 1000).toFixed(2);
  return `On a cluster, ${fault}: longest gap ${gap} s, ${its.lost} lost, ${its.lostConfirmed} of the confirmed (medians of ${its.runs} runs).`;
}
