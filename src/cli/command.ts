/** One command: all that help, completion and documentation say of it, and what it does. One file each in commands/. */
export interface Command {
  readonly name: string;
  /** In one line. */
  readonly summary: string;
  /** Behind the name: `[FILE…|-] [-o FOLDER]`. */
  readonly usage: string;
  /** Further sentences, each a paragraph. */
  readonly notes: readonly string[];
  readonly options: readonly Option[];
  readonly operands: Operands;
  readonly examples: readonly Example[];
  /** The exit status where something is thrown. @default EXIT.failed */
  readonly failure?: number;
  /** Modules that cost time to load are imported in here: another command is not to wait for them. */
  run(call: Call): Promise<number> | number;
}

/** What is given without a dash. */
export interface Operands {
  /** For messages and completion. */
  readonly kind: 'file' | 'topology' | 'key' | 'word' | 'none';
  readonly least: number;
  readonly most: number;
  /** All that can be given, of kind `word`. */
  readonly words?: readonly string[];
}

export interface Option {
  /** With its dashes. */
  readonly name: `--${string}`;
  readonly short?: `-${string}`;
  /** What stands behind it. @default - nothing: it is a switch */
  readonly value?: string;
  /** May be given several times. @default - once */
  readonly repeatable?: boolean;
  /** All values that there are. @default - any */
  readonly choices?: readonly string[];
  readonly meaning: string;
  /** A value as it may be, for messages. */
  readonly example?: string;
}

export interface Example {
  readonly command: string;
  readonly meaning: string;
}

/** What the command line asks a command for. */
export interface Call {
  readonly operands: readonly string[];
  /** The result is to be JSON. */
  readonly json: boolean;
  /** @param name with its dashes */
  value(name: `--${string}`): string | undefined;
  /** Of one that may be given several times: all of them, in their order. @param name with its dashes */
  values(name: `--${string}`): readonly string[];
  has(name: `--${string}`): boolean;
}

/** What every command takes. */
export const COMMON_OPTIONS: readonly Option[] = [
  { name: '--json', meaning: 'the result as JSON, errors too' },
  { name: '--help', short: '-h', meaning: 'this help' },
];

/** How the command is called. */
export const PROGRAM = 'cdk8s-redis-sentinel';

/** The command line says something that nobody understands; the message says what could be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
