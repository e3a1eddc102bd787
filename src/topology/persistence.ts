import type { Size } from 'cdk8s';

export interface AppendOnlyProps {
  /**
   * When the append-only file is forced to disk: `always` before each answer, `everysec` once a second (a power failure
   * costs up to a second of writes, a crash of the process none).
   * `always` gives about a quarter of the write rate.
   * @default - the profile's choice: `always` in strict, else `everysec`
   * @see https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
   */
  readonly fsync?: 'always' | 'everysec';
  /**
   * Size of each server's volume.
   * @default - 8 GiB, or three times `memory` if that is more: the rewrite of the file needs room for the old base, the
   * new one, and what is written meanwhile
   */
  readonly size?: Size;
  /** @default - the cluster's default storage class */
  readonly storageClass?: string;
}

/** Whether, and how, the servers keep their data on a volume. */
export class Persistence {
  /** No volume: a server that restarts is empty, and copies the data from the master. Not with the strict profile. */
  static none(): Persistence {
    return new Persistence(undefined);
  }

  /** An append-only file with an RDB preamble, on a volume of each server's own. */
  static appendOnly(props: AppendOnlyProps = {}): Persistence {
    return new Persistence(props);
  }

  private constructor(
    /** Absent when nothing is kept. */
    readonly appendOnly: AppendOnlyProps | undefined,
  ) {}
}
