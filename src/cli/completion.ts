import { COMMON_OPTIONS, type Command, PROGRAM } from './command.js';

export type Shell = 'bash' | 'zsh' | 'fish';

/** A script that completes commands, their options and values, and files; it never starts the command. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  return { bash, zsh, fish }[shell](commands);
}

/** Words that may stand after a command. */
function wordsOf({ options, operands }: Command): string[] {
  const names = [...options, ...COMMON_OPTIONS].flatMap(({ short, name }) => (short ? [short, name] : [name]));
  return [...names, ...(operands.words ?? [])];
}

function takesFiles({ operands }: Command): boolean {
  return operands.kind === 'file' || operands.kind === 'topology';
}

function bash(commands: readonly Command[]): string {
  const cases = commands.map((command) => `    ${command.name}) words="${wordsOf(command).join(' ')}" ;;`);
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap((option) =>
      option.choices ? [`    "${name} ${option.name}") words="${option.choices.join(' ')}" ;;`] : [],
    ),
  );
  const files = commands.filter(takesFiles).map(({ name }) => name);
  return `# bash completion of ${PROGRAM}
_cdk8s_redis_sentinel() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$current") $(compgen -f -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  case "\${COMP_WORDS[1]} $before" in
${values.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case " ${files.join(' ')} " in
    *" \${COMP_WORDS[1]} "*) COMPREPLY+=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _cdk8s_redis_sentinel ${PROGRAM}
`;
}

function zsh(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => `    ${single(`${name}:${summary.replaceAll(':', '\\:')}`)}`);
  const cases = commands.map((command) => {
    const specs = [...command.options, ...COMMON_OPTIONS].map(({ name, short, value, choices, meaning }) => {
      const names = short ? `{${short},${name}}` : name;
      const behind = value ? `:${value}:${choices ? `(${choices.join(' ')})` : '_files'}` : '';
      return `${names}${single(`[${meaning.replaceAll(/[[\]]/g, '')}]${behind}`)}`;
    });
    const { words } = command.operands;
    const rest = words ? [single(`*:word:(${words.join(' ')})`)] : takesFiles(command) ? [single('*:file:_files')] : [];
    return `    ${command.name}) _arguments ${[...specs, ...rest].join(' ')} ;;`;
  });
  return `#compdef ${PROGRAM}
_cdk8s_redis_sentinel() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _files
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _cdk8s_redis_sentinel ${PROGRAM}
`;
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => {
    const { name, summary, options, operands } = command;
    const when = `-n ${single(`__fish_seen_subcommand_from ${name}`)}`;
    return [
      `complete -c ${PROGRAM} -n __fish_use_subcommand -a ${name} -d ${single(summary)}`,
      ...[...options, ...COMMON_OPTIONS].map((option) => {
        const short = option.short ? ` -s ${option.short.slice(1)}` : '';
        const value = option.choices ? ` -x -a ${single(option.choices.join(' '))}` : option.value ? ' -r' : '';
        return `complete -c ${PROGRAM} ${when} -l ${option.name.slice(2)}${short}${value} -d ${single(option.meaning)}`;
      }),
      ...(operands.words ? [`complete -c ${PROGRAM} ${when} -f -a ${single(operands.words.join(' '))}`] : []),
    ];
  });
  return `# fish completion of ${PROGRAM}\n${lines.join('\n')}\n`;
}

function single(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
