import { Connection as Client } from '../../client/connection.js';
import type { Endpoint } from '../../client/endpoint.js';
import type { Failure, Outcome, Reply } from '../../client/outcome.js';
import { type Address, formatAddress } from './address.js';
import { OPERATION_TIMEOUT_MS } from './limits.js';

/** The network's failure, as against a server's error reply: it tells nothing about the server's configuration. */
export class NoAnswer extends Error {}

/** A server's own answer, as against a failure of the network. */
export class ReplyError extends Error {}

/** What a check speaks through. */
export interface Asked {
  /**
   * Sends one command.
   * @throws ReplyError when the server answers with an error
   * @throws NoAnswer when it cannot be reached or stays silent for OPERATION_TIMEOUT_MS
   */
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
  close(): void;
}

/** Whom to log in as, and with what. */
export interface Login {
  readonly user?: string;
  readonly password?: string;
  /** Undefined: there is no TLS. */
  readonly tls?: Endpoint['tls'];
}

/** One connection to one server or Sentinel, without a second attempt behind the checks' back. */
export class Connection implements Asked {
  private constructor(
    private readonly client: Client,
    readonly address: string,
  ) {}

  /** To this very address. Without a password nothing is sent before the first command. */
  static to(address: Address, login: Login = {}): Connection {
    const client = Client.open({ ...address, ...login, connectTimeoutMs: OPERATION_TIMEOUT_MS });
    return new Connection(client, formatAddress(address));
  }

  send(args: readonly string[]): Promise<Outcome> {
    return this.client.send(args, OPERATION_TIMEOUT_MS);
  }

  async call(command: string, ...args: (string | number)[]): Promise<Reply> {
    return replyIn(await this.send([command, ...args.map(String)]), this.address);
  }

  close(): void {
    this.client.close();
  }
}

/** @throws ReplyError or NoAnswer */
export function replyIn(outcome: Outcome, address: string): Reply {
  if (outcome.kind === 'reply') return outcome.reply;
  throw failure(outcome, address);
}

export function failure(outcome: Failure, address: string): ReplyError | NoAnswer {
  switch (outcome.kind) {
    case 'silent':
      return new NoAnswer(`${address}: ${silence(outcome.message)}`);
    case 'refused':
    case 'untrusted':
      return new NoAnswer(`${address}: ${outcome.message}`);
    default:
      return new ReplyError(outcome.message);
  }
}

/** Why nobody answered, where that is known. */
export function silence(reason?: string): string {
  return reason ?? `no answer within ${OPERATION_TIMEOUT_MS / 1000} s`;
}

/** Opens a connection for the length of `use`. */
export async function withConnection<C extends Asked, T>(
  connection: C,
  use: (connection: C) => Promise<T>,
): Promise<T> {
  try {
    return await use(connection);
  } finally {
    connection.close();
  }
}

export function isReplyError(error: unknown): error is ReplyError {
  return error instanceof ReplyError;
}

/** Of the servers' login in a topology's settings, nothing else. */
export function loginIn({ user, password, tls }: Login): Login {
  return { user, password, tls };
}
