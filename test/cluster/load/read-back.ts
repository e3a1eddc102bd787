import type { LastingConnection } from '../../../src/client/lasting-connection.js';
import { describe, isList, type Reply } from '../../../src/client/outcome.js';
import { COMMAND_TIMEOUT, sleep } from './client.js';
import { keyOf, type ReadBackEntry } from './history.js';

/** Keys a request: short enough for COMMAND_TIMEOUT on a busy machine. */
const CHUNK = 500;

/** How long a master is sought, in ms. */
const PATIENCE = 60_000;

/**
 * Reads every key of the run from the master, whatever became of its write, and then deletes it: many runs one after the
 * other would fill the servers, and a full cache evicts keys that nobody lost.
 *
 * @param connection to the master
 * @param operations how many operations each writer had, by its number
 */
export async function readBack(
  connection: LastingConnection,
  run: string,
  operations: ReadonlyMap<number, number>,
  log: (entry: ReadBackEntry) => void,
): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (const [writer, count] of operations) {
    for (let from = 0; from < count; from += CHUNK) {
      const seqs = Array.from({ length: Math.min(CHUNK, count - from) }, (_, i) => from + i);
      const keys = seqs.map((seq) => keyOf(run, writer, seq));
      const reply = await patiently(connection, ['MGET', ...keys], deadline);
      const values = isList(reply) ? reply : [];
      for (const [i, seq] of seqs.entries()) {
        const value = values[i] ?? null;
        log({ kind: 'read-back', writer, seq, value: value === null ? null : String(value) });
      }
      await patiently(connection, ['UNLINK', ...keys], deadline);
    }
  }
}

/** Both may be done twice without harm. */
async function patiently(connection: LastingConnection, command: readonly string[], deadline: number): Promise<Reply> {
  for (;;) {
    const outcome = await connection.send(command, COMMAND_TIMEOUT);
    if (outcome.kind === 'reply') return outcome.reply;
    if (Date.now() > deadline) throw new Error(`${command[0]}: ${describe(outcome)}`);
    await sleep(100);
  }
}
