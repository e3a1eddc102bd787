import type { Size } from 'cdk8s';
import type { ClaimRetention } from '../kube/objects.js';

/** An append-only file: every write is logged on a volume. */
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
  /**
   * Of the volume.
   * @default - the cluster's default storage class
   */
  readonly storageClass?: string;
}

/** Snapshots: the whole data, written from time to time. */
export interface SnapshotProps {
  /**
   * When a snapshot is taken: seconds, and the changes within them. Without `appendOnly` it is all that a restart of all
   * servers finds, so that the writes since are lost then; a single server copies from the others as ever.
   * @default ['3600 1', '300 100', '60 10000']
   * @see https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/#snapshotting
   */
  readonly save?: readonly string[];
}

/** Of the claims that are made for the servers. They cannot be changed later: Kubernetes refuses it. */
export interface ClaimProps {
  /**
   * Of each server's volume.
   * @default - that of `appendOnly`
   */
  readonly size?: Size;
  /**
   * Of the volume.
   * @default - the cluster's default storage class
   */
  readonly storageClass?: string;
  /** Further labels. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Further annotations of the claims.
   * @default - none
   */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What is kept on volumes, and how. */
export interface PersistenceProps {
  /**
   * Every write, in an append-only file.
   * @default - there is no append-only file
   */
  readonly appendOnly?: AppendOnlyProps;
  /**
   * The whole data from time to time.
   * @default - there are none
   */
  readonly snapshots?: SnapshotProps;
  /**
   * The volumes themselves.
   * @default - see ClaimProps
   */
  readonly claim?: ClaimProps;
  /** What becomes of the volumes when the topology is deleted, or made smaller. @default - they stay */
  readonly retention?: ClaimRetention;
}

/** Whether, and how, the servers keep their data on a volume. */
export class Persistence {
  /** No volume: a server that restarts is empty, and copies the data from the master. Not with the strict profile. */
  static none(): Persistence {
    return new Persistence({}, false);
  }

  /** An append-only file with an RDB preamble, on a volume of each server's own. */
  static appendOnly(props: AppendOnlyProps = {}): Persistence {
    return new Persistence({ appendOnly: props }, true);
  }

  /** An append-only file, snapshots, or both; an append-only file where neither is asked for. */
  static of(props: PersistenceProps): Persistence {
    const { appendOnly = props.snapshots ? undefined : {} } = props;
    return new Persistence({ ...props, appendOnly }, true);
  }

  private constructor(
    readonly props: PersistenceProps,
    /** Whether anything is kept. */
    readonly isKept: boolean,
  ) {}
}
