/** Port of every Redis server, in its pod and on its Service. */
export const REDIS_PORT = 6379;

/** Port of every Sentinel, in its pod and on its Services. */
export const SENTINEL_PORT = 26379;
