import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Door } from '../../src/agent/program/door.js';

const HOST = '127.0.0.1';
let door: Door;
let port = 0;
const servers = ['plain', 'tls'].map((name) => createServer((socket) => echo(socket, name)));

/** Says which port it is, and then what it is told. */
function echo(socket: Socket, name: string): void {
  socket.on('error', () => {});
  socket.once('data', () => socket.write(`${name} `));
  socket.pipe(socket);
}

beforeAll(async () => {
  const listen = async (server: ReturnType<typeof createServer>) => {
    server.listen(0, HOST);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const [plain = 0, tls = 0] = await Promise.all(servers.map(listen));
  const free = createServer();
  port = await listen(free);
  free.close();
  door = new Door({
    of: 'redis',
    port,
    bind: HOST,
    inside: { host: HOST, plain, tls },
    mayOpen: () => true,
    stalled: () => {},
    staleMs: 20_000,
    say: () => {},
  });
  door.start();
  while (!door.isOpen) await new Promise((resolve) => setTimeout(resolve, 5));
});

afterAll(() => {
  door.end();
  for (const server of servers) server.close();
});

/** What comes back until the end, of what is sent in these pieces. */
async function through(pieces: readonly Uint8Array[]): Promise<Buffer> {
  const socket = connect({ host: HOST, port, noDelay: true });
  const came: Buffer[] = [];
  socket.on('data', (chunk) => came.push(chunk));
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end();
  await once(socket, 'close');
  return Buffer.concat(came);
}

it('passes on whatever is sent, in whatever pieces, as it is, and judges by its first byte alone', async () => {
  const piece = fc.uint8Array({ minLength: 1, maxLength: 50_000, size: 'max' });
  const first = fc.oneof(fc.constant(Uint8Array.of(0x16)), piece);
  await fc.assert(
    fc.asyncProperty(first, fc.array(piece, { maxLength: 8 }), async (head, rest) => {
      const sent = Buffer.concat([head, ...rest]);
      const name = sent[0] === 0x16 ? 'tls ' : 'plain ';
      const came = await through([head, ...rest]);
      expect(came.subarray(0, name.length).toString()).toBe(name);
      expect(came.subarray(name.length).equals(sent)).toBe(true);
    }),
    { numRuns: 60 },
  );
  expect(door.isOpen).toBe(true);
});

it('survives whoever comes and goes at any moment', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), fc.nat(3), async (bytes, how) => {
      const socket = connect(port, HOST);
      socket.on('error', () => {});
      if (how > 0) await once(socket, 'connect');
      if (bytes.length > 0) socket.write(bytes);
      if (how === 2) socket.resetAndDestroy();
      else socket.destroy();
    }),
    { numRuns: 200 },
  );
  expect((await through([Buffer.from('PING')])).toString()).toBe('plain PING');
  while (door.status.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(door.status).toEqual({ open: true, connections: 0 });
});
