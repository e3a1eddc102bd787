import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Belief, beliefOf, type Held, HOLD_MS, PATIENT_HOLD_MS, statusFor } from './held.js';
import { type NotReady, READINESS, type ReadinessOf } from './readiness.js';

/** What the agent answers. Only reads: nothing can be ordered here, and nothing of it is secret. */
export interface Pages {
  /** Why the agent itself is not well; undefined where it is. */
  livez(): string | undefined;
  /** Why the containers behind the agent's cannot start yet; undefined where they can. */
  startedz(): string | undefined;
  /** Why this part of the pod is not ready; undefined where it is. */
  readyz(of: ReadinessOf): NotReady | undefined;
  /** Told that it is a proxy that asks for this. */
  proxyAsks(of: ReadinessOf): void;
  metrics(): string;
  status(): unknown;
}

/** A kubelet's probes, a scrape, a person, and three of each proxy: more at once is somebody who means no good. */
const MOST_CONNECTIONS = 128;
const TIMEOUT_MS = 5000;
const MOST_HEADER_BYTES = 8192;

export interface HttpProps {
  readonly port: number;
  /** Redis' BIND: all addresses if it begins with `*`, else the first one that it names. */
  readonly bind: string;
  readonly pages: Pages;
  /** Told whenever an answer may have become another. */
  readonly held: Held;
}

/** Resolves when it listens; rejects where it cannot. */
export async function serveHttp({ port, bind, pages, held }: HttpProps): Promise<Server> {
  const options = { maxHeaderSize: MOST_HEADER_BYTES, connectionsCheckingInterval: 2 * TIMEOUT_MS };
  const server = createServer(options, (request, response) => {
    // A body is not read.
    if (request.method !== 'GET') return send(response, NOT_ALLOWED);
    const url = request.url ?? '/';
    const belief = beliefOf(request.headers['x-haproxy-server-state']);
    const of = belief && readinessIn(url);
    if (!of) return send(response, page(pages, url));
    pages.proxyAsks(of);
    const isPatient = queryOf(url).get('unsure') === '404';
    const why = (): NotReady | undefined => {
      const reason = pages.readyz(of);
      return reason && { ...reason, certain: reason.certain || isPatient };
    };
    whenWrong({ belief, why, forMs: isPatient ? PATIENT_HOLD_MS : HOLD_MS }, request, response, held);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = TIMEOUT_MS;
  server.requestTimeout = TIMEOUT_MS;
  server.timeout = TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(bind.startsWith('*') ? {} : { host: bind.split(' ')[0] }) }, resolve);
  });
  return server;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  /** @default - plain text */
  readonly type?: string;
}

const PLAIN = 'text/plain; charset=utf-8';
const NOT_ALLOWED: Answer = { status: 405, text: 'only GET is answered' };

function send(response: ServerResponse, { status, text, type = PLAIN }: Answer): void {
  response.writeHead(status, { 'Content-Type': type, Connection: 'close' });
  response.end(text.endsWith('\n') ? text : `${text}\n`);
}

interface Question {
  readonly belief: Belief;
  readonly why: () => NotReady | undefined;
  /** How long it can be held. */
  readonly forMs: number;
}

function whenWrong(
  { belief, why, forMs }: Question,
  request: IncomingMessage,
  response: ServerResponse,
  held: Held,
): void {
  const answer = (): boolean => {
    const reason = why();
    const status = statusFor(belief, reason);
    if (status !== undefined) send(response, { status, text: reason?.reason ?? 'ok' });
    return status !== undefined;
  };
  if (answer()) return;
  const end = held.hold(answer, () => send(response, verdict(why()?.reason)), forMs);
  request.socket.once('close', end);
}

function page(pages: Pages, url: string): Answer {
  const [path] = url.split('?', 1);
  switch (path) {
    case '/livez':
      return verdict(pages.livez());
    case '/startedz':
      return verdict(pages.startedz());
    case '/readyz': {
      const of = readinessIn(url);
      if (of) return verdict(pages.readyz(of)?.reason);
      return {
        status: 400,
        text: `'of' must be one of ${READINESS.join(', ')}, got '${queryOf(url).get('of') ?? ''}'`,
      };
    }
    case '/metrics':
      return { status: 200, text: pages.metrics(), type: 'text/plain; version=0.0.4; charset=utf-8' };
    case '/status':
      return { status: 200, text: JSON.stringify(pages.status(), readable, 2), type: 'application/json' };
    default:
      return {
        status: 404,
        text: 'there are /livez, /startedz, /readyz?of=redis|sentinel|master|replica, /metrics and /status',
      };
  }
}

function readinessIn(url: string): ReadinessOf | undefined {
  if (!url.startsWith('/readyz?')) return undefined;
  const of = queryOf(url).get('of');
  return READINESS.find((one) => one === of);
}

function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.split('?', 2)[1]);
}

function verdict(reason: string | undefined): Answer {
  return { status: reason === undefined ? 200 : 503, text: reason ?? 'ok' };
}

/** Maps as objects, and infinite numbers as words. */
function readable(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
