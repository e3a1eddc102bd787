import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';

export const simulate: Command = {
  name: 'simulate',
  summary: 'Shows what a topology does when something breaks, in virtual time',
  usage: 'FILE|PROFILE [--fault NAME]… [--compare FILE|PROFILE,…] [--seeds A..B]',
  notes: [
    'The decisions are those of the agents in the pods; servers, Sentinels, network and disks are models (docs/simulation.md). PROFILE is strict, default or cache: three servers as that profile has them.',
    'Each fault strikes once with each seed, and clients write meanwhile. Told are the longest time without an acknowledged write, the writes lost, refused, the time until all is whole, and why; beside it, what a cluster showed for the same fault. Without --fault: those that are asked about most.',
    'The same seed always gives the same run, and --explain tells it, event by event.',
  ],
  operands: { kind: 'topology', least: 0, most: 1 },
  options: [
    {
      name: '--fault',
      value: 'NAME',
      example: 'master-killed',
      repeatable: true,
      meaning:
        "one of --list with hyphens for its blanks, 'all', or several with commas between them; may be given several times",
    },
    { name: '--list', meaning: 'the names of all faults, and what each does' },
    {
      name: '--compare',
      value: 'TOPOLOGIES',
      example: 'strict,default',
      meaning: 'further files or profiles, with commas between them, beside the first',
    },
    { name: '--seeds', value: 'A..B', example: '1..1000', meaning: 'which seeds (1..100)' },
    { name: '--load', value: 'N/s', example: '200/s', meaning: 'writes a second, of all clients (200/s)' },
    { name: '--write-confirmed', meaning: 'each write is confirmed by WAIT; otherwise every other one is' },
    { name: '--nodes', value: 'N', example: '3', meaning: 'nodes that the pods are on (one for each pod of a set)' },
    { name: '--zones', value: 'N', example: '3', meaning: 'zones that the nodes are in (3)' },
    {
      name: '--open',
      meaning:
        'the page on which the run can be watched and more be broken: prints its address, and on a terminal opens it',
    },
    { name: '--explain', value: 'SEED', example: '17', meaning: 'one run of one fault, event by event' },
  ],
  examples: [
    { command: 'simulate charts/production.yaml', meaning: 'the faults that are asked about most' },
    {
      command: 'simulate strict --compare default,cache --fault partition',
      meaning: 'what a partition loses',
    },
    { command: 'simulate cache.yaml --fault zone-lost --zones 2', meaning: 'what the third zone is for' },
    { command: 'simulate strict --fault master-killed --explain 17', meaning: 'one run, event by event' },
    { command: 'simulate charts/production.yaml --open', meaning: 'to play with it in a browser' },
  ],
  async run(call) {
    const { runSimulation } = await import('../simulate.js');
    await runSimulation(call);
    return EXIT.ok;
  },
};
