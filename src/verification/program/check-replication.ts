// Whether a write reaches every replica, and none takes a write of its own.
import { formatAddress } from './address.js';
import type { Context } from './checks.js';
import { Connection, isReplyError, loginIn, withConnection } from './connection.js';
import { judgeEach, Unsound } from './finding.js';
import { WAIT_TIMEOUT_MS } from './limits.js';
import { knownServers, mastersOf } from './survey.js';

const VALUE = 'replicated by the verification';

/** WAIT confirms a write on all replicas, and each of them has the value. */
export async function replicatedWrite(context: Context): Promise<string> {
  const { client, keys, settings } = context;
  const key = keys.toWrite('replication');
  const expected = settings.servers - 1;
  await client.call('SET', key, VALUE);
  const started = Date.now();
  const confirmed = await client.call('WAIT', expected, WAIT_TIMEOUT_MS);
  const milliseconds = Date.now() - started;
  if (Number(confirmed) !== expected) {
    throw new Unsound(
      `WAIT confirmed a write on ${confirmed} replicas within ${WAIT_TIMEOUT_MS} ms`,
      `${expected}`,
      'look at the replicas that lag (INFO replication on the master), their disks and their network',
    );
  }
  await judgeEach(
    await replicas(context),
    async (address) => {
      const value = await asking(context, address, (replica) => replica.call('GET', key));
      return value === VALUE ? undefined : `${formatAddress(address)} has ${JSON.stringify(value)}`;
    },
    {
      expected: 'the value that was just written, on each replica',
      mend: 'look whether it follows another master or takes writes of its own',
    },
  );
  return `a write is on all ${expected} replicas after ${milliseconds} ms`;
}

/** A replica refuses writes: what it took would vanish at its next synchronisation. */
export async function readOnlyReplicas(context: Context): Promise<string> {
  const key = context.keys.name('read-only');
  const addresses = await replicas(context);
  await judgeEach(
    addresses,
    (address) =>
      asking(context, address, async (replica) => {
        try {
          await replica.call('SET', key, VALUE);
        } catch (error) {
          if (!isReplyError(error)) throw error;
          return error.message.startsWith('READONLY')
            ? undefined
            : `${formatAddress(address)} answered '${error.message}'`;
        }
        // Here and not at the end: the key exists on this replica alone.
        await replica.call('DEL', key);
        return `${formatAddress(address)} took a write`;
      }),
    {
      expected: "the error 'READONLY' from each replica",
      mend: 'CONFIG SET replica-read-only yes there, and look for who changed it',
    },
  );
  return `a write is refused on each of the ${addresses.length} replicas`;
}

async function replicas({ survey }: Context) {
  const seen = await survey();
  const masters = mastersOf(seen);
  return knownServers(seen).filter((address) => !masters.includes(formatAddress(address)));
}

function asking<T>(
  { settings }: Context,
  address: Parameters<typeof formatAddress>[0],
  ask: (one: Connection) => Promise<T>,
) {
  return withConnection(Connection.to(address, loginIn(settings)), ask);
}
