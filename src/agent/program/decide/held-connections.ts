import type { Known } from './known.js';
import type { HandOverMemory, HeldConnectionsMemory } from './memory.js';
import type { Step } from './orders.js';
import { own } from './views.js';

/** Half of the shortest down-after that a topology may have, ms. */
const FREE_EVERY_MS = 500;

/**
 * A master whose writes are paused is not considered down.
 *
 * Sentinels publish their hello messages on the master, and a pause of writes holds PUBLISH too: the connection on which it
 * waits answers no PING either, so that they consider the master down after down-after, and promote a replica that may not
 * have everything. (Seen on Redis 8.0 and Valkey 8.1, with all replicas hanging while the master was told to stop: the writes
 * that it was waiting for them to receive were lost.) A connection that is closed is made anew at once, and PING is the first
 * thing on it.
 *
 * | this server is master, and                      | then                                                     |
 * |-------------------------------------------------|----------------------------------------------------------|
 * | pauses writes for a hand-over, until an heir is promoted | closes held connections of Sentinels every 500 ms |
 * | is fenced                                       | closes held connections of Sentinels every 500 ms        |
 * | is stopping, and waits for its replicas         | closes held connections of Sentinels every 500 ms        |
 * | takes writes                                    | nothing                                                  |
 */
export function decideHeldConnections(
  known: Known,
  memory: HeldConnectionsMemory,
  handOver: HandOverMemory,
  fenced: boolean,
): Step<HeldConnectionsMemory> {
  const { now } = known;
  const { phase } = handOver;
  const { state, since } = known.server;
  // Nobody asks for a hand-over any more once it is over, and the server stops only then.
  const stopping = phase === 'over' ? since : memory.stopping;
  const waits = fenced || phase === 'catch-up' || phase === 'by-sentinel' || stopping === since;
  if (!waits || state !== 'running' || own(known)?.info?.role !== 'master') {
    const isSame = memory.freedAt === undefined && memory.stopping === stopping;
    return { memory: isSame ? memory : { stopping }, orders: [], needs: {}, why: 'writes are not paused' };
  }
  // A hand-over is usually over by then.
  const freedAt = memory.freedAt ?? now;
  const left = freedAt + FREE_EVERY_MS - now;
  if (left > 0) return { memory: { freedAt, stopping }, orders: [], needs: {}, why: 'writes are paused', again: left };
  return {
    memory: { freedAt: now, stopping },
    orders: [{ do: 'free-sentinels' }],
    needs: {},
    why: 'writes are paused',
    again: FREE_EVERY_MS,
  };
}
