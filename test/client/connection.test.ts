import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { ask, Connection, type ConnectionOptions, type Endpoint } from '../../src/client/connection.js';
import type { Outcome, Reply } from '../../src/client/outcome.js';
import { Authority } from '../../src/rehearsal/certificates.js';
import { type Answer, FakeServer } from './server.js';

const atEnd: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of atEnd.splice(0).reverse()) await end();
});

async function serve(answer: Answer): Promise<FakeServer> {
  const server = await FakeServer.start(answer);
  atEnd.push(() => server.stop());
  return server;
}

function open(endpoint: Endpoint, options?: ConnectionOptions): Connection {
  const connection = Connection.open(endpoint, options);
  atEnd.push(() => connection.close());
  return connection;
}

/** Lets in whoever says `secret`; echoes what it is asked. */
const withPassword: Answer = ([name = '', ...args]) => {
  if (name === 'AUTH') return args.at(-1) === 'secret' ? '+OK\r\n' : '-WRONGPASS invalid\r\n';
  return `+${[name, ...args].join(' ')}\r\n`;
};

const echo: Answer = (command) => `+${command.join(' ')}\r\n`;

describe('answers', () => {
  test('each command gets its own, sent together and before the connection is there', async () => {
    const { endpoint } = await serve(withPassword);
    const connection = open({ ...endpoint, password: 'secret' });
    expect(connection.state).toBe('connecting');
    const outcomes = await Promise.all(['a', 'b', 'c'].map((word) => connection.send(['ECHO', word])));
    expect(outcomes).toEqual(['a', 'b', 'c'].map((word) => ({ kind: 'reply', reply: `ECHO ${word}` })));
    expect(await connection.ready).toEqual({ kind: 'reply', reply: 'OK' });
    expect(connection.state).toBe('ready');
    expect(connection.lastReplyAt).toBeGreaterThan(0);
  });

  test('a command that is to stay unanswered goes just before the one it belongs to, and takes nobody an answer', async () => {
    let isSkipped = false;
    const server = await serve((command) => {
      const answer = isSkipped ? undefined : echo(command, undefined as never);
      isSkipped = command.join(' ') === 'CLIENT REPLY SKIP';
      return isSkipped ? undefined : answer;
    });
    const connection = open(server.endpoint);
    const outcomes = await Promise.all([
      connection.send(['ECHO', 'a']),
      connection.send(['WAIT', '1', '100'], 1000, ['PUBLISH', 'channel', '?']),
      connection.send(['ECHO', 'b']),
    ]);
    expect(outcomes.map((outcome) => outcome.kind === 'reply' && outcome.reply)).toEqual([
      'ECHO a',
      'WAIT 1 100',
      'ECHO b',
    ]);
    expect(server.commands.map(([name]) => name)).toEqual(['ECHO', 'CLIENT', 'PUBLISH', 'WAIT', 'ECHO']);
  });

  test('what is set up is sent behind AUTH and before all else', async () => {
    const server = await serve(withPassword);
    const connection = open(
      { ...server.endpoint, password: 'secret' },
      {
        setup: [
          ['HELLO', '3'],
          ['CLIENT', 'ID'],
        ],
      },
    );
    await connection.send(['PING']);
    expect(server.commands.map(([name]) => name)).toEqual(['AUTH', 'HELLO', 'CLIENT', 'PING']);
  });

  test.each<[message: string, kind: string]>([
    ['READONLY no', 'error'],
    ['NOREPLICAS no', 'error'],
    ['LOADING wait', 'busy'],
    ['MASTERDOWN wait', 'busy'],
    ['NOAUTH no', 'denied'],
    ['NOPERM no', 'denied'],
    ['ERR max number of clients reached', 'busy'],
  ])('the error %s is %s', async (message, kind) => {
    const { endpoint } = await serve(() => `-${message}\r\n`);
    expect(await ask(endpoint, ['SET', 'a', 'b'])).toEqual({ kind, message });
  });

  test('an error inside a list is part of the answer', async () => {
    const { endpoint } = await serve(() => '*2\r\n+OK\r\n-WRONGTYPE no\r\n');
    expect(await ask(endpoint, ['EXEC'])).toEqual({ kind: 'reply', reply: ['OK', { error: 'WRONGTYPE no' }] });
  });
});

describe('passwords', () => {
  test('a wrong one: every command is denied, and the connection closes', async () => {
    const { endpoint } = await serve(withPassword);
    const closed: Outcome[] = [];
    const connection = open({ ...endpoint, password: 'wrong' }, { onClosed: (outcome) => closed.push(outcome) });
    const denied = { kind: 'denied', message: 'WRONGPASS invalid' };
    expect(await Promise.all([connection.send(['GET', 'a']), connection.send(['GET', 'b']), connection.ready])).toEqual(
      [denied, denied, denied],
    );
    expect(await connection.send(['GET', 'c'])).toEqual(denied);
    expect(connection.state).toBe('closed');
    expect(closed).toEqual([denied]);
  });

  test('a server that wants none lets in', async () => {
    const refusal = '-ERR AUTH <password> called without any password configured for the default user.\r\n';
    const { endpoint } = await serve(([name]) => (name === 'AUTH' ? refusal : '+PONG\r\n'));
    expect(await ask({ ...endpoint, password: 'secret' }, ['PING'])).toEqual({ kind: 'reply', reply: 'PONG' });
  });

  test('a server without room for one more is no server without a password', async () => {
    const message = 'ERR max number of clients reached';
    const { endpoint } = await serve((_, socket) => {
      socket.end(`-${message}\r\n`);
      return undefined;
    });
    expect(await ask({ ...endpoint, password: 'secret' }, ['PING'])).toEqual({ kind: 'busy', message });
  });

  test('nothing else is sent before the password is accepted', async () => {
    let letIn = () => {};
    const server = await serve(([name], socket) => {
      if (name !== 'AUTH') return '+PONG\r\n';
      letIn = () => socket.write('+OK\r\n');
      return undefined;
    });
    const connection = open({ ...server.endpoint, user: 'operator', password: 'secret' });
    const answer = connection.send(['PING']);
    await until(() => server.commands.length > 0);
    await sleep(50);
    expect(server.commands).toEqual([['AUTH', 'operator', 'secret']]);
    letIn();
    expect(await answer).toEqual({ kind: 'reply', reply: 'PONG' });
  });
});

describe('no answer in time', () => {
  test('is silence; the connection stays, and later answers find their commands', async () => {
    const server = await serve(([name]) => (name === 'HANG' ? undefined : `+${name}\r\n`));
    const connection = open(server.endpoint);
    await connection.ready;
    const first = await connection.send(['HANG'], 30);
    expect(first).toMatchObject({ kind: 'silent' });
    expect((first as { afterMs: number }).afterMs).toBeGreaterThanOrEqual(29);
    expect(connection.state).toBe('ready');
    const second = connection.send(['PING']);
    for (const socket of server.sockets) socket.write('+late\r\n');
    expect(await second).toEqual({ kind: 'reply', reply: 'PING' });
  });

  test('the oldest command that is owed an answer tells since when, also after it timed out', async () => {
    const server = await serve(([name]) => (name === 'PING' ? '+PONG\r\n' : undefined));
    const connection = open(server.endpoint);
    const early = connection.send(['HANG'], 1);
    expect(connection.oldestPendingSince).toBeUndefined();
    await connection.ready;
    const readyAt = connection.oldestPendingSince as number;
    await early;
    void connection.send(['HANG'], 1);
    expect(connection.oldestPendingSince).toBe(readyAt);
    for (const socket of server.sockets) socket.write('+one\r\n');
    await until(() => connection.oldestPendingSince !== readyAt);
    expect(connection.oldestPendingSince).toBeGreaterThan(readyAt);
    for (const socket of server.sockets) socket.write('+two\r\n');
    await until(() => connection.oldestPendingSince === undefined);
  });

  test('a server that accepts and says nothing is silent when connecting takes too long', async () => {
    const { endpoint } = await serve(() => undefined);
    const connection = open({ ...endpoint, password: 'secret', connectTimeoutMs: 30 });
    expect(await connection.send(['PING'])).toMatchObject({ kind: 'silent' });
    expect(await connection.ready).toMatchObject({ kind: 'silent' });
    expect(connection.state).toBe('closed');
  });

  test('an answer that came while this process did not run is an answer', async () => {
    const { endpoint } = await serve(echo);
    const connection = open(endpoint);
    await connection.ready;
    // The server runs in this process too: it gets its turn first, and the answer lies there when the timer is due.
    const answer = connection.send(['PING'], 20);
    await new Promise(setImmediate);
    const until = performance.now() + 100;
    while (performance.now() < until);
    expect(await answer).toEqual({ kind: 'reply', reply: 'PING' });
  });

  test('a name that nobody knows tells nothing of a server', async () => {
    expect(await ask({ host: 'nowhere.invalid', port: 6379 }, ['PING'], 5000)).toMatchObject({ kind: 'silent' });
  });

  test('what hangs does not fill the memory', async () => {
    const { endpoint } = await serve(() => undefined);
    const connection = open(endpoint, { maxPending: 3 });
    for (let i = 0; i < 3; i++) void connection.send(['HANG']);
    expect(await connection.send(['HANG'])).toMatchObject({ kind: 'silent', message: '3 commands without an answer' });
  });
});

describe('nobody there', () => {
  test('a port at which nobody listens refuses', async () => {
    const server = await FakeServer.start(echo);
    await server.stop();
    const closed: Outcome[] = [];
    const connection = open(
      { ...server.endpoint, password: 'secret' },
      { onClosed: (outcome) => closed.push(outcome) },
    );
    expect(await connection.send(['PING'])).toMatchObject({ kind: 'refused' });
    expect(await connection.ready).toMatchObject({ kind: 'refused' });
    expect(closed).toHaveLength(1);
  });

  test.each(['destroy', 'resetAndDestroy', 'end'] as const)(
    'a connection that ends by %s before the answer',
    async (how) => {
      const { endpoint } = await serve((_, socket) => {
        socket[how]();
        return undefined;
      });
      expect(await ask(endpoint, ['PING'])).toMatchObject({ kind: 'refused' });
    },
  );

  test('who answers in another language', async () => {
    const { endpoint } = await serve(() => 'HTTP/1.1 400 Bad Request\r\n\r\n');
    const outcome = await ask(endpoint, ['PING']);
    expect(outcome).toMatchObject({ kind: 'refused', message: expect.stringMatching(/^malformed/) });
  });

  test('an answer that nobody asked for ends the connection', async () => {
    const server = await serve(() => '+one\r\n+two\r\n');
    const connection = open(server.endpoint);
    expect(await connection.send(['PING'])).toEqual({ kind: 'reply', reply: 'one' });
    expect(await connection.send(['PING'])).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/^malformed/),
    });
  });

  test('closed by this side, nobody is told, and commands end as refused', async () => {
    const { endpoint } = await serve(() => undefined);
    const closed: Outcome[] = [];
    const connection = open(endpoint, { onClosed: (outcome) => closed.push(outcome) });
    const waiting = connection.send(['HANG']);
    connection.close();
    expect(await waiting).toMatchObject({ kind: 'refused' });
    expect(closed).toEqual([]);
  });
});

describe('subscriptions', () => {
  const message = (kind: string) => `${kind}3\r\n$7\r\nmessage\r\n+ch\r\n+hello\r\n`;

  test.each([
    ['RESP2', '*'],
    ['RESP3', '>'],
  ])('%s: messages come unasked, the confirmations are the answer', async (_, list) => {
    const server = await serve(([name, ...args]) =>
      name === 'SUBSCRIBE'
        ? args.map((channel, i) => `${list}3\r\n+subscribe\r\n+${channel}\r\n:${i + 1}\r\n`).join(message(list))
        : '+PONG\r\n',
    );
    const pushes: (readonly Reply[])[] = [];
    const connection = open(server.endpoint, { onPush: (push) => pushes.push(push) });
    const before = connection.send(['PING']);
    const subscribed = connection.send(['SUBSCRIBE', 'ch', 'other']);
    const after = connection.send(['PING']);
    expect(await before).toEqual({ kind: 'reply', reply: 'PONG' });
    expect(await subscribed).toEqual({ kind: 'reply', reply: ['subscribe', 'other', 2] });
    expect(await after).toEqual({ kind: 'reply', reply: 'PONG' });
    for (const socket of server.sockets) socket.write(message(list));
    await until(() => pushes.length === 2);
    expect(pushes).toEqual([
      ['message', 'ch', 'hello'],
      ['message', 'ch', 'hello'],
    ]);
  });

  test('who is not subscribed may be answered with a list that begins so', async () => {
    const { endpoint } = await serve(() => message('*'));
    expect(await ask(endpoint, ['LRANGE', 'list', '0', '-1'])).toEqual({
      kind: 'reply',
      reply: ['message', 'ch', 'hello'],
    });
  });

  test('a subscription may be denied', async () => {
    const { endpoint } = await serve(() => '-NOPERM no\r\n');
    expect(await ask(endpoint, ['SUBSCRIBE', 'a', 'b'])).toEqual({ kind: 'denied', message: 'NOPERM no' });
  });
});

describe.skipIf(spawnSync('openssl', ['version']).status !== 0)('TLS', () => {
  test('a certificate of the authority that is trusted', async () => {
    const { key, cert } = certificate();
    const endpoint = { ...(await serveTls({ key, cert })), tls: { ca: cert, servername: 'localhost' } };
    const connection = open(endpoint);
    expect(await connection.send(['PING'])).toEqual({ kind: 'reply', reply: 'PING' });
    expect(await connection.ready).toEqual({ kind: 'reply', reply: 'OK' });
  });

  test('a certificate of nobody known, and one of another name', async () => {
    const { key, cert } = certificate();
    const { host, port } = await serveTls({ key, cert });
    const ways = [{ servername: 'localhost' }, { ca: cert, servername: 'other.example' }];
    for (const tls of ways) {
      expect(await ask({ host, port, tls }, ['PING'])).toMatchObject({ kind: 'untrusted' });
    }
  });

  test('a server that does not accept ours', async () => {
    const { key, cert } = certificate();
    const { host, port } = await serveTls({ key, cert, requestCert: true, rejectUnauthorized: true });
    const outcome = await ask({ host, port, tls: { ca: cert, servername: 'localhost' } }, ['PING']);
    expect(outcome).toMatchObject({ kind: 'untrusted' });
  });

  test('one that has expired', async () => {
    const { key, certificate: cert, ca } = new Authority().issue({ names: ['DNS:localhost'], days: 0 });
    // It ends with the second in which it was made.
    await sleep(1100);
    const { host, port } = await serveTls({ key, cert });
    const outcome = await ask({ host, port, tls: { ca, servername: 'localhost' } }, ['PING']);
    expect(outcome).toMatchObject({ kind: 'untrusted', message: expect.stringMatching(/expired/) });
  });

  test('a server without TLS', async () => {
    const { endpoint } = await serve(echo);
    const { cert } = certificate();
    expect((await ask({ ...endpoint, tls: { ca: cert } }, ['PING'], 500)).kind).toMatch(/untrusted|silent/);
  });

  test('no password is sent to a server whose certificate is not accepted', async () => {
    const { key, cert } = certificate();
    const server = await FakeServer.start(echo, { key, cert });
    atEnd.push(() => server.stop());
    for (const tls of [{}, { ca: cert, servername: 'other.example' }]) {
      expect((await ask({ ...server.endpoint, tls, password: 'secret' }, ['PING'])).kind).toBe('untrusted');
    }
    const trusted = { ...server.endpoint, tls: { ca: cert, servername: 'localhost' }, password: 'last' };
    await ask(trusted, ['PING']);
    expect(server.commands).toEqual([['AUTH', 'last'], ['PING']]);
  });

  async function serveTls(options: { key: string; cert: string; requestCert?: boolean; rejectUnauthorized?: boolean }) {
    const server = await FakeServer.start(echo, options);
    atEnd.push(() => server.stop());
    return server.endpoint;
  }
});

function certificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'client-tls-'));
  atEnd.push(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost'];
  const names = ['-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', ['req', '-x509', '-days', '1', ...kind, ...names, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

/** The suite's own time-out ends it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}
