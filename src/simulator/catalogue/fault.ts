import type { FaultTarget } from '../fault-target.js';

/** A fault as the documentation names it, struck at a moment. */
export interface Fault {
  readonly name: string;
  /** Other names for the same. */
  readonly also?: readonly string[];
  readonly does: string;
  /** Without persistence there is nothing that it could strike. */
  readonly persistent?: boolean;
  /** Done so long before it strikes, ms: a client takes its place, say. */
  readonly prepare?: (target: FaultTarget) => void;
  strike(target: FaultTarget): void;
}

/** Longer than what a topology waits for; on the cluster 30 s, which shows the same and takes as long again to compute, ms. */
export const HANG_MS = 12_000;
