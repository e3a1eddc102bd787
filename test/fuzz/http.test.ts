import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { Held } from '../../src/agent/program/http/held.js';
import { type Pages, serveHttp } from '../../src/agent/program/http/server.js';
import { freshAddress } from '../agent/support/addresses.js';

const PORT = 8379;
const PAGES: Pages = {
  livez: () => undefined,
  proxyAsks: () => {},
  startedz: () => undefined,
  readyz: (of) => (of === 'redis' ? undefined : { reason: 'x', certain: false }),
  metrics: () => '# metrics\n',
  status: () => ({ n: Number.POSITIVE_INFINITY, m: new Map([['a', 1]]) }),
};

async function serving(): Promise<string> {
  const host = freshAddress();
  const server = await serveHttp({ port: PORT, bind: host, pages: PAGES, held: new Held() });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return host;
}

/** What is answered to these bytes until the server, or this side after a moment, ends the connection. */
function answered(host: string, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(PORT, host, () => {
      socket.end(bytes);
    });
    socket.setTimeout(3000, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

const PATH = fc.oneof(
  fc.constantFrom('/livez', '/readyz?of=redis', '/readyz?of=', '/readyz?of=a&of=redis', '/metrics', '/status', '/'),
  fc.constantFrom('/../status', '//status', '/status/..;/', 'http://evil/status', '*', '/%00', '/readyz?of=%FF'),
  fc.webPath(),
  fc.string({ maxLength: 200 }),
);
const HEADER = fc.oneof(
  fc.constantFrom(
    'X-Haproxy-Server-State: UP',
    'Content-Length: 99999999',
    'Content-Length: -1',
    'Expect: 100-continue',
  ),
  fc.constantFrom(
    'Transfer-Encoding: chunked',
    'Upgrade: websocket',
    'Connection: keep-alive',
    'Host:',
    'Range: bytes=0-',
  ),
  fc.string({ maxLength: 100 }),
);
const REQUEST = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'CONNECT', 'get', ''),
      PATH,
      fc.array(HEADER, { maxLength: 5 }),
    )
    .map(([method, path, headers]) =>
      Buffer.from(`${[`${method} ${path} HTTP/1.1`, 'Host: a', ...headers].join('\r\n')}\r\n\r\n`),
    ),
);

it('whatever is asked, the agent answers with a page, a refusal or nothing, and goes on', async () => {
  const host = await serving();
  await fc.assert(
    fc.asyncProperty(REQUEST, async (request) => {
      const text = await answered(host, request);
      const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? [];
      // 503 is the answer of what is not ready, and 100 comes before one.
      expect([undefined, '100', '200', '400', '404', '405', '408', '413', '417', '431', '503']).toContain(status);
      expect((await fetch(`http://${host}:${PORT}/livez`)).status).toBe(200);
    }),
    { numRuns: 150 },
  );
}, 30_000);

it('headers that do not end are refused at 8 KiB', async () => {
  const host = await serving();
  const request = Buffer.from(`GET /livez HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(await answered(host, request)).toMatch(/^HTTP\/1\.1 431 /);
});

it('nothing that is asked orders anything: what is not GET is refused on every page', async () => {
  const host = await serving();
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    for (const path of ['/livez', '/readyz?of=redis', '/metrics', '/status', '/promote']) {
      expect((await fetch(`http://${host}:${PORT}${path}`, { method })).status).toBe(405);
    }
  }
});
