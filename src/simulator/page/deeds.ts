import { actOf } from '../acts.js';
import { CATALOGUE } from '../catalogue.js';
import { zoneName } from '../places.js';
import type { Session } from '../session.js';
import { h, setText } from './dom.js';

/** One thing that can be done: what the button says just now, and which act it is. */
interface Deed {
  readonly key?: string;
  readonly text: () => string;
  /** Undefined where it cannot be done just now. */
  readonly act: () => string | undefined;
}

/** What can be done to the pod that is chosen, its node and its zone, and to all; by click and by key. */
export class Deeds {
  readonly root = h('section', { 'aria-labelledby': 'deeds' });
  private readonly buttons: { readonly deed: Deed; readonly button: HTMLButtonElement }[] = [];
  private readonly title = h('h2', { id: 'deeds' }, 'Break something');
  private readonly fault = h('select', { id: 'fault' });
  private readonly other = h('select', { id: 'other' });
  private readonly does = h('p', { class: 'quiet' });

  constructor(
    private readonly session: () => Session,
    private readonly selected: () => number,
    private readonly run: (act: string) => void,
  ) {
    for (const fault of CATALOGUE) this.fault.append(h('option', { value: actOf(fault) }, fault.name));
    const explain = () => setText(this.does, CATALOGUE.find((fault) => actOf(fault) === this.fault.value)?.does ?? '');
    this.fault.addEventListener('change', explain);
    explain();
    this.root.append(
      this.title,
      this.group('Its processes', this.ofProcesses()),
      this.group('The pod and its disk', this.ofPod()),
      this.group('Its node and zone', this.ofPlace()),
      h(
        'div',
        { class: 'row' },
        h('label', { for: 'other' }, 'Link to'),
        this.other,
        this.button({
          key: 'l',
          text: () => (this.isCut() ? 'Heal the link' : 'Cut the link'),
          act: () =>
            this.other.value === ''
              ? undefined
              : `${this.isCut() ? 'heal' : 'cut'}:${this.selected()}:${this.other.value}`,
        }),
      ),
      h('h3', {}, 'Everything'),
      h(
        'div',
        { class: 'row' },
        this.button({ key: 'x', text: () => 'Stop everything', act: () => 'all-pods-deleted-at-once' }),
        this.button({ key: 'r', text: () => 'Rolling restart', act: () => 'rolling-restart' }),
      ),
      h('h3', {}, 'A fault of the catalogue'),
      h(
        'div',
        { class: 'row' },
        h('label', { for: 'fault' }, 'Fault'),
        this.fault,
        this.button({ key: 'Enter', text: () => 'Strike', act: () => this.fault.value }),
      ),
      this.does,
    );
  }

  private group(title: string, deeds: readonly Deed[]): HTMLElement {
    return h('div', {}, h('h3', {}, title), h('div', { class: 'row' }, ...deeds.map((deed) => this.button(deed))));
  }

  private button(deed: Deed): HTMLButtonElement {
    const button = h('button', {
      type: 'button',
      'aria-keyshortcuts': deed.key,
      onclick: () => this.perform(deed),
    });
    this.buttons.push({ deed, button });
    return button;
  }

  private perform(deed: Deed): void {
    const act = deed.act();
    if (act !== undefined) this.run(act);
  }

  /** @returns whether there is a deed of that key */
  press(key: string): boolean {
    const found = this.buttons.find(({ deed }) => deed.key === key && key !== 'Enter');
    if (!found || found.button.disabled) return false;
    this.perform(found.deed);
    return true;
  }

  private get pod() {
    return this.session().play.world.pods[this.selected()];
  }

  private isCut(): boolean {
    return this.session().play.target.isCut(this.selected(), Number(this.other.value));
  }

  private ofProcesses(): Deed[] {
    const part = (name: 'server' | 'sentinel' | 'agent', title: string, kill: string, hang: string): Deed[] => [
      {
        key: kill,
        text: () => `Kill the ${title}`,
        act: () => {
          const process = this.pod?.[name];
          const isThere = process !== undefined && (!('alive' in process) || process.alive);
          return isThere ? `kill-${name}:${this.selected()}` : undefined;
        },
      },
      {
        key: hang,
        text: () =>
          this.session().play.target.isHanging(name, this.selected()) ? `Let the ${title} go on` : `Hang the ${title}`,
        act: () => {
          if (this.session().play.target.isHanging(name, this.selected())) return `go-on-${name}:${this.selected()}`;
          const process = this.pod?.[name];
          const isThere = process !== undefined && (!('alive' in process) || process.alive);
          return isThere ? `hang-${name}:${this.selected()}` : undefined;
        },
      },
    ];
    return [
      ...part('server', 'server', 'k', 'h'),
      ...part('sentinel', 'Sentinel', 'q', 'w'),
      ...part('agent', 'agent', 'g', 'b'),
    ];
  }

  private ofPod(): Deed[] {
    const disk = () => this.session().play.world.disks[this.selected()];
    const running = (act: string) => (this.pod?.state === 'running' ? `${act}:${this.selected()}` : undefined);
    return [
      { key: 'd', text: () => 'Delete the pod', act: () => running('delete-pod') },
      { key: 'v', text: () => 'Lose its volume', act: () => running('lose-volume') },
      {
        key: 's',
        text: () => (disk()?.slowness ? 'Make its disk quick' : 'Slow its disk'),
        act: () => `${disk()?.slowness ? 'quick' : 'slow'}-disk:${this.selected()}`,
      },
      {
        key: 'f',
        text: () => (disk()?.full ? 'Make room on its disk' : 'Fill its disk'),
        act: () => `${disk()?.full ? 'free' : 'fill'}-disk:${this.selected()}`,
      },
    ];
  }

  private ofPlace(): Deed[] {
    const target = () => this.session().play.target;
    const node = () => target().nodeOf(this.selected());
    const zone = () => target().zoneOf(this.selected());
    const isZoneOff = () =>
      target()
        .nodesOfZone(zone())
        .every((its) => target().isPowerless(its));
    return [
      {
        key: 'i',
        text: () => `${target().isIsolated(node()) ? 'Join' : 'Cut off'} node ${node() + 1}`,
        act: () => `${target().isIsolated(node()) ? 'join' : 'isolate'}-node:${node()}`,
      },
      {
        key: 'p',
        text: () => `${target().isPowerless(node()) ? 'Power for' : 'No power for'} node ${node() + 1}`,
        act: () => `power-${target().isPowerless(node()) ? 'on' : 'off'}:${node()}`,
      },
      {
        key: 'z',
        text: () => `${isZoneOff() ? 'Power for' : 'No power for'} zone ${zoneName(zone())}`,
        act: () => `zone-${isZoneOff() ? 'on' : 'off'}:${zone()}`,
      },
    ];
  }

  show(): void {
    const { pods } = this.session().play.world;
    const host = this.selected();
    setText(this.title, `Break something: pod ${pods[host]?.name ?? ''}`);
    const others = pods.filter((pod) => pod.host !== host);
    const wanted = others.map((pod) => pod.host).join();
    if (this.other.dataset.hosts !== wanted) {
      this.other.dataset.hosts = wanted;
      this.other.replaceChildren(...others.map((pod) => h('option', { value: pod.host }, `pod ${pod.name}`)));
    }
    for (const { deed, button } of this.buttons) {
      const isPossible = deed.act() !== undefined;
      if (button.disabled === isPossible) button.disabled = !isPossible;
      const text = deed.key && deed.key !== 'Enter' ? `${deed.text()} (${deed.key})` : deed.text();
      setText(button, text);
    }
  }
}
