export type Verdict = 'sound' | 'unsound' | 'unknown';

export interface ServerRow {
  readonly pod: string;
  readonly node?: string;
  readonly role: 'master' | 'replica' | 'down' | 'unknown';
  /** Replication offset, bytes. */
  readonly offset?: number;
  /** Of a replica: bytes that the master has and it has not. */
  readonly behind?: number;
  /** Of a replica: ms since it last confirmed to the master, to the second. */
  readonly lagMs?: number;
  /** Of a replica. */
  readonly link?: 'up' | 'down' | 'copying';
  /** 0: it must not be promoted. */
  readonly priority?: number;
  /** Writes are paused, as the master is cut off. */
  readonly fenced: boolean;
}

export interface SentinelRow {
  readonly pod: string;
  /** Pod of the master that it names; the bare address where no pod has it. @default - it does not answer */
  readonly names?: string;
  readonly epoch?: number;
  /** `s_down`, `o_down`, `failover` of that master. */
  readonly flags: readonly string[];
}

/** What of a pod waits, for what, and for how long. */
export interface Wait {
  readonly pod: string;
  readonly who: string;
  readonly reason: string;
  /** @default - the agent does not say */
  readonly seconds?: number;
}

/** Where the change of a password stands. */
export interface PasswordRow {
  /** `the topology`, or the name of a user. */
  readonly of: string;
  /** What the pods say, with those that say it. */
  readonly states: readonly { readonly state: string; readonly pods: readonly string[] }[];
}

export interface Finding {
  /** `wrong` is seen; `unclear` could not be told. */
  readonly kind: 'wrong' | 'unclear';
  readonly what: string;
  readonly mend: string;
}

export interface Judgement {
  readonly topology: string;
  readonly verdict: Verdict;
  /** Pod of the one master. @default - there is none, or more than one */
  readonly master?: string;
  /** In UTC, of the one that ends first. @default - there is no TLS */
  readonly certificateExpires?: string;
  readonly servers: readonly ServerRow[];
  readonly sentinels: readonly SentinelRow[];
  readonly waiting: readonly Wait[];
  readonly passwords: readonly PasswordRow[];
  readonly findings: readonly Finding[];
}
