const MIB = 2 ** 20;

/** Share of the container's memory for what Redis counts as its own (`maxmemory`). */
const MAXMEMORY_SHARE = 0.65;
/** Keeps a replica that was away for a minute at 1 MiB/s of writes from copying everything again. */
const USUAL_BACKLOG = 64 * MIB;
/** Of memory: what a small server copies in full is little, and its backlog must leave room for it. */
const MOST_OF_BACKLOG = 0.25;
/** Of memory, for each of a server that is given a `maxmemory` of its own: less, and a full copy or a rewrite ends it. */
const LEAST_FORK = 0.05;
/** Of `maxmemory`. An idle client takes some 2 KiB, one that is at work its query and its answer. */
const CLIENTS_SHARE = 0.1;
/** Of memory, for the writes of a full copy's time. Beyond it the copy is broken off: better than a master killed. */
const REPLICAS_SHARE = 0.2;
/** An empty server takes 14 MiB, as measured with Redis 8.0 and Valkey 8.1. */
const EMPTY_PROCESS = 16 * MIB;
/** What the allocator holds beyond what is in use; a data set of mixed sizes takes 3 to 10 % more than it counts. */
const FRAGMENTATION = 0.05;

/** The least memory of a server: below it less than a sixth of it would be left for a fork and for replicas that copy. */
export const LEAST_MEMORY = 128 * MIB;

/**
 * What the memory of a server's container is for, in bytes. There is one sum, and every limit in redis.conf is a part of it:
 *
 *     memory    = maxmemory + replicas + fork + process
 *     maxmemory = data + backlog + clients
 *
 * (Redis counts backlog and clients' buffers in `maxmemory`; what replicas hold beyond the backlog it does not.)
 *
 * Each part but two is enforced by the server. `fork` cannot be: while a rewrite or a full copy runs, each 4 KiB page that is
 * written to is copied, so writes all over a large data set may take more. `process` is what it is.
 */
export interface MemoryBudget {
  readonly memory: number;
  readonly maxmemory: number;
  /** What is left of `maxmemory` for data when backlog and clients take all of theirs. */
  readonly data: number;
  /** `repl-backlog-size`, the newest writes, for replicas that were away a short while: 64 MiB, at most a quarter of memory, or 1 %. */
  readonly backlog: number;
  /** `maxmemory-clients`: buffers of all clients but replicas. The largest are disconnected when it is exceeded. */
  readonly clients: number;
  /** What replicas that lag, or that are copying, may hold beyond the backlog. */
  readonly replicas: number;
  /** For the pages that are written to while a fork lives. */
  readonly fork: number;
  /** The program itself, and what its allocator cannot give back. */
  readonly process: number;
}

/** @param maxmemory @default - 65 % of memory */
export function memoryBudget(memory: number, maxmemory = Math.floor(memory * MAXMEMORY_SHARE)): MemoryBudget {
  const backlog = Math.max(Math.min(USUAL_BACKLOG, Math.floor(memory * MOST_OF_BACKLOG)), Math.floor(memory / 100));
  const clients = Math.floor(maxmemory * CLIENTS_SHARE);
  const process = EMPTY_PROCESS + Math.floor(maxmemory * FRAGMENTATION);
  const left = memory - maxmemory - process - Math.floor(memory * LEAST_FORK);
  const replicas = Math.max(0, Math.min(Math.floor(memory * REPLICAS_SHARE) - backlog, left));
  return {
    memory,
    maxmemory,
    data: maxmemory - backlog - clients,
    backlog,
    clients,
    replicas,
    fork: memory - maxmemory - replicas - process,
    process,
  };
}

/** What `maxmemory` may be: enough for backlog and clients twice over, and not what replicas and forks need. */
export function maxmemoryBounds(memory: number): { readonly least: number; readonly most: number } {
  const { backlog } = memoryBudget(memory);
  const most = (memory * (1 - 2 * LEAST_FORK) - EMPTY_PROCESS) / (1 + FRAGMENTATION);
  return { least: Math.ceil((2 * backlog) / (1 - CLIENTS_SHARE)), most: Math.floor(most) };
}

/** The sum in words, for one whose memory is too small: `64Mi of replication backlog, 8Mi of clients' buffers, …`. */
export function describeBudget({ backlog, clients, replicas, fork, process }: MemoryBudget): string {
  const mebibytes = (bytes: number) => `${Math.max(0, Math.round(bytes / MIB))}Mi`;
  return (
    `${mebibytes(backlog)} of replication backlog, ${mebibytes(clients)} of clients' buffers, ` +
    `${mebibytes(replicas + fork)} for replicas that copy and the pages that a fork copies, and ${mebibytes(process)} of the process`
  );
}
