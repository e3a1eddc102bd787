import type { Address, Position } from './known.js';

/** What the decisions remember from one time to the next. Only `durable` outlives the agent; a new agent finds the rest out. */
export interface Memory {
  readonly durable: Durable;
  /** The number of the last order that carried one. */
  readonly numbers: number;
  readonly start: StartMemory;
  readonly care: CareMemory;
  readonly cutOff: CutOffMemory;
  readonly fence: FenceMemory;
  readonly hang: HangMemory;
  readonly demotion: DemotionMemory;
  readonly crash: CrashMemory;
  readonly proclamation: ProclamationMemory;
  readonly disagreement: DisagreementMemory;
  readonly takeover: TakeoverMemory;
  readonly stuck: StuckMemory;
  readonly candidacy: CandidacyMemory;
  readonly handOver: HandOverMemory;
  readonly held: HeldConnectionsMemory;
  readonly sentinel: SentinelMemory;
  readonly spinning: SpinningMemory;
  readonly waiting: WaitingMemory;
}

/** Kept in the pod's memory volume: an agent that was restarted goes on with it. */
export interface Durable {
  /** The running server has answered as master. */
  readonly seenAsMaster: boolean;
  /** The running server has been linked to a master since it started. */
  readonly linked: boolean;
  /** The server stands for election without a master, with this position. */
  readonly candidate?: { readonly position: Position };
  /** This replica was cut off, and must not be promoted: its priority was set to 0. */
  readonly cutOff?: boolean;
  /** Writes are paused since the master is cut off. */
  readonly fenced: boolean;
  /** The own Sentinel is patient with a master that it has not met. */
  readonly patient: boolean;
}

export interface StartMemory {
  /** Since when a server that may be promotable does not answer. */
  readonly silentSince?: number;
  /** Since when this named master finds nobody with data, having none itself. */
  readonly emptySince?: number;
  /** Since when the last master is away and nobody can be promoted. */
  readonly abandonedSince?: number;
  /** The first start of all is being noted by the Sentinels. */
  readonly noting?: { readonly phase: 'announce' | 'flush' | 'look'; readonly number: number; readonly since: number };
  /** The order to start was given; until the container says that it runs. */
  readonly startedAt?: number;
}

export interface CareMemory {
  readonly role?: 'master' | 'replica';
  /** Whom this server followed while it was a replica. */
  readonly followed?: Address;
  /**
   * What the volume says of the server's file: that it holds everything (`whole`), or is of before a full copy, which is being
   * read (`copying`) or written (`outdated`). `unknown`: it is in use, and being written anew; undefined: the server was not in
   * step.
   */
  readonly file?: 'whole' | 'copying' | 'outdated' | 'unknown';
  /** The last mark: the reign, the count of changes just after it, and the replicas that were online. */
  readonly mark?: {
    readonly epoch: number;
    readonly changes: number;
    readonly replicas: readonly Address[];
    readonly at: number;
  };
  /** When this replica's priority was last raised. */
  readonly raisedAt?: number;
}

export interface CutOffMemory {
  /** Since when this replica hears no master, and reaches a majority of neither the servers nor the Sentinels. */
  readonly aloneSince?: number;
  /** It was cut off: since when a majority of the Sentinels answers again. */
  readonly backSince?: number;
  /** When its priority was last ordered. */
  readonly orderedAt?: number;
}

export interface FenceMemory {
  /** Since when too few replicas confirm, and it is being asked whether the Sentinels answer. */
  readonly doubtSince?: number;
  /** When a majority of the Sentinels answered although too few replicas confirm. */
  readonly reassuredAt?: number;
  /** When writes were paused, and when that was last renewed. */
  readonly fencedAt?: number;
  readonly pausedAt?: number;
  /** Since when enough replicas report again, and no Sentinel speaks against this master. */
  readonly heardSince?: number;
}

export interface HangMemory {
  readonly endedAt?: number;
  /** Since when this agent runs without a stall, as far as it was watched, and what was left out of its clock by then, ms. */
  readonly runs?: { readonly since: number; readonly ahead: number };
}

export interface DemotionMemory {
  /** Since when a majority names another, and which one. */
  readonly since?: number;
  readonly master?: Address;
  /** When this server was told to follow it. */
  readonly orderedAt?: number;
  /** This server became master in the place of `from`, when the Sentinels knew of that epoch. */
  readonly turned?: { readonly from: Address; readonly epoch: number; readonly at: number };
}

export interface Election {
  readonly phase: 'views' | 'votes';
  readonly old: Address;
  readonly epoch: number;
  readonly attempt: number;
  readonly since: number;
  /** The order that asked for the votes. */
  readonly number: number;
  /** By how much real time was ahead when it began: what is added since is time in which this agent did not run. */
  readonly ahead: number;
  /** Of whom is master already, where the Sentinels name another beside it: each votes in the place of whom it names. */
  readonly isAnew?: boolean;
}

/** From the election to the moment when all were told. */
export interface Switch {
  readonly phase: 'elect' | 'promote' | 'tell';
  readonly heir: Address;
  readonly offset: number;
  readonly election: Election;
  readonly number: number;
  readonly since: number;
}

/** A new master that a majority of the Sentinels does not name yet, and when they were last told of it. */
export interface Promoted {
  readonly heir: Address;
  readonly epoch: number;
  readonly since: number;
  readonly toldAt: number;
}

export interface CrashMemory {
  /** Since when nothing listens although the Sentinels name this server. */
  readonly goneAt?: number;
  readonly switching?: Switch;
  readonly promoted?: Promoted;
  /** Ordered to be master in that epoch, without an answer: it may have become so since. */
  readonly ordered?: { readonly heir: Address; readonly epoch: number };
  /** An election came to nothing: not again before this time. */
  readonly notBefore?: number;
  /** Why it came to nothing. */
  readonly lost?: string;
  /** A replica that could be promoted was slow to answer. */
  readonly slow: readonly Address[];
  /** How long the last failover took, ms, from the end of the server to the promotion. */
  readonly lastMs?: number;
}

export interface ProclamationMemory {
  /** Since when this server is master by a Sentinel's promotion, in whose place, and the number of the question for votes. */
  readonly since?: number;
  readonly old?: Address;
  readonly number?: number;
}

export interface DisagreementMemory {
  /** Since when this master and another are named in one epoch, or the last election to settle that came to nothing. */
  readonly since?: number;
  readonly election?: Election;
  /** The epoch that settled it, until a majority names this server in it. */
  readonly told?: Promoted;
  /** What was said of why a person must settle it. */
  readonly said?: string;
}

export interface TakeoverMemory {
  /** Since when a majority of the Sentinels considers the master down, and none was elected for a failover. */
  readonly downSince?: number;
  readonly switching?: Switch;
  readonly promoted?: Promoted;
  readonly notBefore?: number;
  readonly lost?: string;
}

export interface StuckMemory {
  /** `down-after` of the Sentinels is raised; unknown to an agent that was restarted. */
  readonly raised: 'yes' | 'no' | 'unknown';
  readonly raisedAt?: number;
}

export interface CandidacyMemory {
  /** Since when the running replica waits for a master that never lets it in. */
  readonly waitingSince?: number;
  /** Since when it stands for election. */
  readonly standingSince?: number;
  /** Whom the Sentinels name, and since when that is known. */
  readonly named?: { readonly master: Address; readonly since: number };
  readonly switching?: Switch;
  readonly promoted?: Promoted;
  readonly notBefore?: number;
  readonly lost?: string;
}

export interface HandOverMemory {
  readonly phase?: 'begin' | 'elect' | 'pause' | 'catch-up' | 'promote' | 'agree' | 'by-sentinel' | 'over';
  readonly askedAt?: number;
  readonly since?: number;
  readonly election?: Election;
  readonly epoch?: number;
  readonly candidates?: readonly Address[];
  readonly heir?: Address;
  readonly number?: number;
  /** Until when writes are paused, and since when: real time, ms. */
  readonly pausedUntil?: number;
  readonly pausedAt?: number;
  readonly promoted?: Promoted;
  /** Until then this server stays a master whose writes are paused, though the heir is promoted. */
  readonly retiresAt?: number;
  readonly askedFailoverAt?: number;
  /** For how long writes were paused, ms. */
  readonly lastMs?: number;
}

export interface HeldConnectionsMemory {
  /** When held connections of Sentinels were last closed; at first, since when writes are paused. */
  readonly freedAt?: number;
  /** The pod may stop: the server that runs since then is told to, and may wait for its replicas. */
  readonly stopping?: number;
}

export interface SentinelMemory {
  /** Adopting what the others know: since when, and until when this Sentinel holds back. */
  readonly adoptingSince?: number;
  readonly adopted?: { readonly master: Address; readonly epoch: number };
  readonly heldUntil?: number;
  /** One of the others saw someone down, or was at a failover. */
  readonly seesDown?: boolean;
  readonly startedAt?: number;
  /** When the running Sentinel was told to be patient. */
  readonly patientSince?: number;
  /** Since when the master that it has not met answers this agent. */
  readonly answersSince?: number;
  /** How long it may answer until the Sentinel's links are made anew the next time, ms. */
  readonly anewAfter?: number;
  /** When it was ended, as it hung. */
  readonly endedAt?: number;
  readonly hadDataSigned: boolean;
}

export interface SpinningMemory {
  /** It was busy at the last look. */
  readonly isBusy?: boolean;
  readonly everyMs: number;
  readonly seenAt: number;
}

/** What the pod waits for, so that the log says it once, and again from time to time. */
export interface WaitingMemory {
  readonly reason?: string;
  readonly since: number;
  /** When this reason took the place of another. */
  readonly changedAt?: number;
  /** The last reasons that were said, the newest first. */
  readonly said?: readonly { readonly reason: string; readonly at: number }[];
}

export const SPINNING_LOOK_MS = 1000;

export function newMemory(durable: Partial<Durable> = {}): Memory {
  return {
    durable: { seenAsMaster: false, linked: false, fenced: false, patient: false, ...durable },
    numbers: 0,
    start: {},
    care: {},
    cutOff: {},
    fence: {},
    hang: {},
    demotion: {},
    crash: { slow: [] },
    proclamation: {},
    disagreement: {},
    takeover: {},
    stuck: { raised: 'unknown' },
    candidacy: {},
    handOver: {},
    held: {},
    sentinel: { hadDataSigned: false },
    spinning: { everyMs: SPINNING_LOOK_MS, seenAt: -Infinity },
    waiting: { since: -Infinity },
  };
}
