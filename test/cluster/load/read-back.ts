import { type Access, MasterConnection, sleep } from './client.js';
import { keyOf, type ReadBackEntry } from './history.js';

/** Keys a request: short enough for COMMAND_TIMEOUT on a busy machine. */
const CHUNK = 500;

/** How long a master is sought, in ms. */
const PATIENCE = 60_000;

/**
 * Reads every key of the run from the master, whatever became of its write, and then deletes it: many runs one after the
 * other would fill the servers, and a full cache evicts keys that nobody lost.
 *
 * @param operations how many operations each writer had, by its number
 */
export async function readBack(
  access: Access,
  run: string,
  operations: ReadonlyMap<number, number>,
  log: (entry: ReadBackEntry) => void,
): Promise<void> {
  const connection = new MasterConnection(access);
  const deadline = Date.now() + PATIENCE;
  try {
    for (const [writer, count] of operations) {
      for (let from = 0; from < count; from += CHUNK) {
        const seqs = Array.from({ length: Math.min(CHUNK, count - from) }, (_, i) => from + i);
        const values = await patiently(
          () => connection.redis.mget(seqs.map((seq) => keyOf(run, writer, seq))),
          deadline,
        );
        for (const [i, seq] of seqs.entries()) {
          log({ kind: 'read-back', writer, seq, value: values[i] ?? null });
        }
        await patiently(() => connection.redis.unlink(seqs.map((seq) => keyOf(run, writer, seq))), deadline);
      }
    }
  } finally {
    connection.close();
  }
}

/** Reading changes nothing, so it may be tried again. */
async function patiently<T>(action: () => Promise<T>, deadline: number): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
