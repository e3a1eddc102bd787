import { createServer, type Server } from 'node:net';

/**
 * A name for an address, to be resolved without DNS: its first number in hexadecimal. The resolver of the system knows it, and
 * nothing takes it for an address.
 */
export function nameOf(address: string): string {
  return address.replace(/^127/, '0x7f');
}

/** A /24 of the loopback network that belongs to one rehearsal for as long as it runs. */
export interface AddressBlock {
  /** The address of host number 1 to 253 in the block. */
  address(host: number): string;
  release(): void;
}

/** The block is claimed by listening here, on its host 254: two rehearsals cannot both do so. */
const CLAIM_PORT = 26378;
const TRIES = 30;

/**
 * Claims a block 127.<a>.<b>.0/24 in which nothing listens on the given ports of the given hosts.
 *
 * The block is drawn by lot from 127.64.0.0 to 127.127.255.0, away from 127.0.0.1 and from Debian's 127.0.1.1.
 */
export async function claimAddresses(hosts: readonly number[], ports: readonly number[]): Promise<AddressBlock> {
  let refusal = '';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const prefix = `127.${64 + random(64)}.${random(256)}`;
    const claim = await listen(`${prefix}.254`, CLAIM_PORT).catch((error: Error) => {
      refusal = error.message;
    });
    if (!claim) continue;
    try {
      for (const host of hosts) for (const port of ports) await isFree(`${prefix}.${host}`, port);
      claim.unref();
      return { address: (host) => `${prefix}.${host}`, release: () => claim.close() };
    } catch (error) {
      refusal = (error as Error).message;
      claim.close();
    }
  }
  throw new Error(
    `no free block of loopback addresses after ${TRIES} tries (the last: ${refusal}). The rehearsal needs Linux, ` +
      `where all of 127.0.0.0/8 is local, and ports ${ports.join(' and ')} not taken by a server that listens on ` +
      'every address (0.0.0.0); stop such a server, or bind it to 127.0.0.1',
  );
}

async function isFree(host: string, port: number): Promise<void> {
  const probe = await listen(host, port);
  await new Promise((resolve) => probe.close(resolve));
}

function listen(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}
