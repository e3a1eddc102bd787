// What only a real server can show: that it speaks as the parser and the connection expect it to.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, Connection, type ConnectionOptions } from '../../src/client/connection.js';
import { serverInfo } from '../../src/client/info.js';
import type { Reply } from '../../src/client/outcome.js';
import { hasEngine } from '../../src/rehearsal/binaries.js';
import { own } from '../support/own-processes.js';

const ENGINES = (['redis', 'valkey'] as const).map((engine, index) => ({ engine, host: `127.78.0.${index + 1}` }));

describe.each(ENGINES)('$engine', ({ engine, host }) => {
  const there = hasEngine(engine, process.env.PATH ?? '');
  const endpoint = { host, port: 6379, password: 'correct horse', connectTimeoutMs: 10_000 };
  const folder = mkdtempSync(join(tmpdir(), 'client-'));
  let server: ChildProcess;

  beforeAll(async () => {
    if (!there) return;
    const config = join(folder, 'server.conf');
    writeFileSync(config, `bind ${host}\ndir ${folder}\nsave ""\nrequirepass "${endpoint.password}"\n`);
    server = own(spawn(`${engine}-server`, [config], { stdio: 'ignore' }));
    while ((await ask(endpoint, ['PING'])).kind !== 'reply') await sleep(20);
  });

  afterAll(async () => {
    if (server?.kill('SIGKILL')) await new Promise((resolve) => server.once('exit', resolve));
    rmSync(folder, { recursive: true });
  });

  async function using<T>(use: (connection: Connection) => Promise<T>, options?: ConnectionOptions): Promise<T> {
    const connection = Connection.open(endpoint, options);
    try {
      return await use(connection);
    } finally {
      connection.close();
    }
  }

  test.runIf(there)('answers nine thousand commands that are sent together, each with its own', async () => {
    await using(async (connection) => {
      const numbers = Array.from({ length: 9_000 }, (_, i) => `${i} €`);
      const outcomes = await Promise.all(numbers.map((text) => connection.send(['ECHO', text])));
      expect(outcomes).toEqual(numbers.map((reply) => ({ kind: 'reply', reply })));
    });
  });

  test.runIf(there)('gives back a large value as it was', async () => {
    await using(async (connection) => {
      const value = 'ö\r\n'.repeat(2_000_000);
      await connection.send(['SET', 'large', value]);
      const outcome = await connection.send(['GET', 'large']);
      expect(outcome.kind === 'reply' && outcome.reply === value).toBe(true);
    });
  });

  test.runIf(there)('denies a wrong password, and whoever gives none', async () => {
    expect(await ask({ ...endpoint, password: 'wrong' }, ['PING'], 10_000)).toMatchObject({ kind: 'denied' });
    expect(await ask({ ...endpoint, password: undefined }, ['PING'], 10_000)).toMatchObject({ kind: 'denied' });
  });

  test.runIf(there)('is heard when it has no room for one more, which is not the same as being away', async () => {
    await using(async (connection) => {
      await connection.send(['CONFIG', 'SET', 'maxclients', '1']);
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => ask(endpoint, ['PING'], 10_000)));
      await connection.send(['CONFIG', 'SET', 'maxclients', '10000']);
      expect(outcomes.map(({ kind }) => kind)).toEqual(Array(20).fill('busy'));
    });
  });

  test.runIf(there).each(['2', '3'])('delivers messages in RESP%s', async (protocol) => {
    const pushes: (readonly Reply[])[] = [];
    const setup = [['HELLO', protocol]];
    await using(
      async (subscriber) => {
        expect(await subscriber.send(['SUBSCRIBE', 'one', 'two'])).toMatchObject({ kind: 'reply' });
        expect((await subscriber.send(['PING'])).kind).toBe('reply');
        await using((publisher) => publisher.send(['PUBLISH', 'two', 'hello']));
        while (pushes.length === 0) await sleep(5);
      },
      { setup, onPush: (push) => pushes.push(push) },
    );
    expect(pushes).toEqual([['message', 'two', 'hello']]);
  });

  test.runIf(there)('tells of itself the same in RESP2 and RESP3, in a form that is understood', async () => {
    const infoIn = (protocol: string) =>
      using((connection) => connection.send(['INFO', 'replication']), { setup: [['HELLO', protocol]] });
    const [second, third] = await Promise.all(['2', '3'].map(infoIn));
    expect(third).toEqual(second);
    const text = second?.kind === 'reply' ? String(second.reply) : '';
    expect(serverInfo(text)).toMatchObject({ role: 'master', replicas: [] });
  });

  test.runIf(there)('is silent while it is stopped, and answers late what it was asked', async () => {
    await using(async (connection) => {
      await connection.ready;
      server.kill('SIGSTOP');
      const late = await connection.send(['ECHO', 'late'], 50);
      const since = connection.oldestPendingSince;
      server.kill('SIGCONT');
      expect([late.kind, typeof since]).toEqual(['silent', 'number']);
      expect(await connection.send(['ECHO', 'next'])).toEqual({ kind: 'reply', reply: 'next' });
      expect(connection.oldestPendingSince).toBeUndefined();
    });
  });

  test.runIf(there)('closes its connections when it is killed, which is known at once', async () => {
    await using(async (connection) => {
      await connection.ready;
      server.kill('SIGKILL');
      expect(await connection.closed).toMatchObject({ kind: 'refused' });
    });
    expect(await ask(endpoint, ['PING'], 5000)).toMatchObject({ kind: 'refused' });
  });
});
