import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { print, printJson } from '../print.js';

/** Set by the build. */
declare const VERSION: string;

export const version: Command = {
  name: 'version',
  summary: 'Tells its version',
  usage: '',
  notes: ['Also: --version, -v.'],
  operands: { kind: 'none', least: 0, most: 0 },
  options: [],
  examples: [],
  run({ json }) {
    if (json) printJson({ version: VERSION, node: process.version });
    else print(VERSION);
    return EXIT.ok;
  },
};
