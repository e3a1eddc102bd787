import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Failure } from './outcome.js';

/** Whom to trust, and with what to make oneself known, in PEM. */
export type TlsOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'secureContext' | 'servername' | 'checkServerIdentity'
>;

/** A Redis server or a Sentinel, and how to be let in. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly password?: string;
  /** @default - the default user */
  readonly user?: string;
  /** @default - without TLS */
  readonly tls?: TlsOptions;
  /** For all of connecting: TCP, TLS and AUTH. @default 1000 */
  readonly connectTimeoutMs?: number;
}

/** How soon the kernel asks whether the other side is still there, where nothing is being said. */
const KEEP_ALIVE_MS = 10_000;

/** Begins to connect. */
export function dial({ host, port, tls }: Endpoint): Socket {
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  return tls ? connectTls({ ...options, ...tls }) : connectTcp(options);
}

/** The other side answered, and would not have it. */
const REFUSALS = ['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE'];

/** Errors of TLS are called after OpenSSL's and Node's own; all others tell of the network or of this machine. */
const TLS_FAILURE =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA$|INVALID_PURPOSE$|HOSTNAME_MISMATCH$|PATH_LENGTH_EXCEEDED$|EPROTO$)/;

/**
 * What a socket's error says of the other side. A name that is not found, a host that is not reached or a lack of file
 * descriptors says nothing of it: that is silence.
 */
export function outcomeOfError(error: NodeJS.ErrnoException, afterMs: number): Failure {
  const { code = '', message } = error;
  if (REFUSALS.includes(code)) return { kind: 'refused', message };
  if (TLS_FAILURE.test(code)) return { kind: 'untrusted', message };
  return { kind: 'silent', afterMs, message };
}
