/** Port of every Redis server, in its pod and on its Service. */
export const REDIS_PORT = 6379;

/** Port of every Sentinel, in its pod and on its Services. */
export const SENTINEL_PORT = 26379;

/**
 * Where the engines listen while TLS is turned on or off, on the loopback interface of their pod alone: the agent takes 6379 and
 * 26379 then, and leads each connection to one of these. Below the ports that Linux gives to whoever connects.
 */
export const INNER_PORTS = {
  redis: { plain: 16379, tls: 16380 },
  sentinel: { plain: 16381, tls: 16382 },
} as const;

/** Port of the agent in every pod, on which it answers probes and tells what it knows (HTTP). It has no Service. */
export const AGENT_PORT = 8379;

/** Port of the exporter beside a server or Sentinel (HTTP); the one that it has by default. */
export const EXPORTER_PORT = 9121;
/** Ports of a proxy: for clients of the master, for readers, and for probes and metrics (HTTP). */
export const MASTER_PROXY_PORT = 6379;
export const READ_PROXY_PORT = 6380;
export const PROXY_STATUS_PORT = 8404;
