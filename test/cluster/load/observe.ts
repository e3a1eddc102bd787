import { Connection } from '../../../src/client/connection.js';
import { describe, type Failure, isList, type Reply } from '../../../src/client/outcome.js';
import { askWholeView, type Peer as KnownPeer } from '../../../src/client/sentinel.js';
import { type Access, type Address, COMMAND_TIMEOUT, endpointOf } from './client.js';
import type { Observation, ObservedSentinel, ObservedServer, Peer } from './observation.js';

/** Asks all of them at once; who does not answer is in the result with the reason. */
export async function observe(access: Access): Promise<Observation> {
  const [servers, sentinels] = await Promise.all([
    Promise.all(access.servers.map((address) => look(address, access, serverView))),
    Promise.all(
      access.sentinels.map((address) =>
        look(address, access, (connection) => sentinelView(connection, access.masterName)),
      ),
    ),
  ]);
  return { servers, sentinels };
}

async function look<T extends object>(
  address: Address,
  access: Access,
  question: (connection: Connection) => Promise<T | Failure>,
): Promise<{ host: string } & (T | { error: string })> {
  const connection = Connection.open(endpointOf(address, access));
  const answer = await question(connection);
  connection.close();
  return { host: address.host, ...('kind' in answer ? { error: describe(answer) } : answer) };
}

async function serverView(connection: Connection): Promise<Omit<ObservedServer, 'host'> | Failure> {
  const outcome = await connection.send(['ROLE'], COMMAND_TIMEOUT);
  if (outcome.kind !== 'reply') return outcome;
  const [role, second, third, link] = listOf(outcome.reply);
  if (role === 'master') {
    const replicas = listOf(third).map(listOf);
    return { role, replicas: replicas.map(([host, port]) => `${host}:${port}`) };
  }
  return { role: String(role), follows: `${second}:${third}`, link: String(link) };
}

async function sentinelView(connection: Connection, name: string): Promise<Omit<ObservedSentinel, 'host'> | Failure> {
  const view = await askWholeView(connection, name, COMMAND_TIMEOUT);
  if ('kind' in view) return view;
  return {
    master: addressOf(view.master),
    flags: view.master.flags.join(','),
    quorum: view.quorum,
    replicas: view.replicas.map(peer),
    sentinels: view.otherSentinels.map(peer),
  };
}

function peer(known: KnownPeer): Peer {
  return { address: addressOf(known), flags: known.flags.join(',') };
}

const addressOf = ({ host, port }: KnownPeer): string => `${host}:${port}`;

const listOf = (reply: Reply | undefined): readonly Reply[] => (reply !== undefined && isList(reply) ? reply : []);
