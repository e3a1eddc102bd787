import { TopologyFileError } from '../topology-file/problem.js';
import { parseArguments } from './arguments.js';
import { PROGRAM, UsageError } from './command.js';
import { COMMANDS, STANDARD } from './commands/index.js';
import { EXIT } from './exit-codes.js';
import { Interrupted } from './interrupt.js';
import { printJson } from './print.js';

// Not `process.exit`: what was printed to a pipe may not be through yet.
main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

async function main(words: readonly string[]): Promise<number> {
  let failure: number = EXIT.failed;
  let asJson = words.includes('--json');
  try {
    const { command, call } = parseArguments(words, COMMANDS, STANDARD);
    failure = command.failure ?? EXIT.failed;
    asJson = call.json;
    return await command.run(call);
  } catch (error) {
    if (error instanceof Interrupted) return error.exitStatus;
    if (asJson) printJson({ error: asData(error) });
    else console.error(explain(error));
    return error instanceof UsageError ? EXIT.usage : failure;
  }
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\nTry: ${PROGRAM} help`;
  if (error instanceof TopologyFileError) return error.message;
  return `error: ${error instanceof Error ? error.message : String(error)}`;
}

function asData(error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof TopologyFileError ? { message, problems: error.problems } : { message };
}
