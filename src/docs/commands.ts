/** What `help --json` says: as much of it as is written into the page. */
export interface Described {
  readonly commands: readonly {
    readonly name: string;
    readonly summary: string;
    readonly usage: string;
    readonly notes: readonly string[];
    readonly options: readonly DescribedOption[];
    readonly examples: readonly { readonly command: string; readonly meaning: string }[];
  }[];
  readonly commonOptions: readonly DescribedOption[];
  readonly exit: readonly { readonly status: number; readonly meaning: string }[];
}

interface DescribedOption {
  readonly name: string;
  readonly short?: string;
  readonly value?: string;
  readonly meaning: string;
}

const PROGRAM = 'cdk8s-redis-sentinel';
const MARKED = /<!-- commands -->[\s\S]*?<!-- end -->/;

/** The page about the command line, with what the commands say of themselves. */
export function withCommands(page: string, described: Described): string {
  if (!MARKED.test(page)) throw new Error('the page has no marks <!-- commands --> and <!-- end -->');
  return page.replace(MARKED, () => `<!-- commands -->\n\n${commandsText(described)}\n\n<!-- end -->`);
}

function commandsText({ commands, commonOptions, exit }: Described): string {
  return [
    table(
      ['command', 'what it does'],
      commands.map(({ name, summary }) => [`[\`${name}\`](#${name})`, summary]),
    ),
    'Every command takes:',
    optionTable(commonOptions),
    table(
      ['exit status', 'meaning'],
      exit.map(({ status, meaning }) => [String(status), meaning]),
    ),
    ...commands.flatMap(({ name, usage, notes, options, examples }) => [
      `### ${name}`,
      fence('text', [[PROGRAM, name, usage].filter((part) => part !== '').join(' ')]),
      ...notes,
      ...(options.length > 0 ? [optionTable(options)] : []),
      ...(examples.length > 0
        ? [
            fence(
              'sh',
              examples.map(({ command, meaning }) => `${PROGRAM} ${command}   # ${meaning}`),
            ),
          ]
        : []),
    ]),
  ].join('\n\n');
}

function optionTable(options: readonly DescribedOption[]): string {
  const rows = options.map(({ name, short, value, meaning }) => {
    const spelled = [...(short ? [short] : []), `${name}${value ? ` ${value}` : ''}`];
    return [spelled.map((each) => `\`${each}\``).join(', '), meaning];
  });
  return table(['option', 'meaning'], rows);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function fence(language: string, lines: readonly string[]): string {
  return ['```'.concat(language), ...lines, '```'].join('\n');
}
