/** What a server says of itself: INFO replication and persistence. */
export interface ServerInfo {
  readonly role: 'master' | 'replica';
  /** It reads its file, or a copy from its master, and serves nobody. */
  readonly loading: boolean;
  /** `master_repl_offset` of a master, `slave_repl_offset` of a replica. */
  readonly offset: number;
  /** `slave_priority`; 0: it must not be promoted. -1 of a master, which does not say. */
  readonly priority: number;
  /** Of a replica: whom it follows; of a master empty. */
  readonly master: string;
  /** Of a replica: `master_link_status:up`. */
  readonly linkUp: boolean;
  /** Of a replica: a full copy is on its way. */
  readonly syncing: boolean;
  /** Of a replica: ms since it last heard of its master; Infinity without a link. To the second. */
  readonly heardMs: number;
  /** Of a replica: ms for which its link has been down; 0 where it is up, Infinity where it never was. To the second. */
  readonly linkDownMs: number;
  /** Of a master: those that follow it. */
  readonly replicas: readonly ReplicaOfMaster[];
  /** Counts every change of the data (`rdb_changes_since_last_save`). */
  readonly changes: number;
  /** Its append-only file is being written anew, or is about to be. */
  readonly rewriting: boolean;
}

export interface ReplicaOfMaster {
  readonly address: string;
  readonly offset: number;
  /** Since it last confirmed, ms, to the second. */
  readonly lagMs: number;
  readonly online: boolean;
}

/** INFO's lines `name:value`; headings and empty lines are left out. */
export type Info = ReadonlyMap<string, string>;

export function parseInfo(text: string): Info {
  const info = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) info.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return info;
}

/** @returns undefined where the section `replication` is missing */
export function serverInfo(text: string): ServerInfo | undefined {
  const info = parseInfo(text);
  const role = info.get('role');
  if (role === undefined) return undefined;
  const isReplica = role === 'slave';
  const linkUp = info.get('master_link_status') === 'up';
  return {
    role: isReplica ? 'replica' : 'master',
    loading: info.get('loading') === '1',
    offset: numberIn(info, isReplica ? 'slave_repl_offset' : 'master_repl_offset', 0),
    priority: numberIn(info, 'slave_priority', -1),
    master: info.get('master_host') ?? '',
    linkUp,
    syncing: info.get('master_sync_in_progress') === '1',
    heardMs: isReplica ? secondsIn(info, 'master_last_io_seconds_ago') : 0,
    linkDownMs: isReplica && !linkUp ? secondsIn(info, 'master_link_down_since_seconds') : 0,
    replicas: replicasIn(info).map(({ host, offset, lagMs, state }) => ({
      address: host,
      offset,
      lagMs,
      online: state === 'online',
    })),
    changes: numberIn(info, 'rdb_changes_since_last_save', 0),
    rewriting: info.get('aof_rewrite_in_progress') === '1' || info.get('aof_rewrite_scheduled') === '1',
  };
}

/** A replica, as its master lists it. */
export interface ListedReplica {
  readonly host: string;
  readonly port: number;
  /** `online` once it has its first full copy. */
  readonly state: string;
  readonly offset: number;
  readonly lagMs: number;
}

/** Of a master, in its own order. ROLE would list a replica that still receives its first copy like any other. */
export function replicasIn(info: Info): ListedReplica[] {
  const found: ListedReplica[] = [];
  for (const [name, value] of info) {
    if (!/^slave\d+$/.test(name)) continue;
    const fields = new Map(value.split(',').map((pair) => pair.split('=', 2) as [string, string]));
    found.push({
      host: fields.get('ip') ?? '',
      port: numberIn(fields, 'port', 0),
      state: fields.get('state') ?? '',
      offset: numberIn(fields, 'offset', 0),
      lagMs: secondsIn(fields, 'lag'),
    });
  }
  return found;
}

function numberIn(fields: ReadonlyMap<string, string>, name: string, fallback: number): number {
  const value = Number(fields.get(name) ?? Number.NaN);
  return Number.isNaN(value) ? fallback : value;
}

/** In ms; -1 and nothing stand for never. */
function secondsIn(fields: ReadonlyMap<string, string>, name: string): number {
  const seconds = numberIn(fields, name, -1);
  return seconds < 0 ? Number.POSITIVE_INFINITY : seconds * 1000;
}
