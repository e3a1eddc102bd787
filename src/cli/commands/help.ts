import { COMMON_OPTIONS, type Command } from '../command.js';
import { EXIT, EXIT_MEANINGS } from '../exit-codes.js';
import { helpOf, helpOfAll } from '../help.js';
import { print, printJson } from '../print.js';

/** @param commands asked for only when it runs: this is one of them */
export function helpCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    summary: 'Tells how a command is used',
    usage: '[COMMAND]',
    notes: [],
    operands: {
      kind: 'word',
      least: 0,
      most: 1,
      get words() {
        return commands().map(({ name }) => name);
      },
    },
    options: [],
    examples: [{ command: 'help status', meaning: 'the same as status --help' }],
    run({ operands: [name], json }) {
      const all = commands();
      const command = all.find((each) => each.name === name);
      if (json) {
        const exit = EXIT_MEANINGS.map(([status, meaning]) => ({ status, meaning }));
        const described = (command ? [command] : all).map(({ run: _, failure: __, ...said }) => said);
        printJson({ commands: described, commonOptions: COMMON_OPTIONS, exit });
      } else {
        print(command ? helpOf(command) : helpOfAll(all));
      }
      return EXIT.ok;
    },
  };
}
