import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { print, printJson } from '../print.js';
import { IN_CLUSTER } from './in-cluster.js';

export const verify: Command = {
  name: 'verify',
  summary: 'Runs the verification Job in the cluster, and tells what it found',
  usage: 'FILE|NAME [-n NAMESPACE] [--context CONTEXT] [--keep]',
  notes: [
    'By FILE the Job is the one that synth gives; by NAME the newest of that topology that is in the cluster, once more. It gets a name of its own, and is deleted when it has ended, or at Ctrl-C. Through your own kubectl (KUBECTL names another).',
    'Ends with the status of the Job: 0 sound, 1 unsound, 2 it could not be told.',
  ],
  operands: { kind: 'topology', least: 1, most: 1 },
  options: [...IN_CLUSTER, { name: '--keep', meaning: 'leave the Job with its log' }],
  examples: [
    { command: 'verify charts/production.yaml', meaning: 'after kubectl apply' },
    { command: 'verify production -n caches --json', meaning: 'the report alone' },
  ],
  failure: EXIT.unknown,
  async run({ operands: [given = ''], json, value, has }) {
    const { targetOf } = await import('../target.js');
    const { verifyInCluster } = await import('../verify/run.js');
    const { interruptible } = await import('../interrupt.js');
    const { coloured } = await import('../terminal.js');
    const { Progress } = await import('../progress.js');
    const target = targetOf(given, value('--namespace'), value('--context'));
    const progress = new Progress({ live: json ? false : undefined });
    const line = json ? () => {} : progress.print;
    const { exitCode, report, why, job } = await interruptible((signal) =>
      verifyInCluster(target, { signal, keep: has('--keep'), line }),
    ).finally(() => progress.end());
    if (json) {
      printJson(report ?? { verdict: 'unknown', exitCode, job, error: { message: why } });
    } else if (report) {
      const colour = { sound: 'green', unsound: 'red', unknown: 'yellow' } as const;
      const { topology, verdict, checks, milliseconds } = report;
      const seconds = (milliseconds / 1000).toFixed(1);
      print(`${topology}: ${coloured(colour[verdict], verdict)}, ${checks.length} checks in ${seconds} s`);
    } else {
      print(`${target.name}: could not tell: ${why}`);
    }
    return exitCode;
  },
};
