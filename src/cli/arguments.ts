import { nearest } from '../words/nearest.js';
import { type Call, COMMON_OPTIONS, type Command, type Option, UsageError } from './command.js';

/** What the command line asks for. */
export interface Parsed {
  readonly command: Command;
  readonly call: Call;
}

/** What may stand in the place of a command. */
const INSTEAD: Readonly<Record<string, string>> = {
  '-h': 'help',
  '--help': 'help',
  '-v': 'version',
  '--version': 'version',
};

/**
 * @param standard the command that needs no name
 * @throws UsageError
 */
export function parseArguments(words: readonly string[], commands: readonly Command[], standard: Command): Parsed {
  const find = (name: string) => commands.find((command) => command.name === name);
  const [first, ...others] = words;
  const named = first === undefined ? undefined : find(INSTEAD[first] ?? first);
  if (named) return parseCall(named, others, find('help'));
  // A file, or an option of the command that needs no name.
  if (first === undefined || first.startsWith('-') || /[./]/.test(first))
    return parseCall(standard, words, find('help'));
  const names = commands.map(({ name }) => name);
  throw new UsageError(`there is no command '${first}'${suggest(first, names)}; there are ${names.join(', ')}`);
}

function parseCall(command: Command, words: readonly string[], help: Command | undefined): Parsed {
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  const options = [...command.options, ...COMMON_OPTIONS];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') {
      operands.push(...words.slice(i + 1));
      break;
    }
    if (word === '') throw new UsageError('an argument is empty');
    if (word === '-' || !word.startsWith('-')) {
      operands.push(word);
      continue;
    }
    const [, name = word, attached] = /^(--[^=]*)=(.*)$/s.exec(word) ?? [];
    const option = options.find((each) => each.name === name || each.short === name);
    if (!option) throw new UsageError(unknownOption(command, name, options));
    if (values.has(option.name) && !option.repeatable) throw new UsageError(`${name} is given twice; give it once`);
    if (option.value === undefined) {
      if (attached !== undefined) throw new UsageError(`${name} takes no value, got '${attached}'`);
      values.set(option.name, ['']);
    } else {
      const value = valueBehind(option, name, attached, () => words[++i]);
      values.set(option.name, [...(values.get(option.name) ?? []), value]);
    }
  }
  const json = values.has('--json');
  if (values.has('--help') && help) return { command: help, call: callOf([command.name], new Map(), json) };
  checkOperands(command, operands);
  return { command, call: callOf(operands, values, json) };
}

function valueBehind(
  option: Option,
  typed: string,
  attached: string | undefined,
  next: () => string | undefined,
): string {
  const value = attached ?? next();
  const { value: what = '', example = option.choices?.[0] ?? what, choices } = option;
  if (!value || (attached === undefined && value.startsWith('-'))) {
    throw new UsageError(`${typed} needs ${what} behind it, as in ${typed} ${example}`);
  }
  if (choices && !choices.includes(value)) {
    throw new UsageError(`${typed} must be ${choices.join(', ')}, got '${value}'${suggest(value, choices)}`);
  }
  return value;
}

function checkOperands(
  { name, usage, operands: { kind, least, most, words } }: Command,
  given: readonly string[],
): void {
  const how = `usage: ${name}${usage === '' ? '' : ` ${usage}`}`;
  if (given.length > most) {
    const takes = most === 0 ? 'takes no arguments' : most === 1 ? `takes one ${kind}` : `takes at most ${most}`;
    throw new UsageError(`${name} ${takes}, got ${given.join(' ')}; ${how}`);
  }
  if (given.length < least) throw new UsageError(`${name} needs a ${kind}; ${how}`);
  const wrong = words && given.find((word) => !words.includes(word));
  if (wrong !== undefined && words) {
    throw new UsageError(`${name} knows ${words.join(', ')}, got '${wrong}'${suggest(wrong, words)}`);
  }
}

function callOf(operands: readonly string[], given: ReadonlyMap<string, readonly string[]>, json: boolean): Call {
  return {
    operands,
    json,
    value: (name) => given.get(name)?.at(-1),
    values: (name) => given.get(name) ?? [],
    has: (name) => given.has(name),
  };
}

function unknownOption({ name: command }: Command, typed: string, options: readonly Option[]): string {
  const names = options.flatMap(({ short, name }) => (short ? [short, name] : [name]));
  return `there is no option '${typed}'${suggest(typed, names)}; ${command} knows ${names.join(', ')}`;
}

function suggest(typed: string, known: readonly string[]): string {
  const meant = nearest(typed, known);
  return meant ? `, did you mean '${meant}'?` : '';
}
