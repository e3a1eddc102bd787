import { charts } from 'charts:typescript';
import { join } from 'node:path';
import { TopologyFileError } from '../topology-file/problem.js';
import { type Command, HELP, parseArguments, UsageError } from './arguments.js';
import { print } from './print.js';
import { objectsOf, synth } from './synth.js';

/** Set by the build. */
declare const VERSION: string;

/** This file runs from the build/ of its project. */
const PROJECT = { bundled: charts, home: join(__dirname, '..') };
const DEVELOPMENT = 'charts/development.yaml';

// Not `process.exit`: what was printed to a pipe may not be through yet.
main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

async function main(words: readonly string[]): Promise<number> {
  try {
    return await run(parseArguments(words));
  } catch (error) {
    console.error(explain(error));
    return 1;
  }
}

async function run(command: Command): Promise<number> {
  switch (command.name) {
    case 'help':
      print(HELP.trimEnd());
      return 0;
    case 'version':
      print(VERSION);
      return 0;
    case 'synth':
      print(synth({ ...command, ...PROJECT }).join('\n'));
      return 0;
    case 'rehearse': {
      // A program of its own, read only now: synth needs none of it, and is to start fast.
      const { rehearse } = await import('../rehearsal/rehearse.js');
      return rehearse(objectsOf(command.file ?? DEVELOPMENT, PROJECT));
    }
  }
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\nTry: cdk8s-redis-sentinel help`;
  if (error instanceof TopologyFileError) return error.message;
  return `error: ${error instanceof Error ? error.message : String(error)}`;
}
