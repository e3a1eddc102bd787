import { readFileSync } from 'node:fs';
import type { Endpoint } from '../../../src/client/endpoint.js';
import type { Whereabouts } from '../../../src/client/find-master.js';
import { LastingConnection } from '../../../src/client/lasting-connection.js';
import type { MasterWatch } from '../../../src/client/watch-master.js';

/** Where someone listens. */
export interface Address extends Pick<Endpoint, 'host' | 'port'> {
  /** Which its certificate must hold, where there is TLS. @default - the host */
  readonly name?: string;
}

export interface Access {
  readonly sentinels: readonly Address[];
  /** Only `observe` asks them directly; writers go through Sentinel. */
  readonly servers: readonly Address[];
  readonly masterName: string;
  /** Read again for each connection: a Secret may change under an application. */
  readonly password: () => string | undefined;
  /** Whom to trust; read anew like the password. @default - there is no TLS */
  readonly ca?: () => string;
}

/** A command without an answer is given up after this time, in ms: its result is then unknown. */
export const COMMAND_TIMEOUT = 1000;

/** A dead node does not refuse, it is silent; on a cluster's network half a second is a long time to be let in. */
const CONNECT_TIMEOUT = 500;

/** How soon an attempt that failed is followed by another, in ms. */
const RETRY = 50;

/** Hears what a connection goes through. */
type Tell = (event: string, detail: string) => void;

export function whereaboutsOf(access: Access): Whereabouts {
  const to = (host: string, port: number) => endpointOf({ host, port }, access);
  return {
    masterName: access.masterName,
    sentinels: () => access.sentinels.map(({ host, port }) => to(host, port)),
    server: to,
  };
}

/**
 * A connection to the master, found as an application finds it: by asking the Sentinels, and by leaving a server that they
 * no longer name.
 * @param first which Sentinel is asked first
 */
export function masterConnection(access: Access, watch: MasterWatch, tell?: Tell, first = 0): LastingConnection {
  return LastingConnection.toMaster(whereaboutsOf(access), watch, { first, tell, retryMs: RETRY });
}

/**
 * A connection to one server by its address, whatever its role: the client that never asks a Sentinel. Beside a master
 * that is cut off it shows until when that one serves.
 */
export function pinnedConnection(address: Address, access: Access, tell?: Tell): LastingConnection {
  return LastingConnection.toServer(() => endpointOf(address, access), { tell, retryMs: RETRY });
}

/** A connection through one address behind which the master is, whoever it is: an application that knows no Sentinel. */
export function plainConnection(address: Address, access: Access, tell?: Tell): LastingConnection {
  return LastingConnection.toServer(() => endpointOf(address, access), { tell, retryMs: RETRY, leaveSilent: true });
}

export function endpointOf({ host, port, name }: Address, { password, ca }: Pick<Access, 'password' | 'ca'>): Endpoint {
  const tls = ca && { ca: ca(), ...(name ? { servername: name } : {}) };
  return { host, port, password: password(), tls, connectTimeoutMs: CONNECT_TIMEOUT };
}

/** The password in a mounted Secret; the one newline that an editor leaves at its end is no part of it. */
export function readPassword(path: string): string {
  return readFileSync(path, 'utf8').replace(/\n$/, '');
}

/** `host:port,host:port` */
export function parseAddresses(text: string): Address[] {
  return text.split(',').map(addressIn);
}

/** `host:port` */
export function addressIn(text: string): Address {
  const match = /^(.+):(\d+)$/.exec(text);
  if (!match?.[1]) throw new Error(`an address must be host:port, got '${text}'`);
  return { host: match[1], port: Number(match[2]) };
}

export const now = (): number => performance.timeOrigin + performance.now();

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
