import type { ApiMember, ApiSymbol } from './api.js';

const KINDS = [
  { title: 'Classes', kinds: ['class'] },
  { title: 'Functions and constants', kinds: ['function', 'constant'] },
  { title: 'Props and other types', kinds: ['interface', 'type'] },
] as const;

const MARKED = /<!-- api -->[\s\S]*?<!-- end -->/;

/** The page about the library, with what its docstrings say. */
export function withApi(page: string, symbols: readonly ApiSymbol[]): string {
  if (!MARKED.test(page)) throw new Error('the page has no marks <!-- api --> and <!-- end -->');
  const parts = KINDS.flatMap(({ title, kinds }) => [
    `## ${title}`,
    ...symbols.filter(({ kind }) => (kinds as readonly string[]).includes(kind)).flatMap(section),
  ]);
  const text = [...parts, '## Shapes that jsii has no words for', JSII, jsiiTable(symbols)].join('\n\n');
  return page.replace(MARKED, () => `<!-- api -->\n\n${text}\n\n<!-- end -->`);
}

const JSII =
  '[jsii](https://aws.github.io/jsii/) would give this library to Python, Java, C# and Go. It carries classes, enums and structs. What stands in its way:';

/** By what jsii lacks, each with a form that a signature has. */
const LACKING: readonly { readonly what: string; readonly form: RegExp; readonly instead: string }[] = [
  { what: 'functions as values', form: /=>/, instead: 'an interface with one method' },
  {
    what: 'types made of other types',
    form: /\b(Omit|Pick|Partial|Required|keyof|typeof)\b|-\?:/,
    instead: 'a struct',
  },
  { what: 'objects without a name', form: /: (readonly )?\{/, instead: 'a struct with a name' },
  { what: 'texts of which only some are allowed', form: /'[\w-]+'/, instead: 'an enum' },
  { what: 'one of several types', form: / \| (?!undefined)/, instead: 'a class with static factories' },
];

/** Each symbol or member once, under the first thing that is in its way. */
function jsiiTable(symbols: readonly ApiSymbol[]): string {
  // The props of a topology have their members from the groups, which stand by themselves.
  const own = symbols.filter(({ name }) => name !== 'RedisSentinelProps' && name !== 'NamedProps');
  const shapes = own.flatMap(({ name, kind, signature, members }) => [
    ...(signature && kind !== 'constant' ? [{ place: name, signature }] : []),
    ...members.map((member) => ({
      place: `${name}.${member.name.replace('static ', '')}`,
      signature: member.signature,
    })),
  ]);
  const found = new Map<string, string[]>();
  for (const { place, signature } of shapes) {
    const lacking = LACKING.find(({ form }) => form.test(signature));
    if (lacking) found.set(lacking.what, [...(found.get(lacking.what) ?? []), `\`${place}\``]);
  }
  const outside = own.filter(({ kind }) => kind === 'function' || kind === 'constant').map(({ name }) => `\`${name}\``);
  const rows = LACKING.flatMap(({ what, instead }) => {
    const places = found.get(what);
    return places ? [`| ${what} | ${places.join(', ')} | ${instead} |`] : [];
  });
  rows.push(`| functions and constants outside of classes | ${outside.join(', ')} | static members |`);
  return ['| jsii has no | where | what it would be |', '|---|---|---|', ...rows].join('\n');
}

function section(symbol: ApiSymbol): string[] {
  const { name, signature, members } = symbol;
  return [
    `### ${name}`,
    ...(signature ? [`\`${signature}\``] : []),
    meaning(symbol),
    ...(members.length > 0 ? [table(members)] : []),
  ].filter((part) => part !== '');
}

function table(members: readonly ApiMember[]): string {
  const rows = members.map((member) => {
    const isStatic = member.name.startsWith('static ');
    return [`\`${isStatic ? 'static ' : ''}${member.signature}\``, meaning(member), tag(member, 'default')];
  });
  const withDefaults = rows.some(([, , standard]) => standard !== '');
  const heads = ['member', 'meaning', ...(withDefaults ? ['default'] : [])];
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(heads),
    `|${heads.map(() => '---').join('|')}|`,
    ...rows.map((cells) => line(cells.slice(0, heads.length))),
  ].join('\n');
}

/** The docstring in one paragraph, and what its tags add. */
function meaning(documented: Pick<ApiMember, 'text' | 'tags'>): string {
  const further = documented.tags.flatMap(({ name, text }) => {
    if (name === 'throws') return [`Throws ${text}.`];
    if (name === 'see') return [`See ${text}.`];
    if (name === 'returns' || name === 'return') return [`Returns ${text}.`];
    if (name === 'param') return [`\`${text.replace(/^(\S+)\s*-?\s*/, '$1`: ')}.`];
    return [];
  });
  return [documented.text, ...further]
    .map((text) => text.replaceAll(/\s+/g, ' ').replace(/\.\.$/, '.').trim())
    .filter((text) => text !== '')
    .join(' ');
}

function tag({ tags }: Pick<ApiMember, 'tags'>, wanted: string): string {
  const found = tags.find(({ name }) => name === wanted)?.text ?? '';
  return found.replace(/^-\s*/, '').replaceAll(/\s+/g, ' ');
}
