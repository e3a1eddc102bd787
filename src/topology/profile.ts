import { Duration } from 'cdk8s';
import type { MaxmemoryPolicy } from '../server/redis-config.js';

/** What a server without data, or a topology without its last master, does. */
export interface Recovery {
  /** What the named master does that lost its data and finds no server with data. */
  readonly whenEmpty: 'stay-down' | 'start';
  /** How long it looks for data first. */
  readonly whenEmptyAfter: Duration;
  /**
   * What the servers do when all were stopped and the last master never returns: promote the one of a majority that came
   * furthest; in the second case only where it is certain to have every write that `WAIT` confirmed.
   */
  readonly whenAbandoned: 'promote' | 'promote-if-certain';
  /** How long they wait for it first. */
  readonly whenAbandonedAfter: Duration;
}

interface ProfileValues {
  readonly name: 'default' | 'strict' | 'cache';
  readonly downAfter: Duration;
  readonly minReplicasToWrite: number;
  readonly maxLag: Duration;
  readonly fsync: 'always' | 'everysec' | 'none';
  readonly maxmemoryPolicy: MaxmemoryPolicy;
  /** Whether a master that is cut off from its replicas and from the Sentinels pauses its writes within about a second. */
  readonly fence: boolean;
  readonly recovery: Recovery;
}

const WAIT_FOR_DATA = Duration.seconds(30);
/** Longer than a node's restart usually takes, since what is promoted then may lack the last writes. */
const WAIT_FOR_MASTER = Duration.minutes(2);

/**
 * A consistent set of answers to "consistency, or performance and availability?". Each answer can still be given
 * singly (`writeSafety`, `persistence`, `failover`); what was given wins over the profile.
 */
export class Profile {
  /** A crash loses nothing on disk, a partition at most the last 5 s (max-lag + 2 s) of writes; promotes by itself. */
  static readonly DEFAULT = new Profile({
    name: 'default',
    downAfter: Duration.seconds(3),
    minReplicasToWrite: 1,
    maxLag: Duration.seconds(3),
    fsync: 'everysec',
    maxmemoryPolicy: 'noeviction',
    fence: false,
    recovery: {
      whenEmpty: 'stay-down',
      whenEmptyAfter: WAIT_FOR_DATA,
      whenAbandoned: 'promote',
      whenAbandonedAfter: WAIT_FOR_MASTER,
    },
  });

  /**
   * A write confirmed by `WAIT` of half of the servers (1 of 3, 2 of 5) is never lost. Others are lost only in a partition
   * or a crash, and then at most those of the last max-lag + 2 s = 4 s, with the fence 0.6 to 1.8 s as measured. A cut-off
   * master stops writing before another is elected, and where only a guess could go on, the topology waits for a person.
   */
  static readonly STRICT = new Profile({
    name: 'strict',
    downAfter: Duration.seconds(3),
    minReplicasToWrite: 1,
    maxLag: Duration.seconds(2),
    fsync: 'always',
    maxmemoryPolicy: 'noeviction',
    fence: true,
    recovery: {
      whenEmpty: 'stay-down',
      whenEmptyAfter: WAIT_FOR_DATA,
      whenAbandoned: 'promote-if-certain',
      whenAbandonedAfter: WAIT_FOR_MASTER,
    },
  });

  /** The data can be computed again: fails over fastest, keeps nothing on disk, evicts when full, starts empty. */
  static readonly CACHE = new Profile({
    name: 'cache',
    downAfter: Duration.seconds(1),
    minReplicasToWrite: 0,
    maxLag: Duration.seconds(0),
    fsync: 'none',
    maxmemoryPolicy: 'allkeys-lru',
    fence: false,
    recovery: {
      whenEmpty: 'start',
      whenEmptyAfter: WAIT_FOR_DATA,
      whenAbandoned: 'promote',
      whenAbandonedAfter: WAIT_FOR_MASTER,
    },
  });

  private constructor(readonly values: ProfileValues) {}
}
