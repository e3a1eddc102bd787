// Whether the certificates of all servers and Sentinels are good for a while yet.
import type { TLSSocket } from 'node:tls';
import { dial } from '../../client/endpoint.js';
import { type Address, formatAddress } from './address.js';
import type { Context } from './checks.js';
import { NoAnswer, silence } from './connection.js';
import { judgeEach } from './finding.js';
import { LEAST_VALIDITY_DAYS, OPERATION_TIMEOUT_MS } from './limits.js';
import type { ProgramSettings } from './settings.js';
import { knownServers } from './survey.js';

const DAY_MS = 86_400_000;

/** Each shows one that is verified by its name, and that is renewed well before its end. */
export async function certificates({ survey, settings }: Context): Promise<string> {
  const all = [...knownServers(await survey()), ...settings.sentinels];
  let first = Number.POSITIVE_INFINITY;
  const judge = async (address: Address): Promise<string | undefined> => {
    const endsAt = await endOfCertificate(address, settings);
    first = Math.min(first, endsAt);
    const days = (endsAt - Date.now()) / DAY_MS;
    return days < LEAST_VALIDITY_DAYS
      ? `that of ${formatAddress(address)} ends in ${days.toFixed(1)} days, on ${day(endsAt)}`
      : undefined;
  };
  await judgeEach(all, judge, {
    expected: `certificates that are valid for ${LEAST_VALIDITY_DAYS} days yet`,
    mend: 'renew the certificate in its Secret; the agents load it, and say in their logs if it cannot be used',
  });
  return `of ${all.length} servers and Sentinels verified; the first ends on ${day(first)}`;
}

function endOfCertificate({ host, port }: Address, { tls }: ProgramSettings): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = dial({ host, port, tls }) as TLSSocket;
    const fail = (why: string) => reject(new NoAnswer(`${formatAddress({ host, port })}: ${why}`));
    socket.setTimeout(OPERATION_TIMEOUT_MS, () => socket.destroy(new Error(silence())));
    socket.once('error', ({ message }) => fail(message));
    socket.once('close', () => fail('the connection was closed'));
    socket.once('secureConnect', () => {
      resolve(Date.parse(socket.getPeerCertificate().valid_to));
      socket.destroy();
    });
  });
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
