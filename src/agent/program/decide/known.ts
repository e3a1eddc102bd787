/**
 * What an agent knows, as the decisions see it. Whoever runs the decisions (`agent.ts` in a pod, the simulation in virtual
 * time) keeps it up to date; the decisions only read it.
 *
 * All times are milliseconds of one clock that never jumps and that stands still while the agent itself does not run
 * (`now`), so a silence never counts the time that the agent slept. `realNow` does not stand still.
 */

/** The address of a server or of a Sentinel: the ClusterIP of its Service. */
export type Address = string;

/**
 * How the last question to someone ended. No decision takes one for another; "no answer" is never "no".
 *
 *  - `unknown`    not asked yet, or not to the end
 *  - `answered`   it said what it was asked for
 *  - `refused`    nobody listens there: a new connection is refused. One that was closed only tells to try: clients are ended
 *                 for many reasons
 *  - `denied`     it lives, and refuses the password
 *  - `untrusted`  it lives, and the certificate is not accepted
 *  - `busy`       it lives, and does not say: LOADING, BUSY, or an error
 *  - `silent`     no answer in the time that a question may take
 */
export type Contact = 'unknown' | 'answered' | 'refused' | 'denied' | 'untrusted' | 'busy' | 'silent';

export interface Asked {
  readonly contact: Contact;
  /** When the question was asked that ended in `contact`; -Infinity before the first. */
  readonly askedAt: number;
  /** When an answer of any kind last came: it lived then. */
  readonly answeredAt?: number;
  /**
   * Since when a question is open: the oldest one on the standing connection, also when whoever asked has given it up (the
   * contact is `silent` then).
   */
  readonly pendingSince?: number;
}

/** What a server says of itself: INFO replication and persistence. */
export interface ServerInfo {
  readonly role: 'master' | 'replica';
  /** It reads its file, or a copy from its master, and serves nobody. */
  readonly loading: boolean;
  /** `master_repl_offset` of a master, `slave_repl_offset` of a replica. */
  readonly offset: number;
  /** `slave_priority`; 0: it must not be promoted. Of a master: what it will begin with as a replica, -1 where unknown. */
  readonly priority: number;
  /** Of a replica: whom it follows. */
  readonly master: Address;
  /** Of a replica: `master_link_status:up`. */
  readonly linkUp: boolean;
  /** Of a replica: a full copy is on its way. */
  readonly syncing: boolean;
  /** Of a replica: ms since it last heard of its master; Infinity without a link. To the second. */
  readonly heardMs: number;
  /** Of a replica: ms for which its link has been down; 0 where it is up. To the second. */
  readonly linkDownMs: number;
  /** Of a master: those that follow it. */
  readonly replicas: readonly ReplicaOfMaster[];
  /** Counts every change of the data (`rdb_changes_since_last_save`). */
  readonly changes: number;
  /** Its append-only file is being written anew, or is about to be; until then a server that has copied everything has none of it. */
  readonly rewriting: boolean;
}

export interface ReplicaOfMaster {
  readonly address: Address;
  readonly offset: number;
  /** Since it last confirmed, ms, to the second. */
  readonly lagMs: number;
  readonly online: boolean;
}

export interface ServerSeen extends Asked {
  readonly info?: ServerInfo;
  /** When the question was asked that `info` answers; -Infinity without. */
  readonly infoAt: number;
  /** How far it says it had come, while it stands for election without a master. */
  readonly position?: Position;
  readonly positionAt: number;
}

/** How far a server had come: the reign (configuration epoch), the offset of the last mark in it, and the bytes after that. */
export interface Position {
  readonly epoch: number;
  readonly offset: number;
  readonly bytes: number;
}

/** What a Sentinel says: `SENTINEL MASTER`, the address as clients are given it (`GET-MASTER-ADDR-BY-NAME`). */
export interface MasterView {
  readonly master: Address;
  /** `config-epoch` */
  readonly epoch: number;
  readonly subjectivelyDown: boolean;
  readonly objectivelyDown: boolean;
  readonly failoverInProgress: boolean;
  /** It was elected for that failover, and has a replica promoted, or is about to. */
  readonly elected: boolean;
  /** It has had an INFO of the master (it knows the master's run id). */
  readonly met: boolean;
  /** ms since the master last answered its PING (`last-ok-ping-reply`). */
  readonly heardMs: number;
  /** A replica whose link to that master is up (`SENTINEL REPLICAS`); asked of the own Sentinel only. */
  readonly hasLinkedReplica?: boolean;
}

/** A Sentinel's answer to a request for its vote. */
export interface Vote {
  /** Which request: the number of the order. */
  readonly order: number;
  /** Whom it has voted for, in `epoch`; `*` where for nobody. */
  readonly leader: string;
  readonly epoch: number;
}

export interface SentinelSeen extends Asked {
  readonly view?: MasterView;
  readonly viewAt: number;
  readonly vote?: Vote;
  /** Flags that it holds of each server that is a replica to it: `s_down`, `promoted` and others. */
  readonly replicas?: ReadonlyMap<Address, string>;
  readonly replicasAt: number;
}

/** How an order ended. */
export type Result = 'done' | 'refused' | 'failed';

/** The process of an engine in this pod. */
export interface EngineProcess {
  /**
   *  - `absent`   its container is not there (yet)
   *  - `waiting`  its container waits for an order
   *  - `running`  it was started
   */
  readonly state: 'absent' | 'waiting' | 'running';
  /** Since when, in that state. */
  readonly since: number;
}

/** What lies on the server's volume, looked at when its container waits. */
export interface Data {
  /** A whole copy of the data is there: an append-only file, and not that of a replica that was never filled. */
  readonly there: boolean;
  /** This server began the topology, and had not answered as master when it ended. */
  readonly firstStart: boolean;
  /** How far it had come, as the file tells; epoch 0 where it does not tell. */
  readonly position: Position;
  /** That is how far it had come before a full copy, which it had not written to its file when it ended. */
  readonly outdated?: boolean;
  /** Why the engine cannot read the files that are there, be they a whole copy or not; a person's words. */
  readonly fault?: string;
  /** The fault is not the file's but the engine's, which is older than the one that wrote it. */
  readonly foreign?: boolean;
}

/** What a Sentinel's own file remembers. */
export interface SentinelState {
  /** The server that it named; undefined without a file. */
  readonly master?: Address;
  readonly configEpoch: number;
  readonly leaderEpoch: number;
  readonly currentEpoch: number;
  /** There was once a replica in step with a master: the topology is not new. */
  readonly hadData: boolean;
}

/** What never changes while the agent runs. */
export interface Plan {
  readonly ordinal: number;
  readonly hasServer: boolean;
  readonly hasSentinel: boolean;
  /** Address of this pod's server (or Sentinel, where it has no server). */
  readonly me: Address;
  /** All of them by ordinal, this pod's included. */
  readonly servers: readonly Address[];
  readonly sentinels: readonly Address[];
  /** The Sentinel asked first: the pod's own where it has one. */
  readonly nearest: Address;
  /** For whom Sentinels are asked to vote, when this agent has them elect; no Sentinel's own id. */
  readonly electorId: string;
  /** Ids of the Sentinels, by ordinal. */
  readonly sentinelIds: readonly string[];
  readonly downAfter: number;
  readonly failoverTimeout: number;
  /** `min-replicas-to-write` */
  readonly minReplicas: number;
  /** ms */
  readonly maxLag: number;
  /** Two masters never both accept writes: a cut-off master is fenced, one that hangs is ended. */
  readonly strict: boolean;
  /** The data is on a volume. */
  readonly persistent: boolean;
  readonly whenEmpty: 'stay-down' | 'start';
  readonly whenEmptyAfter: number;
  readonly whenAbandoned: 'promote' | 'promote-if-certain';
  readonly whenAbandonedAfter: number;
  /** Of the pod, ms. */
  readonly grace: number;
}

export interface Known {
  readonly now: number;
  readonly realNow: number;
  readonly plan: Plan;
  /** By address, the own one too. */
  readonly servers: ReadonlyMap<Address, ServerSeen>;
  readonly sentinels: ReadonlyMap<Address, SentinelSeen>;
  readonly server: EngineProcess;
  readonly sentinel: EngineProcess;
  readonly data: Data;
  readonly sentinelState: SentinelState;
  /** The newest finished round of `PUBLISH`, `WAIT minReplicas 100` on a connection of its own: how many confirmed. */
  readonly confirmed?: { readonly askedAt: number; readonly replicas: number };
  /** Since when such a round is open. */
  readonly confirmPendingSince?: number;
  /** The preStop hook waits for a hand-over, since then. */
  readonly handOverAsked?: number;
  /** Proxies ask this agent whether its server is master. */
  readonly isProxied?: boolean;
  /** A person takes the loss upon himself. */
  readonly promoteOrdered: boolean;
  /** CPU of the own Sentinel since the look before, in per cent of a processor, and when it was looked at. */
  readonly sentinelCpu?: { readonly at: number; readonly percent: number };
  /** How orders that carry a number ended, for some seconds. */
  readonly results: ReadonlyMap<number, Result>;
}
