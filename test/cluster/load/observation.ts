/** What every server and every Sentinel of a topology says about it, each asked directly. */
export interface Observation {
  readonly servers: readonly ObservedServer[];
  readonly sentinels: readonly ObservedSentinel[];
}

/** A server's answer to ROLE. */
export interface ObservedServer {
  readonly host: string;
  readonly error?: string;
  readonly role?: string;
  /** A replica's: whom it follows, and the state of the link. */
  readonly follows?: string;
  readonly link?: string;
  /** A master's: the addresses of its replicas. */
  readonly replicas?: readonly string[];
}

export interface ObservedSentinel {
  readonly host: string;
  readonly error?: string;
  /** `address:port` of the master it names. */
  readonly master?: string;
  readonly flags?: string;
  readonly quorum?: number;
  readonly replicas?: readonly Peer[];
  readonly sentinels?: readonly Peer[];
}

export interface Peer {
  readonly address: string;
  readonly flags: string;
}

/** How a topology is when nothing is wrong. Addresses are the announced ones. */
export interface Expectation {
  /** By host name, the announced address of each server and Sentinel. */
  readonly servers: Readonly<Record<string, string>>;
  readonly sentinels: Readonly<Record<string, string>>;
  readonly quorum: number;
  /** A particular server, by host name, must be the master. */
  readonly master?: string;
}

/** Everything that is not as it should be, a sentence each; none when the topology is whole. */
export function complaints(seen: Observation, expected: Expectation): string[] {
  const found: string[] = [];
  const masters = seen.servers.filter((server) => server.role === 'master');
  if (masters.length !== 1) found.push(`masters by ROLE must be one, got [${masters.map((m) => m.host).join(' ')}]`);
  const master = masters[0];
  const address = master && expected.servers[master.host];
  if (expected.master && master?.host !== expected.master)
    found.push(`master must be ${expected.master}, is ${master?.host}`);
  for (const server of seen.servers) found.push(...serverComplaints(server, master, address));
  const replicas = Object.values(expected.servers).filter((server) => server !== address);
  for (const sentinel of seen.sentinels) found.push(...sentinelComplaints(sentinel, expected, address, replicas));
  return found;
}

function serverComplaints(server: ObservedServer, master?: ObservedServer, address?: string): string[] {
  if (server.error) return [`server ${server.host}: ${server.error}`];
  if (server === master || server.role === 'master') return [];
  const healthy = server.role === 'slave' && server.link === 'connected' && server.follows === address;
  return healthy ? [] : [`server ${server.host}: ${server.role} of ${server.follows}, link ${server.link}`];
}

function sentinelComplaints(
  sentinel: ObservedSentinel,
  expected: Expectation,
  address: string | undefined,
  replicas: string[],
): string[] {
  const who = `Sentinel ${sentinel.host}`;
  if (sentinel.error) return [`${who}: ${sentinel.error}`];
  const found: string[] = [];
  if (sentinel.master !== address) found.push(`${who}: names ${sentinel.master}, the master is ${address}`);
  if (sentinel.flags !== 'master') found.push(`${who}: flags of the master are ${sentinel.flags}`);
  if (sentinel.quorum !== expected.quorum) found.push(`${who}: quorum ${sentinel.quorum}, not ${expected.quorum}`);
  const peers = Object.entries(expected.sentinels).flatMap(([host, peer]) => (host === sentinel.host ? [] : [peer]));
  found.push(...peerComplaints(`${who}: replicas`, sentinel.replicas ?? [], replicas, 'slave'));
  found.push(...peerComplaints(`${who}: other Sentinels`, sentinel.sentinels ?? [], peers, 'sentinel'));
  return found;
}

/** A ghost is an address too many; a flag such as `s_down` says that the known peer is not reached. */
function peerComplaints(what: string, known: readonly Peer[], expected: readonly string[], flags: string): string[] {
  const addresses = known.map((peer) => peer.address);
  const same = [...addresses].sort().join(' ') === [...expected].sort().join(' ');
  return [
    ...(same ? [] : [`${what} are [${addresses.join(' ')}], must be [${expected.join(' ')}]`]),
    ...known.filter((peer) => peer.flags !== flags).map((peer) => `${what}: ${peer.address} is ${peer.flags}`),
  ];
}
