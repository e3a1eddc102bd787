import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';

const KEYS = Array.from({ length: 100 }, (_, index) => `kept:${index}`);

/** Writes 100 keys to the master, and waits until every replica has them. */
export async function fill(rehearsal: Rehearsal, master: string): Promise<void> {
  await rehearsal.view.redis(master, 'MSET', ...KEYS.flatMap((key) => [key, key]));
  const replicas = rehearsal.servers.length - 1;
  const reached = await rehearsal.view.redis(master, 'WAIT', String(replicas), '5000');
  // MIN_REPLICAS and the link state are not enough: WAIT on this connection counts only writes of this connection.
  if (Number(reached) < replicas) {
    await rehearsal.until(async () => (await kept(rehearsal, ...rehearsal.servers)) === KEYS.length, 'replicas lag');
  }
}

/** How many of the 100 keys are there, on the server that has the fewest. */
export async function kept(rehearsal: Rehearsal, ...servers: string[]): Promise<number> {
  const counts = await Promise.all(
    servers.map(async (server) => {
      const values = await rehearsal.view.redis(server, 'MGET', ...KEYS);
      return Array.isArray(values) ? values.filter((value, index) => value === KEYS[index]).length : 0;
    }),
  );
  return Math.min(...counts);
}

/** All of them. */
export const ALL = KEYS.length;

/** Some 200 bytes under each of so many keys, made by the server itself. */
export async function populate(rehearsal: Rehearsal, master: string, keys: number): Promise<void> {
  const script =
    "for i = 1, tonumber(ARGV[1]) do redis.call('SET', 'filling:' .. i .. ':' .. ARGV[2], string.rep('x', 200)) end";
  const STEP = 5000;
  for (let done = 0; done < keys; done += STEP) {
    await rehearsal.view.redis(master, 'EVAL', script, '0', String(STEP), String(done));
  }
}

/** Has a server write its append-only file anew: all that it has is in the base then. */
export async function rewrite(rehearsal: Rehearsal, server: string): Promise<void> {
  await rehearsal.view.redis(server, 'BGREWRITEAOF');
  await rehearsal.until(async () => {
    const info = await rehearsal.view.info(server, 'persistence');
    return info.aof_rewrite_in_progress === '0' && info.aof_rewrite_scheduled === '0';
  }, `${server} does not end its rewrite`);
}
