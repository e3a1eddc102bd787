import { ask, Connection } from './connection.js';
import type { Endpoint } from './endpoint.js';
import { describe, type Failure, isList, type Outcome } from './outcome.js';
import { namedAddress } from './sentinel.js';

/** Where a topology is, and how to be let in. Asked again for each connection, since a password may change. */
export interface Whereabouts {
  readonly masterName: string;
  sentinels(): readonly Endpoint[];
  /** How to connect to the server that a Sentinel names. */
  server(host: string, port: number): Endpoint;
}

/** Asks a Sentinel, by its number among them. */
export type AskSentinel = (index: number, question: readonly string[], timeoutMs: number) => Promise<Outcome>;

/** Ample for a Sentinel that lives; one that hangs must not add more than that to an outage. */
const SENTINEL_TIMEOUT_MS = 500;

/**
 * One attempt to find the master, as Redis asks of its clients: a Sentinel is asked for its address, and the server there
 * must say that it is master, for what the Sentinel says may be old.
 *
 * @param turn which Sentinel is asked: another one at each attempt, so that one that is dead is not waited for again
 * @param askSentinel @default - each time over a connection of its own
 * @returns a connection that is ready, or why there is none
 */
export async function findMaster(
  whereabouts: Whereabouts,
  turn: number,
  askSentinel?: AskSentinel,
): Promise<Connection | Failure> {
  const { masterName } = whereabouts;
  const sentinels = whereabouts.sentinels();
  const index = turn % sentinels.length;
  const sentinel = sentinels[index];
  if (!sentinel) return { kind: 'refused', message: 'there is no Sentinel to ask' };
  const question = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName];
  const answer = await (askSentinel?.(index, question, SENTINEL_TIMEOUT_MS) ??
    ask(sentinel, question, SENTINEL_TIMEOUT_MS));
  const who = `Sentinel ${sentinel.host}:${sentinel.port}`;
  if (answer.kind !== 'reply') return { ...answer, message: `${who}: ${describe(answer)}` };
  const named = namedAddress(answer.reply);
  if (!named) return { kind: 'error', message: `${who} knows no master '${masterName}'` };
  return connectToMaster(whereabouts.server(named.host, named.port));
}

async function connectToMaster(endpoint: Endpoint): Promise<Connection | Failure> {
  const connection = Connection.open(endpoint);
  const role = await connection.send(['ROLE'], endpoint.connectTimeoutMs ?? 1000);
  if (role.kind === 'reply' && isList(role.reply) && role.reply[0] === 'master') return connection;
  connection.close();
  const who = `${endpoint.host}:${endpoint.port}`;
  if (role.kind !== 'reply') return { ...role, message: `${who}: ${describe(role)}` };
  return { kind: 'error', message: `${who} is not master` };
}
