import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Door, type DoorLimits } from '../../src/agent/program/door.js';
import { until } from './support/wait.js';

const HOST = '127.0.0.1';
const HANDSHAKE = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]);

/** Stands for the engine: two ports, whose names it says to whoever speaks to them. */
class Engine {
  readonly sockets: Socket[] = [];
  private servers: Server[] = [];

  private constructor(
    readonly plain: number,
    readonly tls: number,
    private readonly speak: (socket: Socket, port: string) => void,
  ) {}

  static async at(ports: readonly number[] = [], speak = echo): Promise<Engine> {
    const [plain = await freePort(), tls = await freePort()] = ports;
    const engine = new Engine(plain, tls, speak);
    await engine.start();
    onTestFinished(() => engine.stop());
    return engine;
  }

  async start(): Promise<void> {
    const listen = async (port: number, name: string) => {
      // As an engine, which does not end a connection because the other side has said all.
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        this.sockets.push(socket);
        socket.on('error', () => {});
        this.speak(socket, name);
      });
      server.listen(port, HOST);
      await once(server, 'listening');
      return server;
    };
    this.servers = [await listen(this.plain, 'plain'), await listen(this.tls, 'tls')];
  }

  /** As the kernel ends a process: no port, and no connection any more. */
  stop(): void {
    for (const server of this.servers) server.close();
    for (const socket of this.sockets.splice(0)) socket.destroy();
  }
}

function echo(socket: Socket, name: string): void {
  socket.on('data', (chunk) => socket.write(`${name}:${chunk.length};`));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Longer than a busy machine stalls. */
const STALE_MS = 20_000;

interface Setting {
  /** @default - one that is free */
  readonly port?: number;
  readonly staleMs?: number;
  readonly limits?: Partial<DoorLimits>;
  readonly mayOpen?: () => boolean;
  readonly engine?: Engine;
}

/** A door before an engine, which opens as soon as it may. */
async function opened({ port: wanted, limits, mayOpen = () => true, engine, staleMs = STALE_MS }: Setting = {}) {
  const before = engine ?? (await Engine.at());
  const port = wanted ?? (await freePort());
  const said: string[] = [];
  const inside = { host: HOST, plain: before.plain, tls: before.tls };
  const door = new Door({
    of: 'redis',
    port,
    bind: HOST,
    inside,
    mayOpen,
    stalled: () => said.push('stalled'),
    staleMs,
    say: (line) => said.push(line),
    limits,
  });
  onTestFinished(() => door.end());
  door.start();
  return { door, engine: before, port, said };
}

/** Connects, and notes what comes. */
function client(port: number) {
  const socket = connect(port, HOST);
  onTestFinished(() => {
    socket.destroy();
  });
  const seen = { text: '', error: '', ended: false, closed: false };
  socket.on('data', (chunk) => {
    seen.text += chunk;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    seen.error = error.code ?? '';
  });
  socket.on('end', () => {
    seen.ended = true;
  });
  socket.on('close', () => {
    seen.closed = true;
  });
  return { socket, seen };
}

/** How an attempt to connect ends. */
async function attempt(port: number): Promise<string> {
  const { socket, seen } = client(port);
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => {});
  return seen.error || 'connected';
}

it.each<[string, Buffer | string, string]>([
  ['a command', '*1\r\n$4\r\nPING\r\n', 'plain:14;'],
  ['an inline command', 'PING\r\n', 'plain:6;'],
  ['a TLS handshake', HANDSHAKE, 'tls:5;'],
  ['a byte that is neither', Buffer.from([0x80]), 'plain:1;'],
])('%s is led to the port for it', async (_, sent, answer) => {
  const { door, port } = await opened();
  await until(() => door.isOpen, 'an open door');
  const { socket, seen } = client(port);
  socket.write(sent);
  await until(() => seen.text !== '', 'an answer');
  expect(seen.text).toBe(answer);
});

it('judges by the first byte, however the rest comes', async () => {
  const { door, port } = await opened();
  await until(() => door.isOpen, 'an open door');
  const { socket, seen } = client(port);
  socket.setNoDelay(true);
  socket.write(HANDSHAKE.subarray(0, 1));
  await until(() => seen.text === 'tls:1;', 'the first byte');
  socket.write(HANDSHAKE.subarray(1));
  await until(() => seen.text === 'tls:1;tls:4;', 'the rest');
});

it('keeps nobody who says nothing', async () => {
  const { door, port, engine } = await opened({ limits: { firstByteMs: 100 } });
  await until(() => door.isOpen, 'an open door');
  const { seen } = client(port);
  await until(() => seen.closed, 'an end');
  expect(door.status).toEqual({ open: true, connections: 0 });
  // The door's own looks apart, nobody came to the engine.
  expect(engine.sockets.filter((socket) => socket.bytesRead > 0)).toEqual([]);
});

it('takes no more at once than it may', async () => {
  const { door, port } = await opened({ limits: { connections: 2 } });
  await until(() => door.isOpen, 'an open door');
  const clients = [client(port), client(port), client(port)];
  for (const { socket } of clients) socket.write('PING\r\n');
  await until(() => clients.some(({ seen }) => seen.closed), 'one that is turned away');
  await until(() => clients.filter(({ seen }) => seen.text === 'plain:6;').length === 2, 'two that are served');
  expect(door.status.connections).toBe(2);
});

it('refuses while the engine does not listen, and lets in as soon as it does', async () => {
  const engine = await Engine.at();
  engine.stop();
  const { door, port } = await opened({ engine });
  expect(await attempt(port)).toBe('ECONNREFUSED');
  await engine.start();
  await until(() => door.isOpen, 'an open door');
  expect(await attempt(port)).toBe('connected');
});

it('refuses whoever lost a connection by the end of the engine, at the first attempt', async () => {
  const { door, port, engine } = await opened();
  await until(() => door.isOpen, 'an open door');
  for (let life = 0; life < 10; life++) {
    const { socket, seen } = client(port);
    socket.write('PING\r\n');
    await until(() => seen.text !== '', 'an answer');
    const after = new Promise<string>((resolve) => {
      socket.once('close', () => resolve(attempt(port)));
    });
    engine.stop();
    expect(await after).toBe('ECONNREFUSED');
    await engine.start();
    await until(() => door.isOpen, 'an open door');
  }
});

it('refuses whoever comes first after the end of an engine of which nobody knew', async () => {
  const { door, port, engine } = await opened();
  await until(() => door.isOpen, 'an open door');
  engine.stop();
  const { socket, seen } = client(port);
  socket.write('PING\r\n');
  await until(() => seen.closed, 'an end');
  expect(seen.text).toBe('');
  expect(await attempt(port)).toBe('ECONNREFUSED');
});

it('is silence where the engine hangs', async () => {
  const { door, port } = await opened({ engine: await Engine.at([], (socket) => socket.pause()) });
  await until(() => door.isOpen, 'an open door');
  const { socket, seen } = client(port);
  socket.write('PING\r\n');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(seen).toEqual({ text: '', error: '', ended: false, closed: false });
  expect(door.isOpen).toBe(true);
});

it('ends one connection that the engine ends, with what it said before, and no other', async () => {
  const speak = (socket: Socket) => socket.on('data', (chunk) => `${chunk}` === 'BYE' && socket.end('see you'));
  const { door, port } = await opened({ engine: await Engine.at([], speak) });
  await until(() => door.isOpen, 'an open door');
  const [one, other] = [client(port), client(port)];
  other.socket.write('PING');
  one.socket.write('BYE');
  await until(() => one.seen.closed, 'an end');
  expect(one.seen.text).toBe('see you');
  expect([other.seen.closed, door.isOpen]).toEqual([false, true]);
});

it('gives an answer to who has said all and waits for it', async () => {
  const speak = (socket: Socket) => {
    socket.on('data', () => {});
    socket.on('end', () => socket.end('that was all'));
  };
  const { door, port } = await opened({ engine: await Engine.at([], speak) });
  await until(() => door.isOpen, 'an open door');
  const { socket, seen } = client(port);
  socket.end('PING\r\n');
  await until(() => seen.text === 'that was all', 'the answer');
});

it('reads no more from the engine than a client takes, and goes on when it takes it', async () => {
  const block = Buffer.alloc(1024 * 1024);
  let sent = 0;
  const speak = (socket: Socket) => {
    const pour = () => {
      while (sent < 64 * block.length && socket.write(block)) sent += block.length;
    };
    socket.once('data', pour);
    socket.on('drain', () => {
      sent += block.length;
      pour();
    });
  };
  const { door, port } = await opened({ engine: await Engine.at([], speak) });
  await until(() => door.isOpen, 'an open door');
  const socket = connect(port, HOST);
  onTestFinished(() => {
    socket.destroy();
  });
  socket.pause();
  socket.write('PING\r\n');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  // What the kernel holds for four sockets; the rest is still the engine's.
  expect(sent).toBeLessThan(32 * block.length);
  let taken = 0;
  socket.on('data', (chunk: Buffer) => {
    taken += chunk.length;
  });
  socket.resume();
  await until(() => taken >= 64 * block.length, 'all of it');
});

it('ends what stalls beyond what may wait in all', async () => {
  const speak = (socket: Socket) => socket.once('data', () => socket.write(Buffer.alloc(64 * 1024 * 1024)));
  const { door, port } = await opened({ engine: await Engine.at([], speak), limits: { waitingBytes: 1 } });
  await until(() => door.isOpen, 'an open door');
  const { socket } = client(port);
  socket.pause();
  socket.write('PING\r\n');
  await until(() => door.status.connections === 0, 'an end');
});

it('leads nobody to an engine that must not be reached', async () => {
  let may = false;
  const { door, port } = await opened({ mayOpen: () => may });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await attempt(port)).toBe('ECONNREFUSED');
  may = true;
  await until(() => door.isOpen, 'an open door');
});

it('says once that its port is taken, and opens when it is free', async () => {
  const port = await freePort();
  const other = createServer().listen(port, HOST);
  await once(other, 'listening');
  const { door, said } = await opened({ port });
  await until(() => said.length > 0, 'a complaint');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(said).toEqual([expect.stringContaining('error door of=redis listen EADDRINUSE')]);
  other.close();
  await until(() => door.isOpen, 'an open door');
});

it('passes nothing on that has lain in its sockets while it did not run', async () => {
  let may = true;
  const { door, port, engine, said } = await opened({ staleMs: 2000, mayOpen: () => may });
  await until(() => door.isOpen, 'an open door');
  const { socket, seen } = client(port);
  socket.write('PING\r\n');
  await until(() => seen.text !== '', 'an answer');
  const read = () => engine.sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  const before = read();
  socket.write('SET late 1\r\n');
  may = false;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  await until(() => seen.closed, 'an end');
  expect(read()).toBe(before);
  expect([said, door.status]).toEqual([['stalled'], { open: false, connections: 0 }]);
  // And goes on once the server may be reached.
  expect(await attempt(port)).toBe('ECONNREFUSED');
  may = true;
  await until(() => door.isOpen, 'an open door');
  const next = client(port);
  next.socket.write('PING\r\n');
  await until(() => next.seen.text === 'plain:6;', 'an answer');
});
