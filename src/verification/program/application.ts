// The one place where ioredis is used: where it is tried what an application would go through, it must be a client that
// applications have.
import { Redis, type RedisOptions, ReplyError as RedisReplyError } from 'ioredis';
import { type Asked, NoAnswer, ReplyError, silence } from './connection.js';
import { messageOf } from './finding.js';
import { OPERATION_TIMEOUT_MS } from './limits.js';
import type { ProgramSettings } from './settings.js';

/** How soon a broken connection is tried again. */
const RETRY_MS = 50;

/** A command without an answer is given up after this time: its result is then unknown. */
const COMMAND_TIMEOUT_MS = 1000;

/** Whom an application asks for the master. */
export function theMaster({
  sentinels,
  masterName,
  user,
  password,
  sentinelPassword,
  tls,
}: ProgramSettings): RedisOptions {
  return {
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    name: masterName,
    role: 'master',
    username: user,
    password,
    sentinelUsername: user,
    sentinelPassword,
    ...(tls && { tls: { ...tls }, sentinelTLS: { ...tls }, enableTLSForSentinelMode: true }),
    // Without it a frozen master holds an application for ever.
    failoverDetector: true,
  };
}

/** A connection to the master by a client that applications use, for what only such a client can tell. */
export class ApplicationConnection implements Asked {
  private readonly redis: Redis;
  private readonly address: string;
  private lastError: Error | undefined;

  constructor(settings: ProgramSettings) {
    this.address = `master '${settings.masterName}'`;
    this.redis = new Redis({
      ...theMaster(settings),
      // No second attempt behind the checks' back, and a bound on each step.
      lazyConnect: true,
      retryStrategy: null,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      connectTimeout: OPERATION_TIMEOUT_MS,
      commandTimeout: OPERATION_TIMEOUT_MS,
      sentinelCommandTimeout: OPERATION_TIMEOUT_MS,
      sentinelRetryStrategy: () => null,
      sentinelReconnectStrategy: () => null,
    });
    // ioredis tells the cause here, and to the commands only that the connection is closed.
    this.redis.on('error', (error: Error) => {
      this.lastError = error;
    });
  }

  async call(command: string, ...args: (string | number)[]): Promise<unknown> {
    try {
      if (this.redis.status === 'wait') await bounded(this.redis.connect());
      return await this.redis.call(command, ...args);
    } catch (error) {
      throw this.explained(error);
    }
  }

  close(): void {
    this.redis.disconnect();
  }

  private explained(error: unknown): Error {
    const vague = !isRefusal(error) && /Connection is closed|max retries per request/.test(messageOf(error));
    const cause = vague ? (this.lastError ?? error) : error;
    if (isRefusal(cause)) return new ReplyError(cause.message);
    const text = /timed? ?out/i.test(messageOf(cause)) ? silence() : messageOf(cause);
    return new NoAnswer(`${this.address}: ${text}`);
  }
}

/**
 * A connection to the master as an application keeps it: found through Sentinel, and found anew after a failover. It
 * lasts until it is closed. A command is sent once: repeated behind the caller's back, it would hide a loss.
 */
export class LastingApplicationConnection {
  readonly redis: Redis;
  /** Why it was last broken, for messages. */
  lastError = 'none';
  private closed = false;

  constructor(settings: ProgramSettings) {
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

/** ioredis bounds connecting and each command, but not the whole way through several silent Sentinels. */
async function bounded<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('connecting timed out')), 2 * OPERATION_TIMEOUT_MS);
  });
  return Promise.race([promise, silent]).finally(() => clearTimeout(timer));
}

/** What ioredis throws where a server answers with an error. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof RedisReplyError;
}
