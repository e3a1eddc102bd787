import type { EngineName, ShellKind } from './binaries.js';

export interface RehearsalOptions {
  /**
   * Run on this engine, whatever the manifest says.
   * @default - the manifest's
   */
  readonly engine?: EngineName;
  /**
   * A PATH in which to look for `redis-server` and the like.
   * @default - the PATH of this process
   */
  readonly searchPath?: string;
  /**
   * A PATH in which to look for modules of the server, whatever the manifest says; one that is not found is left out.
   * @default - where the official image has them, and Debian's packages
   */
  readonly modulePath?: string;
  /**
   * Pods know each other by names, as with TLS in a cluster, and not by the addresses themselves.
   * @default false
   */
  readonly named?: boolean;
  /** @default 'system' */
  readonly shell?: ShellKind;
  /**
   * Pauses in ms before the first, second, … restart in a row of a container; the last one repeats.
   * @default [0, 1000] - the kubelet: at once, then 10 s, 20 s, … 5 min; shortened, so that a rehearsal is short
   */
  readonly backoffMs?: readonly number[];
}
