import type { WriteEntry } from './history.js';

/** Acknowledgements of one server that are further apart belong to two reigns, in ms: no failover and back is as short. */
const REIGN_PAUSE = 1000;

/** The time in which one server acknowledged writes without a long pause. */
export interface Reign {
  readonly server: string;
  /** The server surely accepted a write not after this. */
  readonly from: number;
  /** And surely still did at this time. */
  readonly to: number;
  readonly acknowledged: number;
}

/** That two servers accepted writes at the same time, beyond doubt. */
export interface TwoMasters {
  /** How long they both did, in ms. */
  readonly ms: number;
  /** Writes that a server accepted between two that another one accepted. */
  readonly writes: number;
}

/**
 * Who was master when, by the writes that were acknowledged, in the order of time. A server accepts a write somewhere
 * between its invocation and its completion; so a reign is counted from its first completion to its last invocation.
 */
export function reigns(writes: readonly WriteEntry[]): Reign[] {
  const open = new Map<string, WriteEntry[]>();
  const found: Reign[] = [];
  const close = (server: string, own: readonly WriteEntry[]) => {
    const first = own[0] as WriteEntry;
    const to = own.reduce((latest, { invoked }) => Math.max(latest, invoked), first.invoked);
    found.push({ server, from: first.completed, to, acknowledged: own.length });
  };
  for (const write of acknowledged(writes)) {
    const server = write.master as string;
    const own = open.get(server) ?? [];
    const last = own.at(-1);
    if (last && write.completed - last.completed > REIGN_PAUSE) {
      close(server, own);
      open.set(server, [write]);
    } else {
      own.push(write);
      open.set(server, own);
    }
  }
  for (const [server, own] of open) close(server, own);
  return found.sort((a, b) => a.from - b.from);
}

/**
 * Never more than there was: what might have been before or after by a round trip does not count as time, but each single
 * write that another server's reign encloses is counted. A pinned client beside the old master is needed to see anything:
 * those that ask Sentinel leave it.
 */
export function twoMasters(writes: readonly WriteEntry[]): TwoMasters {
  const all = reigns(writes);
  let ms = 0;
  const enclosed = new Set<WriteEntry>();
  for (const [i, one] of all.entries()) {
    for (const other of all.slice(i + 1)) {
      if (one.server === other.server) continue;
      ms += Math.max(0, Math.min(one.to, other.to) - Math.max(one.from, other.from));
    }
  }
  for (const write of acknowledged(writes)) {
    const inside = (reign: Reign) =>
      reign.server !== write.master && reign.from < write.invoked && write.completed < reign.to;
    if (all.some(inside)) enclosed.add(write);
  }
  return { ms, writes: enclosed.size };
}

const acknowledged = (writes: readonly WriteEntry[]): WriteEntry[] =>
  writes
    .filter((write) => write.outcome === 'ok' && write.master !== undefined)
    .sort((a, b) => a.completed - b.completed);
