import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { print, printJson } from '../print.js';

export const validate: Command = {
  name: 'validate',
  summary: 'Checks topologies as synth does, and writes nothing',
  usage: '[FILE…|-]',
  notes: [
    'Every mistake of every FILE is told at once, with its place, the rule, the reason and the remedy. Without FILE: all of charts/.',
  ],
  operands: { kind: 'file', least: 0, most: Number.POSITIVE_INFINITY },
  options: [],
  examples: [
    { command: 'validate charts/*.yaml', meaning: 'before a commit' },
    { command: 'validate --json cache.yaml', meaning: 'for a tool: { "sound": …, "problems": […] }' },
  ],
  async run({ operands: files, json }) {
    const { PROJECT } = await import('../project.js');
    const { manifests } = await import('../synth.js');
    const { TopologyFileError } = await import('../../topology-file/problem.js');
    try {
      const topologies = manifests({ files, ...PROJECT }).map(({ name, source }) => ({ name, file: source }));
      if (json) printJson({ sound: true, topologies, problems: [] });
      else print(topologies.map(({ name, file }) => `${file}: '${name}' is sound`).join('\n'));
      return EXIT.ok;
    } catch (error) {
      if (!json || !(error instanceof TopologyFileError)) throw error;
      printJson({ sound: false, topologies: [], problems: error.problems });
      return EXIT.failed;
    }
  },
};
