import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { IN_CLUSTER } from './in-cluster.js';

export const status: Command = {
  name: 'status',
  summary: 'Shows a topology as it is now, what is wrong with it, and what to do',
  usage: 'FILE|NAME [-n NAMESPACE] [--context CONTEXT] [--watch]',
  notes: [
    'Asks the agents of all pods at the same time, through your own kubectl (KUBECTL names another) with your own rights: get pods and statefulsets, and create pods/exec. It changes nothing.',
    'Ends with 0 where the topology is sound, 1 where it is not, 2 where that could not be told.',
  ],
  operands: { kind: 'topology', least: 1, most: 1 },
  options: [
    ...IN_CLUSTER,
    {
      name: '--watch',
      short: '-w',
      meaning: 'again every 2 s, until Ctrl-C; elsewhere than on a terminal only changes',
    },
  ],
  examples: [
    { command: 'status production', meaning: 'a topology in the current namespace' },
    { command: 'status charts/production.yaml --watch', meaning: 'while something is rolled' },
    { command: 'status production -n caches --json', meaning: 'for a tool' },
  ],
  failure: EXIT.unknown,
  async run({ operands: [given = ''], json, value, has }) {
    const { targetOf } = await import('../target.js');
    const { showStatus, watchStatus } = await import('../status/show.js');
    const { interruptible } = await import('../interrupt.js');
    const target = targetOf(given, value('--namespace'), value('--context'));
    return interruptible((signal) =>
      has('--watch') ? watchStatus(target, { json, signal }) : showStatus(target, { json, signal }),
    );
  },
};
