import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { print, printJson } from '../print.js';

export const explain: Command = {
  name: 'explain',
  summary: 'Explains a word of a topology file: type, default, meaning, example',
  usage: '[KEY]',
  notes: ['KEY is a word, or several with dots between them. Without KEY: the words at the top.'],
  operands: { kind: 'key', least: 0, most: 1 },
  options: [],
  examples: [
    { command: 'explain', meaning: 'all words at the top' },
    { command: 'explain persistence.appendOnly', meaning: 'one of them, and what is below it' },
  ],
  async run({ operands: [key], json }) {
    const { explain, explanationText, groups, groupsText } = await import('../explain.js');
    if (key === undefined) {
      if (json) printJson({ groups: groups() });
      else print(groupsText());
    } else {
      const explanation = explain(key);
      if (json) printJson(explanation);
      else print(explanationText(explanation));
    }
    return EXIT.ok;
  },
};
