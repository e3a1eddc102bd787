import { zoneName } from '../places.js';
import type { NodeView, PartView, PodView, ServerView, View } from '../view.js';
import { h, setAttribute, setClass, setText } from './dom.js';

interface PartElements {
  readonly row: HTMLElement;
  readonly text: HTMLElement;
}

interface PodElements {
  readonly root: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly server?: PartElements;
  readonly sentinel?: PartElements;
  readonly agent: PartElements;
  readonly last: HTMLElement;
}

/**
 * The topology as a picture: zones, their nodes, the pods on them. All that is known is there as text; the lines between
 * replicas and their masters are drawn over it, and say nothing new.
 */
export class Board {
  readonly root = h('div', { class: 'zones', id: 'board', tabindex: -1 });
  private readonly pods = new Map<number, PodElements>();
  private readonly nodes = new Map<number, HTMLElement>();
  private readonly clients = h('ul', { class: 'clients', 'aria-label': 'Clients' });
  private readonly links = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  private drawn = '';

  constructor(
    view: View,
    private readonly select: (host: number) => void,
  ) {
    this.links.setAttribute('class', 'links');
    this.links.setAttribute('aria-hidden', 'true');
    const zones = [...new Set(view.nodes.map(({ zone }) => zone))].sort((one, other) => one - other);
    for (const zone of zones) {
      this.root.append(
        h(
          'section',
          { class: 'zone', 'aria-labelledby': `zone-${zone}` },
          h('h3', { id: `zone-${zone}` }, `Zone ${zoneName(zone)}`),
          ...view.nodes.filter((node) => node.zone === zone).map((node) => this.node(node)),
        ),
      );
    }
    this.root.append(
      h(
        'section',
        { class: 'zone', 'aria-labelledby': 'clients' },
        h('h3', { id: 'clients' }, 'Clients'),
        this.clients,
      ),
    );
    this.root.prepend(this.links);
    new ResizeObserver(() => {
      this.drawn = '';
    }).observe(this.root);
  }

  private node({ node, pods }: NodeView): HTMLElement {
    const state = h('span');
    this.nodes.set(node, state);
    return h('div', { class: 'node' }, h('h4', {}, `Node ${node + 1}, `, state), ...pods.map((pod) => this.pod(pod)));
  }

  private pod(pod: PodView): HTMLElement {
    const part = (view: PartView): PartElements => {
      const text = h('span');
      return { row: h('div', { class: 'part' }, h('b', { class: 'name' }, view.name), text), text };
    };
    const button = h('button', { type: 'button', onclick: () => this.select(pod.host) }, pod.name);
    const elements: PodElements = {
      button,
      server: pod.server && part(pod.server),
      sentinel: pod.sentinel && part(pod.sentinel),
      agent: part(pod.agent),
      last: h('div', { class: 'quiet' }),
      root: h('div', { class: 'pod' }),
    };
    const { server, sentinel, agent, last, root } = elements;
    root.append(button, ...[server, sentinel, agent].flatMap((its) => (its ? [its.row] : [])), last);
    this.pods.set(pod.host, elements);
    return root;
  }

  /** @param said what each agent last said, by its name */
  show(view: View, selected: number, said: ReadonlyMap<string, string>): void {
    for (const { node, text, health, pods } of view.nodes) {
      const state = this.nodes.get(node) as HTMLElement;
      setText(state, text);
      setClass(state, health);
      for (const pod of pods) this.showPod(pod, pod.host === selected, said);
    }
    if (this.clients.childElementCount !== view.clients.length) {
      this.clients.replaceChildren(...view.clients.map(() => h('li')));
    }
    for (const [index, { name, text, health }] of view.clients.entries()) {
      const item = this.clients.children[index] as HTMLElement;
      setText(item, `${name} ${text}`);
      setClass(item, health);
    }
    this.link(view);
  }

  private showPod(pod: PodView, isSelected: boolean, said: ReadonlyMap<string, string>): void {
    const { root, button, server, sentinel, agent, last } = this.pods.get(pod.host) as PodElements;
    setClass(root, isSelected ? 'pod selected' : 'pod');
    setAttribute(button, 'aria-pressed', String(isSelected));
    setText(button, `${pod.name} ${pod.text}`);
    const show = (elements: PartElements | undefined, part: PartView | undefined, role = '') => {
      if (!elements || !part) return;
      setText(elements.text, part.text);
      setClass(elements.text, part.health);
      setClass(elements.row, `part ${role}`);
    };
    show(server, pod.server, pod.server?.role);
    show(sentinel, pod.sentinel);
    show(agent, pod.agent);
    const words = said.get(`agent-${pod.name.slice('pod '.length)}`);
    setText(last, words === undefined ? 'has decided nothing yet' : `last: ${words}`);
  }

  /** Drawn anew only when somebody follows another, or the page has another shape. */
  private link(view: View): void {
    const servers = view.nodes
      .flatMap(({ pods }) => pods)
      .flatMap(({ host, server }) => (server ? [{ host, server }] : []));
    const following = servers.filter(
      (one): one is { host: number; server: ServerView & { follows: number } } =>
        one.server.role === 'replica' && one.server.follows !== undefined,
    );
    const key = following.map(({ host, server }) => `${host}>${server.follows}${server.inStep}`).join();
    if (key === this.drawn) return;
    this.drawn = key;
    const origin = this.root.getBoundingClientRect();
    const place = (host: number) => {
      const row = this.pods.get(host)?.root.getBoundingClientRect();
      return row
        ? { x: row.left - origin.left + row.width / 2, y: row.top - origin.top + row.height / 2 }
        : { x: 0, y: 0 };
    };
    this.links.replaceChildren(
      ...following.map(({ host, server }) => {
        const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
        const [from, to] = [place(host), place(server.follows)];
        path.setAttribute('d', `M${from.x} ${from.y}L${to.x} ${to.y}`);
        path.setAttribute('class', server.inStep ? 'step' : '');
        return path;
      }),
    );
  }
}
