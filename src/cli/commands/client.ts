import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { print, printJson } from '../print.js';

const FORMATS = ['env', 'json', 'values'] as const;

export const client: Command = {
  name: 'client',
  summary: 'Tells what applications must be told to reach a topology',
  usage: 'FILE|- [--format env|json|values] [--prefix PREFIX] [--user NAME]',
  notes: [
    'env: environment variables. values: what goes into the pod of an application, in the words that most charts use. The password itself is never in it, but the Secret that holds it.',
  ],
  operands: { kind: 'file', least: 1, most: 1 },
  options: [
    { name: '--format', value: 'FORMAT', choices: FORMATS, meaning: 'env, json or values; env unless given' },
    {
      name: '--user',
      value: 'NAME',
      example: 'shop',
      meaning: 'which user the application gets, where there are several',
    },
    { name: '--prefix', value: 'PREFIX', example: 'CACHE', meaning: 'begins the variables; REDIS unless given' },
  ],
  examples: [
    { command: 'client charts/production.yaml', meaning: 'environment variables' },
    { command: 'client charts/production.yaml --format values', meaning: "for the values of an application's chart" },
  ],
  async run({ operands: [file = ''], json, value }) {
    const { clientFactsOf, clientText } = await import('../client.js');
    const facts = clientFactsOf(file);
    const format = json ? 'json' : (value('--format') ?? 'env');
    if (format === 'json') printJson(facts);
    else print(clientText(facts, format === 'values' ? 'values' : 'env', value('--prefix'), value('--user')));
    return EXIT.ok;
  },
};
