// Whether the Redis servers are the ones that the topology has, each in its role.
import type { ReplicaPeer } from '../../client/sentinel.js';
import { formatAddress } from './address.js';
import type { Context } from './checks.js';
import { Unknown, Unsound } from './finding.js';
import { downFlags, mastersOf, type Survey } from './survey.js';

/** One master, and every other server its linked replica; the Sentinels see these servers up and no others. */
export async function serverRoles({ survey, settings }: Context): Promise<string> {
  const seen = await survey();
  const master = theMaster(seen);
  const expected = settings.servers - 1;
  const faults = [
    ...(master.view.role === 'master'
      ? []
      : [`${master.address} is named as the master and its ROLE is ${master.view.role}`]),
    ...(master.view.online.length === expected
      ? []
      : [`${master.view.online.length} replicas linked to ${master.address}`]),
    ...replicaFaults(seen, master.address),
    ...seen.sentinels.flatMap(({ address, view }) => (view ? listFaults(address, view.replicas, expected) : [])),
  ];
  if (faults.length > 0) {
    throw new Unsound(
      faults.join('; '),
      `master ${master.address} and its ${expected} linked replicas, and no other server`,
      'look at the logs of the servers named here (a wrong masterauth, a full disk, a network policy); a replica that no longer ' +
        'exists is forgotten when its Sentinels restart from a freshly rendered configuration',
    );
  }
  return `master ${master.address}, ${expected} linked replicas`;
}

function theMaster(survey: Survey) {
  const [address] = mastersOf(survey);
  const server = survey.servers.find((one) => one.address === address);
  if (server?.view === undefined)
    throw new Unknown(`master ${address ?? 'unknown'}: ${server?.failure ?? 'not named'}`);
  return server;
}

function replicaFaults(survey: Survey, master: string): string[] {
  return survey.servers.flatMap(({ address, view, failure }) => {
    if (address === master) return [];
    // It answered at readiness, or was never more than a name: either way it is not the replica it should be.
    if (view === undefined) return [`${address} does not answer (${failure})`];
    if (view.role !== 'replica') return [`${address} is a second ${view.role}`];
    if (view.follows !== master) return [`${address} follows ${view.follows}`];
    return view.link === 'connected' ? [] : [`the link of ${address} is '${view.link}'`];
  });
}

function listFaults(sentinel: string, replicas: readonly ReplicaPeer[], expected: number): string[] {
  const down = replicas
    .filter((one) => downFlags(one) !== '')
    .map((one) => `Sentinel ${sentinel} sees ${formatAddress(one)} ${downFlags(one)}`);
  return replicas.length === expected ? down : [`Sentinel ${sentinel} lists ${replicas.length} replicas`, ...down];
}
