import { COMMON_OPTIONS, type Command, type Option, PROGRAM } from './command.js';
import { EXIT_MEANINGS } from './exit-codes.js';

const WIDTH = 100;

/** What `--help` says of all commands. */
export function helpOfAll(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return [
    `${PROGRAM}: Redis or Valkey with Sentinel, as Kubernetes manifests`,
    '',
    `Usage: ${PROGRAM} [COMMAND] [ARGUMENTS]`,
    `       ${PROGRAM} COMMAND --help`,
    '',
    ...columns(rows),
    '',
    'Without a command it is synth. Every command takes --json.',
    '',
    'Exit status:',
    ...exitStatus(),
  ].join('\n');
}

/** What `COMMAND --help` says. */
export function helpOf(command: Command): string {
  const { name, summary, usage, notes, options, examples } = command;
  return [
    `${summary}`,
    '',
    `Usage: ${PROGRAM} ${[name, usage].filter((part) => part !== '').join(' ')}`,
    ...notes.flatMap((note) => ['', ...wrapped(note, WIDTH)]),
    '',
    'Options:',
    ...columns([...options, ...COMMON_OPTIONS].map((option) => [optionText(option), option.meaning] as const)),
    ...(examples.length === 0 ? [] : ['', 'Examples:']),
    ...examples.flatMap(({ command: line, meaning }) => [`  # ${meaning}`, `  ${PROGRAM} ${line}`]),
    '',
    'Exit status:',
    ...exitStatus(),
  ].join('\n');
}

/** `-o, --output FOLDER` */
export function optionText({ name, short, value }: Option): string {
  return `${short ? `${short}, ` : ''}${name}${value ? ` ${value}` : ''}`;
}

function exitStatus(): string[] {
  return columns(EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning] as const));
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.flatMap(([left, right]) => {
    const [first = '', ...rest] = wrapped(right, WIDTH - width - 4);
    return [`  ${left.padEnd(width)}  ${first}`, ...rest.map((line) => `${' '.repeat(width + 4)}${line}`)];
  });
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
