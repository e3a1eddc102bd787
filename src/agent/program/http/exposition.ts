export type Labels = Readonly<Record<string, string>>;
export type Sample = readonly [labels: Labels, value: number];

const PREFIX = 'redis_sentinel_agent_';

/** A family of samples in Prometheus' text format; nothing where there is no sample. */
export function family(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const full = PREFIX + name;
  const lines = samples.map(([labels, value]) => `${full}${labelText(labels)} ${value}`);
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines].join('\n');
}

/** Families as one page. */
export function page(families: readonly string[]): string {
  return `${families.filter((text) => text !== '').join('\n')}\n`;
}

/** A sample without labels; none of a value that is not known. */
export function single(value: number | undefined): Sample[] {
  return value === undefined ? [] : [[{}, value]];
}

export function flag(value: boolean): number {
  return value ? 1 : 0;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
