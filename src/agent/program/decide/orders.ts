import type { Address, Position } from './known.js';

/**
 * What an agent may do. Each order is carried out once, bounded in time; one that carries a number has its result in
 * `Known.results`. Whoever carries them out decides nothing.
 */
export type Order =
  /** Starts the waiting server. `setAside`: what is on its volume cannot be read, and is put aside first. */
  | {
      readonly do: 'start-server';
      readonly as: 'master' | 'replica' | 'candidate';
      readonly master?: Address;
      readonly position?: Position;
      readonly setAside?: boolean;
    }
  /** SIGKILL to the running server. */
  | { readonly do: 'end-server' }
  /** SIGKILL to the running Sentinel. */
  | { readonly do: 'end-sentinel' }
  | {
      readonly do: 'start-sentinel';
      readonly master: Address;
      readonly configEpoch: number;
      readonly leaderEpoch: number;
      readonly currentEpoch: number;
    }
  /** A fact on the volume: from now on it holds, or does not. */
  | { readonly do: 'set-fact'; readonly fact: VolumeFact; readonly holds: boolean }
  /** Takes away what a person ordered (`promote`): it is done, or no longer needed. */
  | { readonly do: 'forget-promote' }
  /** `replica-priority` of the own server. */
  | { readonly do: 'set-priority'; readonly value: number }
  /** REPLICAOF; without a master, `NO ONE`. */
  | { readonly do: 'follow'; readonly server: Address; readonly master?: Address; readonly number?: number }
  /** Ends the own server's normal clients, so that pooled connections move. */
  | { readonly do: 'drop-clients' }
  /** CLIENT PAUSE … WRITE of the own server. */
  | { readonly do: 'pause'; readonly ms: number; readonly number?: number }
  | { readonly do: 'unpause' }
  /** Closes the connections of Sentinels that a pause of writes holds: they are made anew. */
  | { readonly do: 'free-sentinels' }
  /** Writes the mark: reign and offset, into the mark's own database. */
  | { readonly do: 'mark'; readonly epoch: number; readonly offset: number }
  /** Lets the other servers read how far this one had come; without a position, takes it back. */
  | { readonly do: 'show-position'; readonly position?: Position }
  /**
   * Asks all Sentinels to vote for this agent in that epoch, in place of `old`; without it, in place of whom each names. The
   * votes are in `SentinelSeen.vote`.
   */
  | { readonly do: 'ask-votes'; readonly old?: Address; readonly epoch: number; readonly number: number }
  /** Asks all Sentinels whom they have voted for, without asking for a vote. */
  | { readonly do: 'ask-given-votes'; readonly old: Address; readonly number: number }
  /** Tells all Sentinels, in their own hello message, that `master` is master in that epoch. `number`: when all were told. */
  | { readonly do: 'announce'; readonly master: Address; readonly epoch: number; readonly number?: number }
  /** Has all Sentinels write their state to disk. */
  | { readonly do: 'flush-sentinels'; readonly number: number }
  /** SENTINEL FAILOVER on the nearest Sentinel. */
  | { readonly do: 'ask-failover' }
  /** `down-after-milliseconds` of all Sentinels, or of the own one. */
  | { readonly do: 'set-down-after'; readonly ms: number; readonly of: 'all' | 'own' }
  /** The own Sentinel makes its links anew. */
  | { readonly do: 'reconnect-sentinel' }
  /** The preStop hook may return. */
  | { readonly do: 'release-hook' };

/** A fact that must outlive the pod. */
export type VolumeFact =
  /** This volume never held a whole copy of the data. */
  | 'incomplete'
  /** A full copy was taken; the file that is there when this is noted is of before. */
  | 'outdated'
  /** The first start of all is this server's. */
  | 'first-start'
  /** There was once a replica in step with a master (the Sentinel's). */
  | 'had-data';

/** What the decisions want to be told, and how old it may be, in ms; nothing stands for "not at all". */
export interface Needs {
  /** INFO of the own server. */
  own?: number;
  /** INFO of the other servers. */
  servers?: number;
  /** The positions of all servers. */
  positions?: number;
  /** SENTINEL MASTER of the nearest Sentinel. */
  nearest?: number;
  /** SENTINEL MASTER of all Sentinels. */
  sentinels?: number;
  /** SENTINEL REPLICAS of the nearest Sentinel. */
  replicas?: number;
  /** SENTINEL REPLICAS of all Sentinels. */
  allReplicas?: number;
  /** PUBLISH and WAIT on the own server. */
  confirmed?: number;
  /** CPU of the own Sentinel. */
  cpu?: number;
}

/** What one decision comes to. */
export interface Step<Memory> {
  readonly memory: Memory;
  readonly orders: readonly Order[];
  readonly needs: Needs;
  /** Why this is done, or why nothing is: one phrase, for /status and the log. */
  readonly why: string;
  /** Lines for the log: `decision detail`. */
  readonly say?: readonly string[];
  /** Decide again after so many ms although nothing new has come. */
  readonly again?: number;
}

/** Nothing to do. */
export function idle<Memory>(memory: Memory, why: string, needs: Needs = NONE): Step<Memory> {
  return { memory, orders: [], needs, why };
}

const NONE: Needs = {};

/** The same step, remembered within a greater whole. */
export function within<Memory>({ orders, needs, why, say, again }: Step<unknown>, memory: Memory): Step<Memory> {
  return { memory, orders, needs, why, say, again };
}
