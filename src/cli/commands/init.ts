import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { print, printJson } from '../print.js';

export const init: Command = {
  name: 'init',
  summary: 'Writes a topology file with comments, to begin with',
  usage: '[FILE] [--force]',
  notes: [
    'FILE is topology.yaml unless given, in charts/ where that is there; - is standard output. It asks nothing: each choice that can be left out stands there as a comment.',
  ],
  operands: { kind: 'file', least: 0, most: 1 },
  options: [{ name: '--force', meaning: 'write over a file that is there' }],
  examples: [{ command: 'init charts/shop.yaml', meaning: "a topology called 'shop'" }],
  async run({ operands: [file], json, has }) {
    const { initialise } = await import('../init.js');
    const { PROJECT } = await import('../project.js');
    const { path, text } = initialise({ file, force: has('--force'), home: PROJECT.home });
    if (json) printJson({ file: path, text });
    else if (path === undefined) print(text.trimEnd());
    else print(`${path} new\nNext: cdk8s-redis-sentinel synth ${path}`);
    return EXIT.ok;
  },
};
