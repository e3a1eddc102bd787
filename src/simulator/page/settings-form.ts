import type { ProfileName } from '../../simulation/settings.js';
import { type Address, USUAL } from '../address.js';
import { h } from './dom.js';

/** What the run is of: profile or one's own topology, where its pods are, seed and load. */
export class SettingsForm {
  readonly root: HTMLElement;
  private readonly profile = h(
    'select',
    { id: 'profile' },
    ...['strict', 'default', 'cache'].map((name) => h('option', { value: name }, name)),
  );
  private readonly seed = number('seed', 0, 999_999_999);
  private readonly rate = number('rate', 1, 2000);
  private readonly zones = number('zones', 1, 26);
  private readonly nodes = number('nodes', 1, 99);
  private readonly confirmed = h('input', { type: 'checkbox', id: 'confirmed' });
  private readonly yaml = h('textarea', {
    id: 'yaml',
    rows: 8,
    spellcheck: 'false',
    placeholder: 'profile: strict\nservers: 5\nfailover: { downAfter: 2s }',
  });

  constructor(private readonly begin: (address: Address) => void) {
    const labelled = (text: string, field: HTMLElement) => [h('label', { for: field.id }, text), field];
    this.root = h(
      'section',
      { 'aria-labelledby': 'settings' },
      h('h2', { id: 'settings' }, 'Another topology, another seed'),
      h(
        'div',
        { class: 'row' },
        ...labelled('Profile', this.profile),
        ...labelled('Seed', this.seed),
        ...labelled('Zones', this.zones),
        ...labelled('Nodes', this.nodes),
        ...labelled('Writes a second', this.rate),
        this.confirmed,
        h('label', { for: 'confirmed' }, 'each is confirmed by WAIT'),
      ),
      h('p', {}, h('label', { for: 'yaml' }, 'Your own topology, as its file has it (in the place of the profile):')),
      this.yaml,
      h('p', {}, h('button', { type: 'button', class: 'main', onclick: () => this.apply() }, 'Start anew')),
      h(
        'p',
        { class: 'quiet' },
        'The address holds the whole run: send it to a colleague, who will see the same events. Keys: 1 to 9 choose a pod, space runs and pauses, comma and full stop step.',
      ),
    );
  }

  show({ profile, seed, rate, zones, nodes, confirmed, yaml }: Address): void {
    this.profile.value = profile ?? 'strict';
    this.seed.value = String(seed);
    this.rate.value = String(rate);
    this.zones.value = zones === undefined ? '' : String(zones);
    this.nodes.value = nodes === undefined ? '' : String(nodes);
    this.confirmed.checked = confirmed;
    this.yaml.value = yaml ?? '';
  }

  private apply(): void {
    const yaml = this.yaml.value;
    this.begin({
      ...USUAL,
      profile: this.profile.value as ProfileName,
      seed: numberIn(this.seed) ?? USUAL.seed,
      rate: numberIn(this.rate) ?? USUAL.rate,
      zones: numberIn(this.zones),
      nodes: numberIn(this.nodes),
      confirmed: this.confirmed.checked,
      yaml: yaml.trim() === '' ? undefined : yaml,
    });
  }
}

function number(id: string, min: number, max: number): HTMLInputElement {
  return h('input', { type: 'number', id, min, max, step: 1 });
}

/** Undefined where it is no number that the field allows. */
function numberIn(input: HTMLInputElement): number | undefined {
  return input.value !== '' && input.checkValidity() ? Number(input.value) : undefined;
}
