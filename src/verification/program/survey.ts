import { lookup } from 'node:dns/promises';
import { parseInfo, replicasIn } from '../../client/info.js';
import { askWholeView, namedAddress, type Peer, type WholeSentinelView } from '../../client/sentinel.js';
import { type Address, formatAddress, parseAddress } from './address.js';
import { Connection, failure, type Login, loginIn, replyIn, withConnection } from './connection.js';
import { messageOf, Unknown } from './finding.js';
import { OPERATION_TIMEOUT_MS } from './limits.js';
import type { ProgramSettings } from './settings.js';

/** What one Sentinel says, all asked over one connection. */
export interface SentinelAnswers extends WholeSentinelView {
  /** Its own. */
  readonly id: string;
  /** `host:port` of the master, the answer that clients get. */
  readonly named: string;
  /** The reply of SENTINEL CKQUORUM, `OK ...` or an error. */
  readonly checkedQuorum: string;
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
  readonly sentinels: readonly Seen<SentinelAnswers>[];
  /** Every address that a Sentinel names as the master or a replica. */
  readonly servers: readonly Seen<ServerView>[];
}

/** Asks every Sentinel, then every server they name. Never throws: who does not answer is seen as such. */
export async function takeSurvey(settings: ProgramSettings): Promise<Survey> {
  const sentinels = await Promise.all(
    settings.sentinels.map((address) =>
      see(address, { ...settings, password: settings.sentinelPassword }, (one) =>
        viewSentinel(one, settings.masterName),
      ),
    ),
  );
  const servers = await Promise.all(
    serverAddresses({ sentinels }).map((address) => see(address, settings, viewServer)),
  );
  return { sentinels, servers: await inOneForm(servers) };
}

/**
 * While TLS is turned on or off, a replica may have been told its master by address where the Sentinels tell names, or the other
 * way round: it is put in the Sentinels' form. What cannot be resolved stays as it is.
 */
async function inOneForm(servers: readonly Seen<ServerView>[]): Promise<Seen<ServerView>[]> {
  const known = servers.map(({ address }) => address);
  const isOther = ({ view }: Seen<ServerView>) => view && view.follows !== '' && !known.includes(view.follows);
  if (!servers.some(isOther)) return [...servers];
  const resolved = await Promise.all(known.map(resolve));
  return Promise.all(
    servers.map(async (server) => {
      if (!server.view || !isOther(server)) return server;
      const place = resolved.indexOf(await resolve(server.view.follows));
      return place < 0 ? server : { ...server, view: { ...server.view, follows: known[place] as string } };
    }),
  );
}

async function resolve(text: string): Promise<string> {
  const { host = '', port = 0 } = parseAddress(text) ?? {};
  const { address } = await lookup(host).catch(() => ({ address: host }));
  return formatAddress({ host: address, port });
}

/** The masters that the Sentinels name: one, where they agree. */
export function mastersOf({ sentinels }: Pick<Survey, 'sentinels'>): string[] {
  return [...new Set(sentinels.flatMap(({ view }) => (view ? [view.named] : [])))];
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
  const replicas = survey.sentinels.flatMap(({ view }) => view?.replicas.map(formatAddress) ?? []);
  const addresses = [...new Set([...mastersOf(survey), ...replicas])].map(parseAddress);
  return addresses.filter((address) => address !== undefined);
}

async function see<T>(address: Address, login: Login, view: (connection: Connection) => Promise<T>): Promise<Seen<T>> {
  try {
    return {
      address: formatAddress(address),
      view: await withConnection(Connection.to(address, loginIn(login)), view),
    };
  } catch (error) {
    const text = formatAddress(address);
    return { address: text, failure: messageOf(error).replace(`${text}: `, '') };
  }
}

/** One Sentinel's own view. */
export async function viewSentinel(
  sentinel: Pick<Connection, 'send' | 'address'>,
  masterName: string,
): Promise<SentinelAnswers> {
  const ask = (...question: string[]) => sentinel.send(['SENTINEL', ...question]);
  const [id, address, whole, quorum] = await Promise.all([
    ask('MYID'),
    ask('GET-MASTER-ADDR-BY-NAME', masterName),
    askWholeView(sentinel, masterName, OPERATION_TIMEOUT_MS),
    ask('CKQUORUM', masterName),
  ]);
  const named = namedAddress(replyIn(address, sentinel.address));
  if (named === undefined) throw new Error(`knows no master '${masterName}'`);
  if ('kind' in whole) throw failure(whole, sentinel.address);
  return {
    ...whole,
    id: String(replyIn(id, sentinel.address)),
    named: formatAddress(named),
    checkedQuorum: quorum.kind === 'error' ? quorum.message : String(replyIn(quorum, sentinel.address)),
  };
}

async function viewServer(server: Connection): Promise<ServerView> {
  const [role, info] = await Promise.all([server.call('ROLE'), server.call('INFO', 'replication')]);
  const [name, second, third, link] = role as [string, string, number, string];
  const isReplica = name === 'slave';
  const fields = parseInfo(String(info));
  const good = fields.get('min_slaves_good_slaves');
  return {
    role: isReplica ? 'replica' : name,
    follows: isReplica ? formatAddress({ host: second, port: third }) : '',
    link: isReplica ? link : '',
    // INFO and not ROLE: ROLE lists a replica that is still receiving its first synchronisation too.
    online: replicasIn(fields)
      .filter(({ state }) => name === 'master' && state === 'online')
      .map(formatAddress),
    goodReplicas: good === undefined ? undefined : Number(good),
  };
}

/** What a Sentinel has against one that it knows: `s_down`, `o_down`, `disconnected`, or several; empty when it is up. */
export function downFlags({ flags }: Pick<Peer, 'flags'>): string {
  const down = ['s_down', 'o_down', 'disconnected', 'failover_in_progress'];
  return flags.filter((flag) => down.includes(flag)).join(',');
}
