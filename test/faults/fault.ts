import type { ClusterTarget } from './cluster-target.js';
import type { Facts } from './facts.js';
import type { Shape } from './topologies.js';

/**
 * Which acknowledged writes a fault may cost.
 * - `none`: not one
 * - `in-flight`: of the writes that were under way at the moment of a crash, all but one: a server answers several
 *   clients before it sends their writes to its replicas
 * - `cut-off`: those that a master which is cut off acknowledged within max-lag + 2 s; none is promised where the profile
 *   lets a master without replicas go on
 * - `any`: the profile keeps nothing through this
 */
export type Loss = 'none' | 'in-flight' | 'cut-off' | 'any';

/** What must hold in every single run. */
export interface Promises {
  readonly lost: Loss;
  /** Writes that a replica had confirmed are never lost, unless the profile keeps nothing. */
  readonly lostConfirmed: 'none' | 'any';
  /** The longest time without an acknowledged write, and without an answered read, of clients that ask Sentinel; ms. */
  readonly outage: number;
  /** The median of that over all runs of the fault; ms. @default - the same */
  readonly goal?: number;
  /**
   * Whether two servers may accept writes at the same time.
   * - `at-resumption`: a server that hung answers what was sent to it meanwhile before it learns that it has no replicas
   *   any more; that is a matter of milliseconds, and of at most one write of each client
   */
  readonly twoMasters: 'never' | 'at-resumption' | 'while-cut-off';
  /** Whether the server that was master has to be it all the time, since nothing has happened to it. */
  readonly master?: 'stays';
  /** A client that clings to the old master's connection is disconnected, so that it looks for the new one. */
  readonly clingingClients?: 'disconnected';
  /** From the last thing done to it until nothing is wrong any more, in seconds. */
  readonly whole: number;
}

/** What a fault needs besides a kubeconfig: nothing, pods with power over their node, or a command with power over nodes. */
export type Needs = 'nothing' | 'agents' | 'nodes';

export interface Fault {
  /** Short, unique, and fit for a file's name with its spaces replaced. */
  readonly name: string;
  /** One sentence for people. */
  readonly does: string;
  readonly needs: Needs;
  /** A pod beside the master writes to it by its address, whoever is master. @default - true */
  readonly pinned?: boolean;
  /** What is promised; undefined where the profile promises nothing and the fault is not tried. */
  promises(facts: Facts): Promises | undefined;
  /** Wants a topology of its own. @default - the one that all other faults share */
  readonly shape?: Shape;
  /** Before the load begins. */
  prepare?(target: ClusterTarget): Promise<void>;
  inject(target: ClusterTarget): Promise<void>;
  /** Takes the cause away, as time or the cloud would; nothing is done to the topology itself. */
  heal?(target: ClusterTarget): Promise<void>;
  /** When it is whole again: what must be true beside the promises. @throws what is not, which is a broken promise */
  inspect?(target: ClusterTarget): Promise<void>;
  /** When all is measured: takes away what `prepare` set up. */
  tidy?(target: ClusterTarget): Promise<void>;
}
