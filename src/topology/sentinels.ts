import type { Size } from 'cdk8s';

/** Sentinels in pods of their own. */
export interface SeparateSentinelsProps {
  /** How many Sentinels: odd, at least 3. */
  readonly count: number;
  /**
   * Size of each Sentinel's volume, which holds one small file: the master it knows and the epochs of its votes.
   * Without persistence no volume is made.
   * @default Size.mebibytes(100)
   */
  readonly size?: Size;
  /**
   * Of each Sentinel's volume.
   * @default - the cluster's default storage class
   */
  readonly storageClass?: string;
}

/** Where the Sentinels run. */
export class Sentinels {
  /**
   * One in each server's pod. Every majority of Sentinels then sits with at least one replica, so whoever can elect
   * can also promote. The number of servers must be odd.
   */
  static withServers(): Sentinels {
    return new Sentinels(undefined);
  }

  /** Pods of their own, for an even number of servers or more zones than servers. */
  static separate(props: SeparateSentinelsProps): Sentinels {
    return new Sentinels(props);
  }

  private constructor(
    /** Absent when the Sentinels run in the servers' pods. */
    readonly separate: SeparateSentinelsProps | undefined,
  ) {}
}
