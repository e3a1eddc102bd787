import { type Access, MasterConnection, sleep } from './client.js';
import { keyOf, type ReadBackEntry } from './history.js';

/** Keys a request: short enough for COMMAND_TIMEOUT on a busy machine. */
const CHUNK = 500;

/** How long a master is sought, in ms. */
const PATIENCE = 60_000;

/** Reads every key of the run from the master, whatever became of its write. */
export async function readBack(
  access: Access,
  operations: readonly number[],
  log: (entry: ReadBackEntry) => void,
): Promise<void> {
  const connection = new MasterConnection(access);
  const deadline = Date.now() + PATIENCE;
  try {
    for (const [writer, count] of operations.entries()) {
      for (let from = 0; from < count; from += CHUNK) {
        const seqs = Array.from({ length: Math.min(CHUNK, count - from) }, (_, i) => from + i);
        const values = await patiently(() => connection.redis.mget(seqs.map((seq) => keyOf(writer, seq))), deadline);
        for (const [i, seq] of seqs.entries()) {
          log({ kind: 'read-back', writer, seq, value: values[i] ?? null });
        }
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
