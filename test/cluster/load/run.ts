import { createWriteStream, existsSync, writeFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { LastingConnection } from '../../../src/client/lasting-connection.js';
import { MasterWatch } from '../../../src/client/watch-master.js';
import type { Files } from './background.js';
import {
  type Access,
  type Address,
  masterConnection,
  now,
  pinnedConnection,
  plainConnection,
  sleep,
  whereaboutsOf,
} from './client.js';
import { formatEntry, type HistoryEntry } from './history.js';
import { readBack } from './read-back.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

export interface RunOptions {
  readonly access: Access;
  readonly files: Files;
  /** One word that no other run's keys begin with. */
  readonly run: string;
  readonly writers: number;
  /** Operations a second of each writer. */
  readonly rate: number;
  /** Of each writer between two operations, in ms, in place of a rate. */
  readonly pause?: number;
  /** Replicas that `WAIT` asks for after each write. */
  readonly wait: number;
  /** Clients that read the writers' registers, as often. */
  readonly readers: number;
  /** Number of the first writer and reader, so that the histories of two programs can be judged together. */
  readonly first: number;
  /** Whose registers are read: those of the writers from 0 to this, excluded; 0: no writer writes one. */
  readonly watched: number;
  /** A server to cling to. @default - the master, wherever it goes */
  readonly pinned?: Address;
  /** The Service that leads to the master, in place of the Sentinels. */
  readonly plain?: Address;
  /** When nobody stops it. */
  readonly seconds: number;
}

/** Writes until it is told to stop, then reads every key back. When it returns, the history is complete. */
export async function run(options: RunOptions): Promise<void> {
  const { access, files, run: name, writers: count, rate, pause, wait, readers, first, watched, seconds } = options;
  const file = createWriteStream(files.history);
  const served = new Set<number>();
  const log = (entry: HistoryEntry) => {
    file.write(formatEntry(entry));
    if (served.size < count && entry.kind === 'write' && entry.outcome === 'ok') {
      served.add(entry.writer);
      if (served.size === count) writeFileSync(files.flowing, '');
    }
  };
  const watch = new MasterWatch(whereaboutsOf(access));
  const clients: LastingConnection[] = [];
  const connect = (writer: number): LastingConnection => {
    const tell = (event: string, detail: string) => log({ kind: 'connection', writer, at: now(), event, detail });
    const { pinned, plain } = options;
    let client: LastingConnection;
    if (pinned) client = pinnedConnection(pinned, access, tell);
    else if (plain) client = plainConnection(plain, access, tell);
    else client = masterConnection(access, watch, tell, writer);
    clients.push(client);
    return client;
  };
  const numbered = <T>(length: number, make: (number: number) => T) =>
    Array.from({ length }, (_, index) => make(first + index));
  const register = watched > 0;
  const writers = numbered(
    count,
    (number) => new Writer(number, connect(number), { run: name, rate, pause, wait, register }, log),
  );
  const watchers = numbered(readers, (number) => new Reader(number, connect(number), name, rate, watched, log));
  const running = Promise.all([...writers, ...watchers].map((client) => client.run()));

  await orderToStop(files.stop, seconds);
  for (const client of [...writers, ...watchers]) client.stop();
  await running;
  for (const client of clients) client.close();

  const reading = masterConnection(access, watch);
  await readBack(reading, name, new Map(writers.map((writer, index) => [first + index, writer.operations])), log);
  reading.close();
  watch.close();
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
