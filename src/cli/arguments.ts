import { nearest } from '../topology-file/nearest.js';

/** What the command line asks for. */
export type Command =
  | { readonly name: 'synth'; readonly files: readonly string[]; readonly output?: string }
  | { readonly name: 'rehearse'; readonly file?: string }
  | { readonly name: 'help' }
  | { readonly name: 'version' };

/** The command line says something that nobody understands; the message says what could be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `cdk8s-redis-sentinel: Redis or Valkey with Sentinel, as Kubernetes manifests

  cdk8s-redis-sentinel [synth] [FILE…] [-o FOLDER]
      Writes FOLDER/<topology>.k8s.yaml for each topology FILE.
      Without FILE: all of charts/, and the files of topologies that are no longer there are removed.
      FOLDER is dist/ unless named. After an error it is as it was before.

  cdk8s-redis-sentinel rehearse [FILE]
      Runs the topology on this machine, without Kubernetes, and verifies it.
      FILE is charts/development.yaml unless named. Needs redis-server or valkey-server.

  cdk8s-redis-sentinel help | --help | -h
  cdk8s-redis-sentinel --version

Exit status: 0 when all went well, 1 when not.
`;

const COMMANDS = ['synth', 'rehearse', 'help'];
const OPTIONS: Readonly<Record<string, readonly string[]>> = { synth: ['-o', '--output'], rehearse: [] };

/** @throws UsageError */
export function parseArguments(words: readonly string[]): Command {
  const [first, ...others] = words;
  if (words.some((word) => word === '-h' || word === '--help') || first === 'help') return { name: 'help' };
  if (first === '--version' || first === '-v') return { name: 'version' };
  if (first === 'rehearse') return parseRehearse(others);
  if (first === 'synth') return parseSynth(others);
  // A file, or an option of the command that needs no name.
  if (first === undefined || first.startsWith('-') || /[./]/.test(first)) return parseSynth(words);
  throw new UsageError(`there is no command '${first}'${suggest(first, COMMANDS)}; there are ${COMMANDS.join(', ')}`);
}

function parseSynth(words: readonly string[]): Command {
  const files: string[] = [];
  let output: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const [, option = word, attached] = /^(--output)=(.*)$/s.exec(word) ?? [];
    if (option === '-o' || option === '--output') {
      if (output !== undefined) throw new UsageError(`${option} is given twice; the manifests go to one folder`);
      output = attached ?? words[++i];
      if (!output || (attached === undefined && output.startsWith('-'))) {
        throw new UsageError(`${option} needs the folder for the manifests behind it, as in ${option} dist`);
      }
    } else if (word === '--') {
      files.push(...words.slice(i + 1));
      break;
    } else {
      files.push(checkFile('synth', word));
    }
  }
  return { name: 'synth', files, output };
}

function parseRehearse(words: readonly string[]): Command {
  const [file, ...others] = words.map((word) => checkFile('rehearse', word));
  if (others.length > 0) throw new UsageError(`rehearse takes one file, got ${words.join(' ')}`);
  return { name: 'rehearse', file };
}

function checkFile(command: string, word: string): string {
  if (word === '') throw new UsageError('a file name is empty');
  if (!word.startsWith('-')) return word;
  const options = OPTIONS[command] ?? [];
  const known = options.length > 0 ? `${command} knows ${options.join(', ')}` : `${command} has no options`;
  throw new UsageError(`there is no option '${word}'${suggest(word, options)}; ${known}`);
}

function suggest(typed: string, known: readonly string[]): string {
  const meant = nearest(typed, known);
  return meant ? `, did you mean '${meant}'?` : '';
}
