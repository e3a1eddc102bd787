import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from './finding.js';
import { LastingConnection } from './lasting-connection.js';
import { DRILL_STEPS_MS } from './limits.js';
import type { Settings } from './settings.js';

/** Keys a request: short enough for one command's time on a busy machine. */
const CHUNK = 500;

/**
 * Reads keys from whoever is master now.
 * @throws Error when there is no answer within the time
 */
export async function readBack(settings: Settings, keys: readonly string[]): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>();
  await byChunks(settings, keys, async ({ redis }, chunk) => {
    const values = await redis.mget(chunk);
    for (const [i, key] of chunk.entries()) found.set(key, values[i] ?? null);
  });
  return found;
}

/** @throws Error when there is no answer within the time */
export function deleteKeys(settings: Settings, keys: readonly string[]): Promise<void> {
  return byChunks(settings, keys, ({ redis }, chunk) => redis.unlink(chunk));
}

/** Both may be done twice without harm, so a failed attempt is repeated. */
async function byChunks(
  settings: Settings,
  keys: readonly string[],
  use: (connection: LastingConnection, chunk: string[]) => Promise<unknown>,
): Promise<void> {
  const deadline = Date.now() + DRILL_STEPS_MS.readBack;
  const connection = new LastingConnection(settings);
  try {
    for (let from = 0; from < keys.length; ) {
      try {
        await use(connection, keys.slice(from, from + CHUNK));
        from += CHUNK;
      } catch (error) {
        if (Date.now() > deadline) throw new Error(connection.open ? messageOf(error) : connection.lastError);
        await sleep(50);
      }
    }
  } finally {
    connection.close();
  }
}
