import type { Command } from '../command.js';
import { printJson } from '../print.js';

const DEVELOPMENT = 'charts/development.yaml';

export const rehearse: Command = {
  name: 'rehearse',
  summary: 'Runs a topology on this machine, without Kubernetes, and verifies it',
  usage: '[FILE]',
  notes: [
    `FILE is ${DEVELOPMENT} unless given. Starts the containers of its manifest as processes, verifies, kills the master, deletes its pod, and counts lost writes. Needs Linux and redis-server or valkey-server.`,
  ],
  operands: { kind: 'file', least: 0, most: 1 },
  options: [],
  examples: [{ command: 'rehearse charts/production.yaml', meaning: 'how long a failover takes, and what it loses' }],
  async run({ operands: [file = DEVELOPMENT], json }) {
    const { PROJECT } = await import('../project.js');
    const { objectsOf } = await import('../synth.js');
    // A program of its own, read only now.
    const { rehearse } = await import('../../rehearsal/rehearse.js');
    const objects = objectsOf(file, PROJECT);
    if (!json) {
      const { Progress } = await import('../progress.js');
      const progress = new Progress();
      return rehearse(objects, { print: progress.print }).finally(() => progress.end());
    }
    const events: object[] = [];
    const lines: string[] = [];
    const status = await rehearse(objects, { print: (line) => lines.push(line), event: (event) => events.push(event) });
    printJson({ sound: status === 0, events, lines });
    return status;
  },
};
