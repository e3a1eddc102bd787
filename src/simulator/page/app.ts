import { TopologyFileError } from '../../topology-file/problem.js';
import { type Address, LONGEST_MS, readAddress, STARTED_MS, USUAL, writeAddress } from '../address.js';
import { Session } from '../session.js';
import { findStory, STORIES, toldAt } from '../stories.js';
import { viewOf } from '../view.js';
import { Board } from './board.js';
import { Deeds } from './deeds.js';
import { h, setText } from './dom.js';
import { SettingsForm } from './settings-form.js';
import { Told } from './told.js';
import { Writes } from './writes.js';

/** Virtual seconds a second. A failover takes some milliseconds, so there are slow ones. */
const SPEEDS = [0.01, 0.1, 0.5, 1, 4] as const;
const USUAL_SPEED = 1;
/** A page that was in the background does not catch up, ms. */
const LONGEST_FRAME_MS = 100;
/** What costs more than texts is drawn so often, ms. */
const SLOW_FRAME_MS = 250;
/** A step goes at most so far where nothing happens, ms. */
const STEP_MS = 5000;
/** The address follows the clock so often, ms. */
const ADDRESS_MS = 1000;

/** The page: one session, its clock, and all that shows it. */
export class App {
  private session: Session;
  private isRunning = false;
  private speed: number = USUAL_SPEED;
  private selected = 0;
  private board!: Board;
  private slowAt = Number.NEGATIVE_INFINITY;
  private addressAt = Number.NEGATIVE_INFINITY;
  private announced = '';
  private readonly isCalm = matchMedia('(prefers-reduced-motion: reduce)');

  private readonly problems = h('p', { class: 'problems', role: 'alert' });
  private readonly description = h('p', { class: 'quiet' });
  private readonly told = h('p', { class: 'told' });
  private readonly clock = h('span', { class: 'clock' });
  private readonly range = h('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Time' });
  private readonly status = h('p', { class: 'status', role: 'status' });
  private readonly runButton = h('button', { type: 'button', class: 'main', 'aria-keyshortcuts': 'Space' });
  private readonly boardPlace = h('div');
  private readonly writes = new Writes();
  private readonly happened = new Told();
  private readonly reasons = h('ul');
  private readonly deeds: Deeds;
  private readonly settings: SettingsForm;

  constructor(private readonly root: HTMLElement) {
    this.deeds = new Deeds(
      () => this.session,
      () => this.selected,
      (act) => this.act(act),
    );
    this.settings = new SettingsForm((address) => this.begin(address));
    this.session = new Session(USUAL);
    this.lay();
    addEventListener('keydown', (event) => this.key(event));
    addEventListener('hashchange', () => this.open());
    this.open();
    let before = performance.now();
    const frame = (now: number) => {
      const passed = Math.min(now - before, LONGEST_FRAME_MS);
      before = now;
      if (this.isRunning) this.advance(passed, now);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  private advance(passed: number, now: number): void {
    this.session.seek(Math.min(LONGEST_MS, this.session.now + passed * this.speed));
    if (this.session.now >= LONGEST_MS) this.run(false);
    if (this.isCalm.matches && now - this.slowAt < SLOW_FRAME_MS) return;
    this.show(now);
  }

  // The run.

  /** What the address says; nothing is begun anew where it only follows the clock. */
  private open(): void {
    if (location.hash.slice(1) === writeAddress(this.session.address)) return;
    const { address, problems } = readAddress(location.hash);
    this.begin(address);
    if (problems.length > 0) setText(this.problems, problems.join('\n'));
  }

  private begin(address: Address): void {
    try {
      this.session = new Session(address);
    } catch (error) {
      const isFault = error instanceof TopologyFileError || error instanceof Error;
      setText(this.problems, isFault ? error.message : String(error));
      this.settings.show(address);
      return;
    }
    setText(this.problems, '');
    this.selected = 0;
    this.board = new Board(viewOf(this.session.play), (host) => this.choose(host));
    this.boardPlace.replaceChildren(this.board.root);
    this.settings.show(address);
    setText(this.description, this.session.description);
    this.happened.forget();
    this.run(false);
  }

  private act(act: string): void {
    try {
      this.session.act(act);
    } catch (error) {
      setText(this.problems, (error as Error).message);
      return;
    }
    this.happened.forget();
    this.changed();
  }

  private run(isRunning: boolean): void {
    this.isRunning = isRunning;
    setText(this.runButton, isRunning ? 'Pause (space)' : 'Run (space)');
    if (!isRunning) this.changed();
  }

  private seek(time: number): void {
    if (time < this.session.now) this.happened.forget();
    this.session.seek(Math.min(LONGEST_MS, Math.max(0, time)));
    this.changed();
  }

  private step(isForward: boolean): void {
    this.run(false);
    if (isForward) this.session.stepForward(STEP_MS);
    else {
      this.happened.forget();
      this.session.stepBack();
    }
    this.changed();
  }

  private choose(host: number): void {
    this.selected = host;
    this.changed();
  }

  private changed(): void {
    this.slowAt = Number.NEGATIVE_INFINITY;
    this.addressAt = Number.NEGATIVE_INFINITY;
    if (this.board) this.show(performance.now());
  }

  private key(event: KeyboardEvent): void {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
    const onButton = target instanceof HTMLElement && /^(BUTTON|SUMMARY|A)$/.test(target.tagName);
    const { length } = this.session.play.world.pods;
    if (key === ' ' && !onButton) this.run(!this.isRunning);
    else if (key === '.') this.step(true);
    else if (key === ',') this.step(false);
    else if (/^[1-9]$/.test(key) && Number(key) <= length) this.choose(Number(key) - 1);
    else if (!this.deeds.press(key)) return;
    event.preventDefault();
  }

  // What it looks like.

  private lay(): void {
    const speed = h(
      'select',
      {
        id: 'speed',
        onchange: (event) => {
          this.speed = Number((event.target as HTMLSelectElement).value);
        },
      },
      ...SPEEDS.map((its) => h('option', { value: its, selected: its === USUAL_SPEED }, `${its}×`)),
    );
    this.runButton.addEventListener('click', () => this.run(!this.isRunning));
    this.range.addEventListener('input', () => this.seek(Number(this.range.value)));
    this.root.replaceChildren(
      this.problems,
      h(
        'section',
        { 'aria-labelledby': 'stories' },
        h('h2', { id: 'stories' }, 'Stories'),
        h(
          'div',
          { class: 'row' },
          ...STORIES.map(({ title, address }) =>
            h(
              'button',
              {
                type: 'button',
                onclick: () => {
                  this.begin(address);
                  this.run(true);
                },
              },
              title,
            ),
          ),
        ),
        this.told,
      ),
      h(
        'section',
        { class: 'time', 'aria-label': 'Time' },
        h(
          'div',
          { class: 'row' },
          this.runButton,
          h('button', { type: 'button', 'aria-keyshortcuts': ',', onclick: () => this.step(false) }, 'Step back (,)'),
          h('button', { type: 'button', 'aria-keyshortcuts': '.', onclick: () => this.step(true) }, 'Step (.)'),
          h('button', { type: 'button', onclick: () => this.seek(STARTED_MS) }, 'To the beginning'),
          h('label', { for: 'speed' }, 'Speed'),
          speed,
          this.clock,
          this.range,
        ),
        this.status,
      ),
      h(
        'div',
        { class: 'columns' },
        h(
          'div',
          {},
          h(
            'section',
            { 'aria-labelledby': 'topology' },
            h('h2', { id: 'topology' }, 'The topology'),
            this.description,
            this.boardPlace,
          ),
          this.writes.chart,
          this.happened.root,
        ),
        h(
          'div',
          {},
          this.writes.ledger,
          this.deeds.root,
          h(
            'section',
            { 'aria-labelledby': 'reasons' },
            h('h2', { id: 'reasons' }, 'Why its agent does what it does'),
            this.reasons,
          ),
        ),
      ),
      this.settings.root,
    );
  }

  private show(now: number): void {
    const { session } = this;
    const view = viewOf(session.play);
    setText(this.clock, `${(session.now / 1000).toFixed(3)} s`);
    this.happened.show(session);
    this.board.show(view, this.selected, this.happened.said);
    if (now - this.slowAt < SLOW_FRAME_MS) return;
    this.slowAt = now;
    this.showRange();
    this.deeds.show();
    this.writes.show(session);
    this.showReasons();
    const story = findStory(session.address.story);
    setText(this.told, story ? toldAt(story, session.now) : 'Choose a story, or break something yourself.');
    const status = `${view.master ?? 'nobody'} is master; ${view.broken === '' ? 'all is whole' : `not whole: ${view.broken}`}`;
    if (status !== this.announced) {
      this.announced = status;
      setText(this.status, status);
    }
    if (now - this.addressAt > ADDRESS_MS) {
      this.addressAt = now;
      session.address = { ...session.address, time: Math.round(session.now) };
      history.replaceState(undefined, '', `#${writeAddress(session.address)}`);
    }
  }

  private showRange(): void {
    const end = Math.max(60_000, Math.ceil(this.session.now / 30_000) * 30_000);
    this.range.max = String(end);
    if (document.activeElement !== this.range || this.isRunning) this.range.value = String(this.session.now);
    this.range.setAttribute('aria-valuetext', `${(this.session.now / 1000).toFixed(1)} seconds`);
  }

  private showReasons(): void {
    const { agent } = this.session.play.world.pods[this.selected] ?? {};
    const reasons = agent ? Object.entries(agent.why) : [['agent', 'is down']];
    const texts = reasons.map(([decision, why]) => `${decision}: ${why}`);
    if (this.reasons.childElementCount !== texts.length)
      this.reasons.replaceChildren(...texts.map((text) => h('li', {}, text)));
    for (const [index, text] of texts.entries()) setText(this.reasons.children[index] as Element, text);
  }
}
