import { formatAddress } from './address.js';
import type { Context } from './checks.js';
import { Connection, loginIn, withConnection } from './connection.js';
import { judgeEach } from './finding.js';
import { knownServers } from './survey.js';

/** Every server, for each may be the next master, refuses writes that too few replicas would acknowledge. */
export async function writeSafety({ survey, settings }: Context): Promise<string> {
  const expected: [string, number][] = [['min-replicas-to-write', settings.minReplicas]];
  // The lag means nothing where no replica needs to acknowledge.
  if (settings.minReplicas > 0) expected.push(['min-replicas-max-lag', settings.maxLagSeconds]);
  const text = expected.map(([name, value]) => `${name} ${value}`).join(', ');

  await judgeEach(
    knownServers(await survey()),
    (address) =>
      withConnection(Connection.to(address, loginIn(settings)), async (server) => {
        const found = await Promise.all(expected.map(([name]) => server.call('CONFIG', 'GET', name)));
        const values = found.map((reply) => (Array.isArray(reply) ? Number(reply[1]) : Number.NaN));
        if (expected.every(([, value], i) => values[i] === value)) return undefined;
        return `${expected.map(([name], i) => `${name} ${values[i]}`).join(', ')} on ${formatAddress(address)}`;
      }),
    {
      expected: `${text} on each server`,
      mend: `${expected.map(([name, value]) => `CONFIG SET ${name} ${value}`).join(', ')} there, and look for who changed it`,
    },
  );
  return `${text} on each server`;
}
