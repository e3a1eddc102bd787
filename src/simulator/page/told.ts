import type { Session } from '../session.js';
import { h } from './dom.js';

/** So many lines are kept on the page. */
const SHOWN = 200;

/** What happened, the latest first; and what each agent said last. */
export class Told {
  /** By the agent's name. */
  readonly said = new Map<string, string>();
  readonly root: HTMLElement;
  private readonly list = h('ol', {
    class: 'events',
    tabindex: 0,
    'aria-label': 'What happened, the latest first',
  });
  private shown = 0;

  constructor() {
    this.root = h('section', { 'aria-labelledby': 'events' }, h('h2', { id: 'events' }, 'What happened'), this.list);
  }

  /** All is told again. */
  forget(): void {
    this.shown = 0;
    this.said.clear();
    this.list.replaceChildren();
  }

  /** Only what is new is added. */
  show({ notes }: Session): void {
    if (notes.length === this.shown) return;
    const fresh = notes.slice(this.shown);
    this.shown = notes.length;
    for (const {
      note: [who, what],
    } of fresh) {
      if (who.startsWith('agent-')) this.said.set(who, what);
    }
    const items = fresh.slice(-SHOWN).map(({ at, note: [who, what] }) => {
      const isFault = who === 'FAULT' || who === 'VIOLATION';
      return h('li', { class: isFault ? 'fault' : '' }, `${(at / 1000).toFixed(3)} ${who}: ${what}`);
    });
    this.list.prepend(...items.reverse());
    while (this.list.childElementCount > SHOWN) this.list.lastElementChild?.remove();
  }
}
