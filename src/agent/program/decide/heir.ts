import type { Address, Known } from './known.js';
import { freshInfo, isSilent } from './views.js';

/** Longer than a replica in good health takes to answer, ms: of two that have the same, the quicker one is chosen. */
const SLOW_MS = 400;
/** After an attempt that came to nothing they are asked anew: one may have ended, or have been promoted, ms. */
const FRESH_MS = 2000;

export type Heir =
  /** It has read most of what the old master sent. */
  | { readonly kind: 'found'; readonly address: Address; readonly offset: number }
  /** None may be promoted. */
  | { readonly kind: 'none' }
  /** That cannot be known yet, and why. */
  | { readonly kind: 'wait'; readonly why: string; readonly slow: readonly Address[] };

export interface HeirQuestion {
  readonly among: readonly Address[];
  /** Only answers to questions that were asked since then count. */
  readonly since: number;
  /**
   * Whether a replica whose link is up is taken as it is. The link to a dead process goes down after its last byte was read:
   * before that its offset is not final. The link to a node that is gone stays up.
   */
  readonly linked: boolean;
  readonly slow: readonly Address[];
  /**
   * For how long one must owe an answer before the Sentinel's word that it is down is taken, ms. A pod that was cut off
   * itself is told so by its Sentinel of all others, for a moment after it can reach them again.
   * @default 0
   */
  readonly downAfterMs?: number;
}

/**
 * Which of them has read most of what the old master sent. As long as one is silent that may be the only one to have
 * confirmed a write, nobody is chosen: unless a Sentinel has found it down for as long as `down-after`.
 */
export function bestHeir(known: Known, { among, since, linked, slow, downAfterMs = 0 }: HeirQuestion): Heir {
  const slowNow = new Set(slow);
  const lately = Math.max(since, known.now - FRESH_MS);
  let waiting: string | undefined;
  let best: { address: Address; offset: number } | undefined;
  for (const address of among) {
    const seen = known.servers.get(address);
    const info = freshInfo(seen, lately);
    if (!info) {
      if (known.now - since >= SLOW_MS && isSilent(seen, known.now, SLOW_MS)) slowNow.add(address);
      if (isGone(known, address, lately, known.now - since >= downAfterMs)) continue;
      waiting ??= `no answer from ${address} yet`;
      continue;
    }
    if (info.role !== 'replica' || info.priority === 0) continue;
    if (!linked && info.linkUp) {
      waiting ??= `${address} still reads from the old master`;
      continue;
    }
    const better = !best || info.offset > best.offset;
    const quicker = best && info.offset === best.offset && slowNow.has(best.address) && !slowNow.has(address);
    if (better || quicker) best = { address, offset: info.offset };
  }
  if (waiting !== undefined) return { kind: 'wait', why: waiting, slow: [...slowNow] };
  return best ? { kind: 'found', ...best } : { kind: 'none' };
}

/** Nothing listens there, or the nearest Sentinel considers it down. */
function isGone(known: Known, address: Address, since: number, bySentinel: boolean): boolean {
  const seen = known.servers.get(address);
  if (seen?.contact === 'refused' && seen.askedAt >= since) return true;
  const nearest = known.sentinels.get(known.plan.nearest);
  return (
    bySentinel &&
    nearest !== undefined &&
    nearest.replicasAt >= since &&
    (nearest.replicas?.get(address) ?? '').includes('down')
  );
}
