import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { LastingConnection } from '../../src/client/lasting-connection.js';
import type { Failure } from '../../src/client/outcome.js';
import { type Answer, FakeServer } from '../client/server.js';
import type { Outcome, WriteEntry } from '../cluster/load/history.js';
import { outcomeOf, Writer, type WriterOptions } from '../cluster/load/writer.js';

const atEnd: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of atEnd.splice(0).reverse()) await end();
});

/** What a writer saw in that time of a server that answers so. */
async function written(ms: number, options: Partial<WriterOptions>, answer: Answer): Promise<WriteEntry[]> {
  const server = await FakeServer.start(answer);
  const connection = LastingConnection.toServer(() => server.endpoint);
  atEnd.push(
    () => server.stop(),
    () => connection.close(),
  );
  await connection.found();
  const entries: WriteEntry[] = [];
  const writer = new Writer(3, connection, { run: 'r', rate: 50, wait: 0, ...options }, (entry) => entries.push(entry));
  const running = writer.run();
  await sleep(ms);
  writer.stop();
  await running;
  return entries;
}

const serve: Answer = ([name]) => (name === 'WAIT' ? ':2\r\n' : '+OK\r\n');

it('writes faster with a short pause than at the usual rate', async () => {
  // Long enough for the first stall of a machine that is busy starting other tests to be a small part of it.
  const [usual, fast] = await Promise.all([written(2000, {}, serve), written(2000, { pause: 1 }, serve)]);
  expect(usual.length).toBeGreaterThan(1);
  expect(fast.length).toBeGreaterThan(2 * usual.length);
});

it('notes who answered, and how many replicas had the write', async () => {
  const [first] = await written(50, { wait: 1 }, serve);
  expect(first).toMatchObject({ writer: 3, seq: 0, outcome: 'ok', master: '127.0.0.1', waited: 2 });
});

it('does not count a refused write as an unknown one', async () => {
  const [first] = await written(50, {}, () => '-NOREPLICAS Not enough good replicas to write.\r\n');
  expect(first).toMatchObject({ outcome: 'error', error: expect.stringMatching(/^NOREPLICAS/) });
});

it('writes the register together with its key, where there are readers', async () => {
  const commands: (readonly string[])[] = [];
  await written(50, { register: true }, (command) => {
    commands.push(command);
    return '+OK\r\n';
  });
  expect(commands[0]).toEqual(['MSET', 'r:w3:0', '0', 'r:w3:last', '0']);
});

it.each<[outcome: Failure, expected: Outcome]>([
  [{ kind: 'error', message: 'NOREPLICAS' }, 'error'],
  [{ kind: 'busy', message: 'LOADING' }, 'error'],
  [{ kind: 'denied', message: 'NOAUTH' }, 'error'],
  [{ kind: 'refused', message: 'the connection was closed' }, 'unknown'],
  [{ kind: 'silent', afterMs: 1000 }, 'unknown'],
])('takes %j for %s', (outcome, expected) => expect(outcomeOf(outcome)).toBe(expected));
