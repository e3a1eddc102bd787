import type { Connection } from './connection.js';
import { type Failure, isList, type Reply } from './outcome.js';

/** A server, or a Sentinel, as a Sentinel knows it. */
export interface Peer {
  /** Its run id; empty while the Sentinel has not met it. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** `master`, `slave`, `sentinel`, and `s_down`, `o_down`, `disconnected` and others that it has against it. */
  readonly flags: readonly string[];
}

export interface ReplicaPeer extends Peer {
  /** 0: it must not be promoted. */
  readonly priority: number;
  /** Its link to its master is up, as it last told. */
  readonly linkUp: boolean;
  /** Whom it follows, as it last told; empty while it has not. */
  readonly master: string;
}

/** What one Sentinel says of the topology (`SENTINEL MASTER`). */
export interface SentinelView {
  /** The master that it names. */
  readonly master: Peer;
  readonly configEpoch: number;
  readonly quorum: number;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  /** How many replicas it knows, and how many Sentinels beside itself. */
  readonly replicaCount: number;
  readonly otherSentinelCount: number;
  /** Where its own failover stands, such as `wait_start` (it asks for votes); empty without one. */
  readonly failoverState: string;
  /** Since the master last answered its PING (`last-ok-ping-reply`), ms; -1 where it does not tell. */
  readonly heardMs: number;
}

/** The same with all whom it knows (`SENTINEL REPLICAS` and `SENTINEL SENTINELS`). */
export interface WholeSentinelView extends SentinelView {
  readonly replicas: readonly ReplicaPeer[];
  readonly otherSentinels: readonly Peer[];
}

/** Of the answer to `SENTINEL MASTER`. */
export function viewOf(reply: Reply): SentinelView {
  const fields = fieldsOf(reply);
  const number = (name: string) => Number(fields.get(name) ?? -1);
  return {
    master: peer(fields),
    configEpoch: number('config-epoch'),
    quorum: number('quorum'),
    downAfterMs: number('down-after-milliseconds'),
    failoverTimeoutMs: number('failover-timeout'),
    replicaCount: number('num-slaves'),
    otherSentinelCount: number('num-other-sentinels'),
    failoverState: fields.get('failover-state') ?? '',
    heardMs: number('last-ok-ping-reply'),
  };
}

/** Of the answer to `SENTINEL SENTINELS`. */
export function sentinelPeers(reply: Reply): Peer[] {
  return isList(reply) ? reply.map((one) => peer(fieldsOf(one))) : [];
}

/** Of the answer to `SENTINEL REPLICAS`. */
export function replicaPeers(reply: Reply): ReplicaPeer[] {
  const peers = isList(reply) ? reply.map(fieldsOf) : [];
  return peers.map((fields) => ({
    ...peer(fields),
    priority: Number(fields.get('slave-priority') ?? -1),
    linkUp: fields.get('master-link-status') === 'ok',
    master: (fields.get('master-host') ?? '').replace('?', ''),
  }));
}

/** The address in the answer to `SENTINEL GET-MASTER-ADDR-BY-NAME`; undefined where it knows no master of that name, or names no port. */
export function namedAddress(reply: Reply): { readonly host: string; readonly port: number } | undefined {
  if (!isList(reply) || typeof reply[0] !== 'string') return undefined;
  const port = Number(reply[1]);
  return port > 0 && port < 65_536 ? { host: reply[0], port } : undefined;
}

/** Asks one Sentinel for all that it knows, in one go; how it ended where it does not answer. */
export async function askWholeView(
  sentinel: Pick<Connection, 'send'>,
  masterName: string,
  timeoutMs: number,
): Promise<WholeSentinelView | Failure> {
  const ask = (what: string) => sentinel.send(['SENTINEL', what, masterName], timeoutMs);
  const outcomes = await Promise.all(['MASTER', 'REPLICAS', 'SENTINELS'].map(ask));
  const replies: Reply[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind !== 'reply') return outcome;
    replies.push(outcome.reply);
  }
  const [master = [], replicas = [], sentinels = []] = replies;
  return { ...viewOf(master), replicas: replicaPeers(replicas), otherSentinels: sentinelPeers(sentinels) };
}

/** Whom to believe where Sentinels differ: the one that knows of the last failover. The first of equals. */
export function newestView<T extends Pick<SentinelView, 'configEpoch'>>(views: readonly T[]): T | undefined {
  return views.reduce<T | undefined>(
    (newest, view) => (newest === undefined || view.configEpoch > newest.configEpoch ? view : newest),
    undefined,
  );
}

/** Names and values in turn, as Sentinel answers, in RESP3 too. */
export function fieldsOf(reply: Reply): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  if (isList(reply)) for (let i = 0; i + 1 < reply.length; i += 2) fields.set(String(reply[i]), String(reply[i + 1]));
  return fields;
}

function peer(fields: ReadonlyMap<string, string>): Peer {
  return {
    id: fields.get('runid') ?? '',
    host: fields.get('ip') ?? '',
    port: Number(fields.get('port') ?? 0),
    flags: (fields.get('flags') ?? '').split(',').filter((flag) => flag !== ''),
  };
}
