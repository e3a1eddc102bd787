import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';

/** @see https://redis.io/docs/latest/develop/reference/eviction/ */
export type MaxmemoryPolicy = (typeof MAXMEMORY_POLICIES)[number];

export const MAXMEMORY_POLICIES = [
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
] as const;

/** Share of the container's memory that data may fill. The rest: pages copied by a fork, backlog, buffers, the process. */
const MAXMEMORY_SHARE = 0.65;

/** Keeps a replica that was away for a minute at 1 MiB/s of writes from copying everything again. */
const LEAST_BACKLOG = 64 * 2 ** 20;

export interface RedisConfigProps {
  /** Memory of the container. */
  readonly memory: Size;
  readonly maxmemoryPolicy: MaxmemoryPolicy;
  /** When the append-only file is forced to disk; `none`: there is no file. */
  readonly fsync: 'always' | 'everysec' | 'none';
  /** 0: the master writes without replicas. */
  readonly minReplicasToWrite: number;
  /** Looked at only with `minReplicasToWrite`. */
  readonly maxLag: Duration;
}

/**
 * The part of redis.conf that is the same in every pod. Addresses, the role, the priority and the passwords are rendered
 * by the start script.
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/config/
 */
export class RedisConfig {
  /** In bytes. */
  readonly maxmemory: number;
  /** In bytes. */
  readonly replBacklogSize: number;
  /** In bytes; Redis 7 and newer share one buffer between all replicas. */
  readonly replicaBufferLimit: number;

  constructor(private readonly props: RedisConfigProps) {
    const memory = props.memory.toKibibytes({ rounding: SizeRoundingBehavior.NONE }) * 1024;
    this.maxmemory = Math.floor(memory * MAXMEMORY_SHARE);
    this.replBacklogSize = Math.max(LEAST_BACKLOG, Math.floor(memory / 100));
    // What is written during a full copy waits here. Beyond a fifth of the memory the copy is broken off, which is
    // better than a master killed for want of memory; below the backlog's size Redis does not look at the limit.
    this.replicaBufferLimit = Math.max(this.replBacklogSize, Math.floor(memory / 5));
  }

  render(): string {
    const directives: [string, string | number][] = [
      // A password is always set, and the NetworkPolicy decides who may connect.
      ['protected-mode', 'no'],
      ['tcp-keepalive', 60],
      ['loglevel', 'notice'],
      // Redis' own 16, and one for the keeper's mark (position.sh).
      ['databases', 17],
      // How long a SIGTERM waits for replicas that lag.
      ['shutdown-timeout', 20],
      // What held up the whole server for as long, a slow disk say, is in `LATENCY LATEST` afterwards.
      ['latency-monitor-threshold', 100],
      ...this.memory(),
      ...this.persistence(),
      ...this.replication(),
    ];
    return directives.map(([name, value]) => `${name} ${value}\n`).join('');
  }

  private memory(): [string, string | number][] {
    return [
      ['maxmemory', this.maxmemory],
      ['maxmemory-policy', this.props.maxmemoryPolicy],
      // No soft limit: it would break off a slow full copy, which then begins anew.
      ['client-output-buffer-limit', `replica ${this.replicaBufferLimit} 0 0`],
    ];
  }

  private persistence(): [string, string | number][] {
    // Snapshots by the clock would fork once more, and add nothing to the append-only file.
    if (this.props.fsync === 'none') {
      return [
        ['save', '""'],
        ['appendonly', 'no'],
      ];
    }
    return [
      ['save', '""'],
      ['appendonly', 'yes'],
      ['appendfsync', this.props.fsync],
      // A file that begins with a snapshot loads several times faster.
      ['aof-use-rdb-preamble', 'yes'],
    ];
  }

  private replication(): [string, string | number][] {
    const { minReplicasToWrite, maxLag } = this.props;
    return [
      ['repl-backlog-size', this.replBacklogSize],
      ['repl-diskless-sync', 'yes'],
      // Not the 5 s that wait for further replicas: a server without a replica is a server without a successor.
      ['repl-diskless-sync-delay', 0],
      // A dead link is found after 20 s, twice the period of the master's pings, and not after 60 s.
      ['repl-timeout', 20],
      ['replica-serve-stale-data', 'yes'],
      ['min-replicas-to-write', minReplicasToWrite],
      ['min-replicas-max-lag', minReplicasToWrite > 0 ? maxLag.toSeconds() : 0],
    ];
  }
}
