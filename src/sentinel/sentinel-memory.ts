const KIB = 2 ** 10;
const MIB = 2 ** 20;

/** A Sentinel without clients. */
const EMPTY = 12 * MIB;
/** A client that is subscribed. Seen: 900 of them take a Valkey Sentinel beyond 32 MiB, 2,700 beyond 64 MiB. */
const CLIENT = 25 * KIB;

/** How many clients may be subscribed to a Sentinel of so much memory (bytes) before the kernel ends it. */
export function clientsOfSentinel(memory: number): number {
  return Math.max(0, Math.floor((memory - EMPTY) / CLIENT));
}

/** Enough for some 2,000 clients: in a crisis all of an application's clients may be at the last Sentinel that answers. */
export const LEAST_SENTINEL_MEMORY = 64 * MIB;
