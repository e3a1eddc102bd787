// What an application expects of a cache, in the words of its client: asked through Sentinel, as applications do.
import type { Context } from './checks.js';
import { Unsound } from './finding.js';

const PURPOSE = 'contract';
const VALUE = 'written by the verification';

/** PING is answered. */
export async function ping({ client }: Context): Promise<string> {
  // The first command also finds the master and connects.
  const connecting = Date.now();
  await client.call('PING');
  const connected = Date.now();
  const reply = await client.call('PING');
  expect('PING', reply, 'PONG');
  return `PONG in ${Date.now() - connected} ms (found and connected in ${connected - connecting} ms)`;
}

/** A key that is not there is no error. */
export async function getMissing({ client, keys }: Context): Promise<string> {
  expect('GET of a key that was never set', await client.call('GET', keys.name('missing')), null);
  return 'a key that is not there is empty';
}

/** A value is kept, and has no expiry that nobody asked for. */
export async function setThenGet({ client, keys }: Context): Promise<string> {
  const key = keys.toWrite(PURPOSE);
  expect('SET', await client.call('SET', key, VALUE), 'OK');
  expect('GET of the key just set', await client.call('GET', key), VALUE);
  expect('TTL of a key set without expiry', await client.call('TTL', key), -1);
  return 'the value comes back, without expiry';
}

/** What is deleted is gone. */
export async function delThenGet({ client, keys }: Context): Promise<string> {
  const key = keys.toWrite(PURPOSE);
  expect('DEL of the key set before', await client.call('DEL', key), 1);
  expect('GET of the key just deleted', await client.call('GET', key), null);
  return 'a deleted key is empty';
}

function expect(command: string, reply: unknown, expected: string | number | null): void {
  if (reply === expected) return;
  throw new Unsound(
    `${command} answered ${JSON.stringify(reply)}`,
    JSON.stringify(expected),
    'look for a proxy, a renamed command or another writer between the client and the master',
  );
}
