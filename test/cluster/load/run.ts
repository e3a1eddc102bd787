import { createWriteStream, existsSync, writeFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Files } from './background.js';
import { type Access, MasterConnection, now, sleep } from './client.js';
import { formatEntry, type HistoryEntry } from './history.js';
import { readBack } from './read-back.js';
import { Writer } from './writer.js';

export interface RunOptions {
  readonly access: Access;
  readonly files: Files;
  readonly writers: number;
  /** Operations a second of each writer. */
  readonly rate: number;
  /** Replicas that `WAIT` asks for after each write. */
  readonly wait: number;
  /** When nobody stops it. */
  readonly seconds: number;
}

/** Writes until it is told to stop, then reads every key back. When it returns, the history is complete. */
export async function run({ access, files, writers: count, rate, wait, seconds }: RunOptions): Promise<void> {
  const file = createWriteStream(files.history);
  const served = new Set<number>();
  const log = (entry: HistoryEntry) => {
    file.write(formatEntry(entry));
    if (served.size < count && entry.kind === 'write' && entry.outcome === 'ok') {
      served.add(entry.writer);
      if (served.size === count) writeFileSync(files.flowing, '');
    }
  };
  // ioredis 6.0.0 subscribes anew to a Sentinel that was away without looking at the outcome; when that takes longer than
  // `sentinelCommandTimeout` it is a rejection that nobody handles, which would end the program.
  process.on('unhandledRejection', (reason) => {
    log({ kind: 'connection', writer: -1, at: now(), event: 'unhandledRejection', detail: String(reason) });
  });
  const clients = Array.from(
    { length: count },
    (_, writer) =>
      new MasterConnection(access, (event, detail) => log({ kind: 'connection', writer, at: now(), event, detail })),
  );
  const writers = clients.map((client, number) => new Writer(number, client, { rate, wait }, log));
  const running = Promise.all(writers.map((writer) => writer.run()));

  await orderToStop(files.stop, seconds);
  for (const writer of writers) writer.stop();
  await running;
  for (const client of clients) client.close();

  await readBack(
    access,
    writers.map((writer) => writer.operations),
    log,
  );
  file.end();
  await finished(file);
}

async function orderToStop(file: string, seconds: number): Promise<void> {
  let told = false;
  process.once('SIGTERM', () => {
    told = true;
  });
  const deadline = Date.now() + seconds * 1000;
  while (!told && !existsSync(file) && Date.now() < deadline) await sleep(50);
}
