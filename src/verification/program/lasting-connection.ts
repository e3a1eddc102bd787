import { Redis } from 'ioredis';
import { theMaster } from './connection.js';
import { messageOf } from './finding.js';
import type { Settings } from './settings.js';

/** How soon a broken connection is tried again. */
const RETRY_MS = 50;

/** A command without an answer is given up after this time: its result is then unknown. */
const COMMAND_TIMEOUT_MS = 1000;

/**
 * A connection to the master as an application keeps it: found through Sentinel, and found anew after a failover. It
 * lasts until it is closed. A command is sent once: repeated behind the caller's back, it would hide a loss.
 */
export class LastingConnection {
  readonly redis: Redis;
  /** Why it was last broken, for messages. */
  lastError = 'none';
  private closed = false;

  constructor(settings: Settings) {
    this.redis = new Redis({
      ...theMaster(settings),
      connectTimeout: COMMAND_TIMEOUT_MS,
      // It counts from before the connection; a shorter one sends a client on a busy machine from Sentinel to Sentinel.
      sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
      commandTimeout: COMMAND_TIMEOUT_MS,
      // How long a silent server may hold up the closing of its connection.
      disconnectTimeout: 200,
      retryStrategy: () => RETRY_MS,
      sentinelRetryStrategy: () => RETRY_MS,
      sentinelReconnectStrategy: () => 1000,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      // Queued in the client, an outage would end in a burst.
      enableOfflineQueue: false,
      // A demoted master: find the new one.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    for (const event of ['error', 'sentinelError']) {
      this.redis.on(event, (error: unknown) => {
        this.lastError = messageOf(error);
      });
    }
    // A `+switch-master` that comes while ioredis 6.0.0 is connecting anew ends that client for good, whatever its
    // retryStrategy. An application must begin again itself.
    this.redis.on('end', () => setTimeout(() => this.reopen(), RETRY_MS));
  }

  /** Whether a command would be sent at once. */
  get open(): boolean {
    return this.redis.status === 'ready';
  }

  close(): void {
    this.closed = true;
    this.redis.disconnect();
  }

  private reopen(): void {
    if (!this.closed) this.redis.connect().catch(() => {});
  }
}
