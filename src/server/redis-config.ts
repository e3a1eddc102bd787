import type { Duration, Size } from 'cdk8s';
import { takes } from '../engine/directives.js';
import type { Engine } from '../engine/engine.js';
import { bytes } from '../kube/bytes.js';
import { type MemoryBudget, memoryBudget } from './memory-budget.js';
import { type Module, modulePath } from './owned-directives.js';

/**
 * What is dropped when the memory is full.
 * @see https://redis.io/docs/latest/develop/reference/eviction/
 */
export type MaxmemoryPolicy = (typeof MAXMEMORY_POLICIES)[number];

/** All that Redis and Valkey know. */
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

const MIB = 2 ** 20;

type Directive = readonly [name: string, value: string | number];

/** Values of directives as redis.conf has them; a list for one that may stand several times. */
export type Directives = Readonly<Record<string, DirectiveValue>>;
/** Of a line of `redis.conf`: a list is several words of the same line. */
export type DirectiveValue = string | number | boolean | readonly (string | number)[];

export interface RedisConfigProps {
  readonly engine: Engine;
  /** Memory of the container. */
  readonly memory: Size;
  /** What Redis counts as its own, in bytes. @default - 65 % of memory */
  readonly maxmemory?: number;
  readonly maxmemoryPolicy: MaxmemoryPolicy;
  /** When the append-only file is forced to disk; `none`: there is no file. */
  readonly fsync: 'always' | 'everysec' | 'none';
  /** When snapshots are taken: seconds and the changes within them, `900 1`. @default - never */
  readonly save?: readonly string[];
  /** 0: the master writes without replicas. */
  readonly minReplicasToWrite: number;
  /** Looked at only with `minReplicasToWrite`. */
  readonly maxLag: Duration;
  /** Further ones, which win over those of the same name here. @default - none */
  readonly redisConfig?: Directives;
  /** @default - none */
  readonly modules?: readonly Module[];
}

/**
 * The part of redis.conf that is the same in every pod. Addresses, the role, the priority and the passwords are rendered
 * by the agent.
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/config/
 */
export class RedisConfig {
  readonly budget: MemoryBudget;

  constructor(private readonly props: RedisConfigProps) {
    this.budget = memoryBudget(bytes(props.memory), props.maxmemory);
  }

  render(): string {
    const directives: Directive[] = [
      // The password and the NetworkPolicy decide who may connect.
      ['protected-mode', 'no'],
      ['tcp-keepalive', 60],
      ['loglevel', 'notice'],
      // Redis' own 16, and one for the agent's mark.
      ['databases', 17],
      // How long a SIGTERM waits for replicas that lag.
      ['shutdown-timeout', 20],
      // What held up the whole server for as long, a slow disk say, is in `LATENCY LATEST` afterwards.
      ['latency-monitor-threshold', 100],
      ...this.memory(),
      ...this.persistence(),
      ...this.replication(),
    ];
    const { kind, version } = this.props.engine;
    const further = this.further();
    const own = directives.filter(([name]) => !further.some(([other]) => other === name));
    const taken = [...own, ...further].filter(([name]) => takes(name, kind, version));
    return taken.map(([name, value]) => `${name} ${value}\n`).join('');
  }

  private further(): Directive[] {
    const { redisConfig = {}, modules = [] } = this.props;
    return [
      ...Object.entries(redisConfig).flatMap(([name, value]) => valuesOf(value).map((one): Directive => [name, one])),
      ...modules.map((module): Directive => ['loadmodule', modulePath(module)]),
    ];
  }

  private memory(): Directive[] {
    const { maxmemory, clients } = this.budget;
    return [
      ['maxmemory', maxmemory],
      ['maxmemory-policy', this.props.maxmemoryPolicy],
      // A client that does not read its answers would else take the memory of the data: its own, and then all others', are
      // bounded. One alone has at most half of it, so that it is ended before others are.
      ['maxmemory-clients', clients],
      ['client-output-buffer-limit', `normal ${Math.floor(clients / 2)} 0 0`],
      // Redis' own limits, where they fit.
      ['client-output-buffer-limit', `pubsub ${atMost(32 * MIB, clients / 2)} ${atMost(8 * MIB, clients / 8)} 60`],
      // No soft limit: it would break off a slow full copy, which then begins anew.
      ['client-output-buffer-limit', `replica ${this.replicaLimit} 0 0`],
    ];
  }

  /** Below the backlog's size Redis does not look at it. Redis and Valkey share one buffer between all replicas. */
  private get replicaLimit(): number {
    return this.budget.backlog + this.budget.replicas;
  }

  private persistence(): Directive[] {
    // Snapshots by the clock fork once more, and add nothing to the append-only file but a copy to take away.
    const { save = [] } = this.props;
    const snapshots: Directive[] = save.length > 0 ? save.map((each) => ['save', each]) : [['save', '""']];
    if (this.props.fsync === 'none') return [...snapshots, ['appendonly', 'no']];
    return [
      ...snapshots,
      ['appendonly', 'yes'],
      ['appendfsync', this.props.fsync],
      // A file that begins with a snapshot loads several times faster.
      ['aof-use-rdb-preamble', 'yes'],
      // What was acknowledged is in this file, and a snapshot is but a copy to take away. With Redis' own `yes`, one that fails
      // stops the writes of a master, and ends a replica at the next one ("Replica was unable to write command to disk").
      ...(save.length > 0 ? [['stop-writes-on-bgsave-error', 'no'] as const] : []),
    ];
  }

  private replication(): Directive[] {
    const { minReplicasToWrite, maxLag } = this.props;
    return [
      ['repl-backlog-size', this.budget.backlog],
      ['repl-diskless-sync', 'yes'],
      // Not the 5 s that wait for further replicas: a server without a replica is a server without a successor.
      ['repl-diskless-sync-delay', 0],
      ...this.fullCopy(),
      // A dead link is found after 20 s, twice the period of the master's pings, and not after 60 s.
      ['repl-timeout', 20],
      ['replica-serve-stale-data', 'yes'],
      ['min-replicas-to-write', minReplicasToWrite],
      ['min-replicas-max-lag', minReplicasToWrite > 0 ? maxLag.toSeconds() : 0],
    ];
  }

  /**
   * A full copy has a connection of its own, and what is written meanwhile goes to the replica at once, which keeps it until
   * the copy is loaded. Without this it waits in the master, and a copy during which more is written than the master may keep
   * for a replica is broken off and begins anew, for ever under a steady load.
   *
   * Now as much may be written during a copy as replica and master may keep: in Redis `replica-full-sync-buffer-limit` and then
   * the master's limit (129 MiB of 256, 514 MiB of 1 GiB), in Valkey twice the latter (128 and 410 MiB). The replica's is what it
   * has no other use for: while it copies it forks nothing and has no replicas.
   */
  private fullCopy(): Directive[] {
    return [
      ['repl-rdb-channel', 'yes'],
      ['replica-full-sync-buffer-limit', this.budget.replicas + this.budget.fork],
      ['dual-channel-replication-enabled', 'yes'],
    ];
  }
}

function atMost(most: number, bytes: number): number {
  return Math.min(most, Math.floor(bytes));
}

function valuesOf(value: DirectiveValue): (string | number)[] {
  if (typeof value === 'boolean') return [value ? 'yes' : 'no'];
  return typeof value === 'string' || typeof value === 'number' ? [value] : [...value];
}
