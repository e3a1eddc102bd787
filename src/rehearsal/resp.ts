import { connect, type Socket } from 'node:net';

export type Reply = string | number | null | Reply[];

/** An error that the server answered, e.g. `READONLY You can't write against a read only replica.` */
export class ReplyError extends Error {}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly password?: string;
  /** @default 1000 - for connecting, and for each answer */
  readonly timeoutMs?: number;
}

interface Waiter {
  resolve(reply: Reply): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One connection to a Redis server or a Sentinel, in RESP2. It never reconnects and never retries: what happened to a
 * connection is just what a rehearsal wants to see. An answer that does not come in time ends the connection, since
 * later answers could no longer be told apart.
 */
export class RespClient {
  private readonly waiters: Waiter[] = [];
  private received: Buffer = Buffer.alloc(0);
  private failure?: Error;

  /** Connects and, where a password is given, authenticates. */
  static async connect(endpoint: Endpoint): Promise<RespClient> {
    const client = new RespClient(endpoint, connect({ host: endpoint.host, port: endpoint.port, noDelay: true }));
    if (endpoint.password !== undefined) await client.command('AUTH', endpoint.password);
    return client;
  }

  private constructor(
    readonly endpoint: Endpoint,
    private readonly socket: Socket,
  ) {
    socket.on('data', (chunk) => {
      try {
        this.take(chunk);
      } catch (error) {
        this.close(error as Error);
      }
    });
    socket.on('error', (error) => this.close(error));
    socket.on('close', () => this.close(new Error('the server closed the connection')));
  }

  /** Sends one command; commands sent without waiting are answered in order. */
  command(...args: string[]): Promise<Reply> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      const { host, port, timeoutMs = 1000 } = this.endpoint;
      const late = () => this.close(new Error(`no answer to ${args[0]} from ${host}:${port} in ${timeoutMs} ms`));
      this.waiters.push({ resolve, reject, timer: setTimeout(late, timeoutMs) });
      const parts = args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`);
      this.socket.write(`*${args.length}\r\n${parts.join('')}`);
    });
  }

  /** Ends the connection; commands that still wait fail. */
  close(reason = new Error('the connection was closed')): void {
    if (this.failure) return;
    this.failure = reason;
    this.socket.destroy();
    for (const { reject, timer } of this.waiters.splice(0)) {
      clearTimeout(timer);
      reject(reason);
    }
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length > 0 ? Buffer.concat([this.received, chunk]) : chunk;
    let at = 0;
    while (this.waiters.length > 0) {
      const parsed = parse(this.received, at);
      if (!parsed) break;
      at = parsed.end;
      const waiter = this.waiters.shift() as Waiter;
      clearTimeout(waiter.timer);
      if (parsed.value instanceof ReplyError) waiter.reject(parsed.value);
      else waiter.resolve(parsed.value);
    }
    this.received = this.received.subarray(at);
  }
}

/** Connects, sends one command, and closes. */
export async function ask(endpoint: Endpoint, ...args: string[]): Promise<Reply> {
  const client = await RespClient.connect(endpoint);
  try {
    return await client.command(...args);
  } finally {
    client.close();
  }
}

type Parsed = { value: Reply | ReplyError; end: number } | undefined;

/** Reads one value; `undefined` while it is not all there yet. */
function parse(buffer: Buffer, start: number): Parsed {
  const lineEnd = buffer.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const text = buffer.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (String.fromCharCode(buffer[start] ?? 0)) {
    case '+':
      return { value: text, end };
    case '-':
      return { value: new ReplyError(text), end };
    case ':':
      return { value: Number(text), end };
    case '$': {
      const length = Number(text);
      if (length < 0) return { value: null, end };
      if (buffer.length < end + length + 2) return undefined;
      return { value: buffer.toString('utf8', end, end + length), end: end + length + 2 };
    }
    case '*':
      return parseArray(buffer, end, Number(text));
    default:
      throw new Error(`not an answer of Redis: ${JSON.stringify(text.slice(0, 80))}`);
  }
}

function parseArray(buffer: Buffer, start: number, count: number): Parsed {
  if (count < 0) return { value: null, end: start };
  const items: Reply[] = [];
  let end = start;
  for (let index = 0; index < count; index++) {
    const item = parse(buffer, end);
    if (!item) return undefined;
    items.push(item.value instanceof ReplyError ? item.value.message : item.value);
    end = item.end;
  }
  return { value: items, end };
}
