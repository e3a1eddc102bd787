import { Redis, type RedisOptions, ReplyError } from 'ioredis';
import { type Address, formatAddress } from './address.js';
import { messageOf } from './finding.js';
import { OPERATION_TIMEOUT_MS } from './limits.js';
import type { Settings } from './settings.js';

/** The network's failure, as against a server's error reply: it tells nothing about the server's configuration. */
export class NoAnswer extends Error {}

/** What every connection shares: no second attempt behind the checks' back, and a bound on each step. */
const BOUNDED: RedisOptions = {
  lazyConnect: true,
  retryStrategy: null,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  connectTimeout: OPERATION_TIMEOUT_MS,
  commandTimeout: OPERATION_TIMEOUT_MS,
};

/** Whom an application asks for the master. */
export function theMaster({ sentinels, masterName, password }: Settings): RedisOptions {
  return {
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    name: masterName,
    role: 'master',
    password,
    sentinelPassword: password,
    // Without it a frozen master holds an application for ever.
    failoverDetector: true,
  };
}

/** One connection to one server or Sentinel, or to whichever server is the master. */
export class Connection {
  private lastError: Error | undefined;

  private constructor(
    private readonly redis: Redis,
    readonly address: string,
  ) {
    // ioredis tells the cause here, and to the commands only that the connection is closed.
    redis.on('error', (error: Error) => {
      this.lastError = error;
    });
  }

  /** To this very address. Without a password nothing is sent before the first command. */
  static to(address: Address, password?: string): Connection {
    const redis = new Redis({
      ...BOUNDED,
      ...address,
      ...(password === undefined ? {} : { password }),
      // RESP2 needs no HELLO, which a server that wants a password would refuse before our own command.
      protocol: 2,
      disableClientInfo: true,
      // Its INFO would wait for a loading server; the checks want to be told.
      enableReadyCheck: false,
    });
    return new Connection(redis, formatAddress(address));
  }

  /** To the master, as an application finds it. */
  static throughSentinel(settings: Settings): Connection {
    const redis = new Redis({
      ...BOUNDED,
      ...theMaster(settings),
      sentinelCommandTimeout: OPERATION_TIMEOUT_MS,
      sentinelRetryStrategy: () => null,
      sentinelReconnectStrategy: () => null,
    });
    return new Connection(redis, `master '${settings.masterName}'`);
  }

  /**
   * Sends one command.
   * @throws ReplyError when the server answers with an error
   * @throws NoAnswer when it cannot be reached or stays silent for OPERATION_TIMEOUT_MS
   */
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
    if (isReplyError(error)) return error;
    const vague = /Connection is closed|max retries per request/.test(messageOf(error));
    const cause = vague ? (this.lastError ?? error) : error;
    if (isReplyError(cause)) return cause;
    const text = /timed? ?out/i.test(messageOf(cause))
      ? `no answer within ${OPERATION_TIMEOUT_MS / 1000} s`
      : messageOf(cause);
    return new NoAnswer(`${this.address}: ${text}`);
  }
}

/** Opens a connection for the length of `use`. */
export async function withConnection<T>(
  connection: Connection,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  try {
    return await use(connection);
  } finally {
    connection.close();
  }
}

/** ioredis bounds connecting and each command, but not the whole way through several silent Sentinels. */
async function bounded<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('connecting timed out')), 2 * OPERATION_TIMEOUT_MS);
  });
  return Promise.race([promise, silence]).finally(() => clearTimeout(timer));
}

/** A server's own answer, as against a failure of the network. */
export function isReplyError(error: unknown): error is Error {
  return error instanceof ReplyError;
}
