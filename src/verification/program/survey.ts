import { type Address, formatAddress, parseAddress } from './address.js';
import { Connection, withConnection } from './connection.js';
import { messageOf, Unknown } from './finding.js';
import type { Settings } from './settings.js';

/** What one Sentinel says, all asked over one connection. */
export interface SentinelView {
  readonly id: string;
  /** `host:port`, the answer that clients get. */
  readonly master: string;
  /** What it has against the master, e.g. `s_down` or `failover_in_progress`; empty when nothing. */
  readonly masterDown: string;
  readonly quorum: number;
  readonly others: readonly PeerView[];
  readonly replicas: readonly PeerView[];
  /** The reply of SENTINEL CKQUORUM, `OK ...` or an error. */
  readonly checkedQuorum: string;
}

/** A Sentinel or a replica as another Sentinel sees it. */
export interface PeerView {
  readonly id: string;
  readonly address: string;
  /** `s_down`, `o_down`, `disconnected`, or several of them; empty when it is up. */
  readonly down: string;
  /** Of a replica: 0 is never promoted. */
  readonly priority?: number;
}

/** What one Redis server says of itself. */
export interface ServerView {
  readonly role: string;
  /** Of a replica: the server it follows. */
  readonly follows: string;
  /** Of a replica: `connected`, `sync`, `connect`, ... */
  readonly link: string;
  /** Of a master: the replicas that are online. */
  readonly online: readonly string[];
  /** Of a master that wants acknowledging replicas: how many acknowledge in time. */
  readonly goodReplicas: number | undefined;
}

export type Seen<T> = { readonly address: string } & (
  | { readonly view: T; readonly failure?: undefined }
  | { readonly view?: undefined; readonly failure: string }
);

/** One look at everything, taken at once. */
export interface Survey {
  readonly sentinels: readonly Seen<SentinelView>[];
  /** Every address that a Sentinel names as the master or a replica. */
  readonly servers: readonly Seen<ServerView>[];
}

/** Asks every Sentinel, then every server they name. Never throws: who does not answer is seen as such. */
export async function takeSurvey(settings: Settings): Promise<Survey> {
  const sentinels = await Promise.all(
    settings.sentinels.map((address) =>
      see(address, settings.password, (one) => viewSentinel(one, settings.masterName)),
    ),
  );
  const servers = await Promise.all(
    serverAddresses({ sentinels }).map((address) => see(address, settings.password, viewServer)),
  );
  return { sentinels, servers };
}

/** The masters that the Sentinels name: one, where they agree. */
export function mastersOf({ sentinels }: Pick<Survey, 'sentinels'>): string[] {
  return [...new Set(sentinels.flatMap(({ view }) => (view ? [view.master] : [])))];
}

/**
 * Every server that a Sentinel names.
 * @throws Unknown when no Sentinel answers, for a check of no server at all would find nothing wrong
 */
export function knownServers(survey: Survey): Address[] {
  const addresses = serverAddresses(survey);
  if (addresses.length === 0) throw new Unknown('no Sentinel names the servers any more');
  return addresses;
}

function serverAddresses(survey: Pick<Survey, 'sentinels'>): Address[] {
  const replicas = survey.sentinels.flatMap(({ view }) => view?.replicas.map(({ address }) => address) ?? []);
  const addresses = [...new Set([...mastersOf(survey), ...replicas])].map(parseAddress);
  return addresses.filter((address) => address !== undefined);
}

async function see<T>(
  address: Address,
  password: string,
  view: (connection: Connection) => Promise<T>,
): Promise<Seen<T>> {
  try {
    return { address: formatAddress(address), view: await withConnection(Connection.to(address, password), view) };
  } catch (error) {
    const text = formatAddress(address);
    return { address: text, failure: messageOf(error).replace(`${text}: `, '') };
  }
}

/** One Sentinel's own view. */
export async function viewSentinel(sentinel: Pick<Connection, 'call'>, masterName: string): Promise<SentinelView> {
  const [id, address, master, others, replicas, checkedQuorum] = await Promise.all([
    sentinel.call('SENTINEL', 'MYID'),
    sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName),
    sentinel.call('SENTINEL', 'MASTERS'),
    sentinel.call('SENTINEL', 'SENTINELS', masterName).catch(() => []),
    sentinel.call('SENTINEL', 'REPLICAS', masterName).catch(() => []),
    sentinel.call('SENTINEL', 'CKQUORUM', masterName).catch(messageOf),
  ]);
  const own = (master as string[][]).map(toRecord).find(({ name }) => name === masterName);
  if (!Array.isArray(address) || own === undefined) throw new Error(`knows no master '${masterName}'`);
  return {
    id: String(id),
    master: formatAddress({ host: String(address[0]), port: Number(address[1]) }),
    masterDown: downFlags(own.flags),
    quorum: Number(own.quorum),
    others: (others as string[][]).map(toPeer),
    replicas: (replicas as string[][]).map(toPeer),
    checkedQuorum: String(checkedQuorum),
  };
}

async function viewServer(server: Connection): Promise<ServerView> {
  const [role, info] = await Promise.all([server.call('ROLE'), server.call('INFO', 'replication')]);
  const [name, second, third, link] = role as [string, string, number, string];
  const isReplica = name === 'slave';
  const good = /^min_slaves_good_slaves:(\d+)/m.exec(String(info))?.[1];
  return {
    role: isReplica ? 'replica' : name,
    follows: isReplica ? formatAddress({ host: second, port: third }) : '',
    link: isReplica ? link : '',
    online: name === 'master' ? onlineReplicas(String(info)) : [],
    goodReplicas: good === undefined ? undefined : Number(good),
  };
}

/** INFO and not ROLE: ROLE lists a replica that is still receiving its first synchronisation too. */
function onlineReplicas(info: string): string[] {
  return [...info.matchAll(/^slave\d+:ip=([^,]+),port=(\d+),state=online,/gm)].map(([, host, port]) =>
    formatAddress({ host: String(host), port: Number(port) }),
  );
}

function toPeer(fields: string[]): PeerView {
  const { runid = '', ip = '', port = '', flags = '', 'slave-priority': priority } = toRecord(fields);
  return {
    id: runid,
    address: formatAddress({ host: ip, port: Number(port) }),
    down: downFlags(flags),
    ...(priority === undefined ? {} : { priority: Number(priority) }),
  };
}

function downFlags(flags = ''): string {
  const down = ['s_down', 'o_down', 'disconnected', 'failover_in_progress'];
  return flags
    .split(',')
    .filter((flag) => down.includes(flag))
    .join(',');
}

/** Sentinel answers with names and values in turn. */
export function toRecord(fields: readonly string[]): Record<string, string | undefined> {
  const record: Record<string, string> = {};
  for (let i = 0; i + 1 < fields.length; i += 2) record[String(fields[i])] = String(fields[i + 1]);
  return record;
}
