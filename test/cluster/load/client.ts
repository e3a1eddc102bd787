import { readFileSync } from 'node:fs';
import { Redis, type RedisOptions } from 'ioredis';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Access {
  readonly sentinels: readonly Endpoint[];
  /** Only `observe` asks them directly; writers go through Sentinel. */
  readonly servers: readonly Endpoint[];
  readonly masterName: string;
  /** Read again for each connection: a Secret may change under an application. */
  readonly password: () => string;
}

/** A command without an answer is given up after this time, in ms: its result is then unknown. */
export const COMMAND_TIMEOUT = 1000;

const EVENTS = ['connect', 'ready', 'error', 'sentinelError', 'close', 'reconnecting', 'end'] as const;

/** How soon a broken connection is tried again, in ms. */
const RETRY = 50;

/** What a reader or a writer speaks through. */
export interface Connection {
  readonly redis: Redis;
  /** Whether a command would be sent at once. */
  readonly open: boolean;
  close(): void;
}

/** A connection to the master, found as an application finds it: by asking the Sentinels. It lasts until it is closed. */
export class MasterConnection implements Connection {
  readonly redis: Redis;
  private closed = false;

  /**
   * @param tell hears what the connection goes through
   * @param first which Sentinel is asked first: where all ask the same, all wait for it when its node is dead
   */
  constructor(access: Access, tell: (event: string, detail?: string) => void = () => {}, first = 0) {
    this.redis = new Redis(masterOptions(access, first));
    this.redis.on('close', () => {
      Object.assign(this.redis.options, { password: access.password(), sentinelPassword: access.password() });
    });
    // Among them `error`, which without a listener would end the program.
    for (const event of EVENTS) this.redis.on(event, (detail?: unknown) => tell(event, detailOf(detail)));
    // A `+switch-master` that comes while ioredis 6.0.0 is connecting anew ends that client for good: "Connection is
    // closed." for ever, whatever its retryStrategy. An application must begin again itself.
    this.redis.on('end', () => setTimeout(() => this.reopen(), RETRY));
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

/**
 * A connection to one server by its address, whatever its role: the client that never asks a Sentinel. Beside a master
 * that is cut off it shows until when that one serves.
 */
export class PinnedConnection implements Connection {
  readonly redis: Redis;

  constructor(
    { host, port }: Endpoint,
    password: () => string,
    tell: (event: string, detail?: string) => void = () => {},
  ) {
    this.redis = new Redis({
      host,
      port,
      password: password(),
      connectTimeout: 500,
      disconnectTimeout: 200,
      commandTimeout: COMMAND_TIMEOUT,
      retryStrategy: () => RETRY,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
    });
    for (const event of EVENTS) this.redis.on(event, (detail?: unknown) => tell(event, detailOf(detail)));
  }

  get open(): boolean {
    return this.redis.status === 'ready';
  }

  close(): void {
    this.redis.disconnect();
  }
}

/** Where a connection leads. Through a Service that is the Service's address, which the server announces. */
export function addressOf(redis: Redis): string | undefined {
  const stream = redis.stream as { remoteAddress?: string } | undefined;
  return stream?.remoteAddress;
}

function detailOf(detail: unknown): string | undefined {
  return detail instanceof Error ? detail.message : undefined;
}

function masterOptions({ sentinels, masterName, password }: Access, first: number): RedisOptions {
  const begin = first % sentinels.length;
  return {
    sentinels: [...sentinels.slice(begin), ...sentinels.slice(0, begin)].map(({ host, port }) => ({ host, port })),
    name: masterName,
    role: 'master',
    password: password(),
    sentinelPassword: password(),
    // Without it a frozen master holds its clients for ever: no Sentinel's `+switch-master` reaches them.
    failoverDetector: true,
    // A dead node does not refuse, it is silent; on a cluster's network half a second is a long time for a handshake.
    connectTimeout: 500,
    // It counts from before the connection: on a busy machine 500 ms made a client begin anew for 8 s with one Sentinel
    // after the other, long after all of them named the new master.
    sentinelCommandTimeout: COMMAND_TIMEOUT,
    // How long a silent server may hold up the closing of its connection.
    disconnectTimeout: 200,
    commandTimeout: COMMAND_TIMEOUT,
    retryStrategy: () => RETRY,
    sentinelRetryStrategy: () => RETRY,
    // Sentinels that were away are subscribed to again at once; the default is a minute.
    sentinelReconnectStrategy: () => 1000,
    // A command is sent once. One that was under way when its connection broke has an unknown result, and sending it
    // again would hide the loss of its first attempt.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // A command is sent now or refused now: queued in the client, its time of invocation would say nothing about the
    // servers, and an outage would end in a burst.
    enableOfflineQueue: false,
    // A demoted master: find the new one. The refused command itself is not sent again.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
}

/** One attempt at one server or Sentinel, no other. */
export function connectTo({ host, port }: Endpoint, password: string): Redis {
  const redis = new Redis({
    host,
    port,
    password,
    connectTimeout: 800,
    commandTimeout: COMMAND_TIMEOUT,
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
  });
  redis.on('error', () => {});
  return redis;
}

/** The password in a mounted Secret; the one newline that an editor leaves at its end is no part of it. */
export function readPassword(path: string): string {
  return readFileSync(path, 'utf8').replace(/\n$/, '');
}

/** `host:port,host:port` */
export function parseEndpoints(text: string): Endpoint[] {
  return text.split(',').map((item) => {
    const match = /^(.+):(\d+)$/.exec(item);
    if (!match?.[1]) throw new Error(`an endpoint must be host:port, got '${item}'`);
    return { host: match[1], port: Number(match[2]) };
  });
}

export const now = (): number => performance.timeOrigin + performance.now();

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
