import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../../client/connection.js';
import { findMaster, type Whereabouts } from '../../client/find-master.js';
import { describe, isList, type Outcome, type Reply } from '../../client/outcome.js';
import { DRILL_STEPS_MS } from './limits.js';
import type { ProgramSettings } from './settings.js';

/** Keys a request: short enough for one command's time on a busy machine. */
const CHUNK = 500;

const COMMAND_TIMEOUT_MS = 1000;

/**
 * Reads keys from whoever is master now.
 * @throws Error when there is no answer within the time
 */
export async function readBack(
  settings: ProgramSettings,
  keys: readonly string[],
): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>();
  await byChunks(settings, keys, 'MGET', (chunk, reply) => {
    const values = isList(reply) ? reply : [];
    for (const [i, key] of chunk.entries()) found.set(key, typeof values[i] === 'string' ? values[i] : null);
  });
  return found;
}

/** @throws Error when there is no answer within the time */
export function deleteKeys(settings: ProgramSettings, keys: readonly string[]): Promise<void> {
  return byChunks(settings, keys, 'UNLINK', () => {});
}

/** Both may be done twice without harm, so a failed attempt is repeated, with whoever is master then. */
async function byChunks(
  settings: ProgramSettings,
  keys: readonly string[],
  command: string,
  take: (chunk: readonly string[], reply: Reply) => void,
): Promise<void> {
  const deadline = Date.now() + DRILL_STEPS_MS.readBack;
  const whereabouts = whereaboutsOf(settings);
  let connection: Connection | undefined;
  try {
    for (let from = 0, attempt = 0; from < keys.length; ) {
      const chunk = keys.slice(from, from + CHUNK);
      const master = connection ?? (await findMaster(whereabouts, attempt++));
      connection = master instanceof Connection ? master : undefined;
      const outcome: Outcome =
        master instanceof Connection ? await master.send([command, ...chunk], COMMAND_TIMEOUT_MS) : master;
      if (outcome.kind === 'reply') {
        take(chunk, outcome.reply);
        from += CHUNK;
      } else {
        connection?.close();
        connection = undefined;
        if (Date.now() > deadline) throw new Error(describe(outcome));
        await sleep(50);
      }
    }
  } finally {
    connection?.close();
  }
}

function whereaboutsOf({ masterName, sentinels, user, password, sentinelPassword, tls }: ProgramSettings): Whereabouts {
  const connectTimeoutMs = COMMAND_TIMEOUT_MS;
  return {
    masterName,
    sentinels: () =>
      sentinels.map((sentinel) => ({ ...sentinel, user, password: sentinelPassword, tls, connectTimeoutMs })),
    server: (host, port) => ({ host, port, user, password, tls, connectTimeoutMs }),
  };
}
