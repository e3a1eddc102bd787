import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { expect, onTestFinished } from 'vitest';
import { Authority, type CertificateFiles } from '../../../src/rehearsal/certificates.js';
import { Application, type Counting } from './application.js';

export const SAYS_NOTHING = 'with the words about TLS says nothing to who has the certificate of another';

/** A client that has been told that a Sentinel is where somebody with another's certificate is: it sends nothing, and says why. */
export async function saysNothing(counting: Counting): Promise<void> {
  const authority = new Authority();
  const { port, heard, met } = await impostor(authority.issue({ names: ['DNS:another.example'] }));
  const told = { sentinels: [`127.0.0.1:${port}`], masterName: 'mymaster', password: 'a' };
  const application = Application.start({ ...told, authorities: authority.certificate }, counting);
  await expect
    .poll(() => application.failed.join(' '), { timeout: 90_000 })
    .toMatch(/certificate|no master|unreachable/i);
  expect(met()).toBeGreaterThan(0);
  expect(heard()).toBe(0);
}

/** Somebody who listens with a certificate, and counts what it is told. */
async function impostor({ certificate: cert, key }: CertificateFiles) {
  let bytes = 0;
  let connections = 0;
  const server = createServer({ cert, key }, (socket) => {
    socket.on('data', (data) => {
      bytes += data.length;
    });
    socket.on('error', () => {});
  });
  server.on('connection', () => {
    connections++;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, heard: () => bytes, met: () => connections };
}
