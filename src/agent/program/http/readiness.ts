import type { Known } from '../decide/known.js';
import type { Memory } from '../decide/memory.js';
import { majority, namedMaster } from '../decide/views.js';

/** An answer older than that is none, ms: everything is asked for once a second. */
const FRESH_MS = 5000;

export const READINESS = ['redis', 'sentinel', 'master', 'replica'] as const;
export type ReadinessOf = (typeof READINESS)[number];

export interface NotReady {
  readonly reason: string;
  /** It is known that it is another's turn, and not merely unknown whether it is this one's. */
  readonly certain: boolean;
}

/** Why something of this pod is not ready; undefined where it is. */
export function whyNotReady(of: ReadinessOf, known: Known, memory: Memory, now: number): NotReady | undefined {
  if (of === 'sentinel') return doubt(sentinel(known, now));
  const server = doubt(redis(known, now));
  // Nobody listens: a connection that is led to it fails, and what is started in its place may be a replica.
  if (server) return { ...server, certain: known.servers.get(known.plan.me)?.contact === 'refused' };
  if (of === 'redis') return undefined;
  return of === 'master' ? master(known, memory, now) : replica(known, now);
}

/** It serves reads: as master, or as a replica in step. */
function redis({ plan, servers }: Known, now: number): string | undefined {
  if (!plan.hasServer) return 'there is no server in this pod';
  const seen = servers.get(plan.me);
  if (!seen?.info || seen.contact !== 'answered') return `the server does not answer (${seen?.contact ?? 'unknown'})`;
  const { info, infoAt } = seen;
  if (now - infoAt > FRESH_MS) return `the server has not answered for ${Math.round((now - infoAt) / 1000)} s`;
  if (info.loading) return 'the server reads its file, or a copy from its master';
  if (info.role === 'master') return undefined;
  if (!info.linkUp) return `the replica has no link to its master ${info.master}`;
  return info.syncing ? 'the replica receives a full copy' : undefined;
}

/** It names a master. Not CKQUORUM, which would take the last Sentinels away from clients in the very crisis. */
function sentinel({ plan, sentinels }: Known, now: number): string | undefined {
  if (!plan.hasSentinel) return 'there is no Sentinel in this pod';
  const seen = sentinels.get(plan.nearest);
  if (!seen?.view || seen.contact !== 'answered') return `the Sentinel does not answer (${seen?.contact ?? 'unknown'})`;
  if (now - seen.viewAt > FRESH_MS)
    return `the Sentinel has not answered for ${Math.round((now - seen.viewAt) / 1000)} s`;
  return seen.view.master === '' ? 'the Sentinel names no master' : undefined;
}

/** It takes writes, and a majority of the Sentinels says that it is the one that may. */
function master(known: Known, memory: Memory, now: number): NotReady | undefined {
  const { plan } = known;
  if (known.servers.get(plan.me)?.info?.role !== 'master') return certain('the server is a replica');
  if (memory.durable.fenced) return certain('the master is cut off: its writes are paused');
  if (memory.handOver.phase !== undefined) return certain('a hand-over is at work');
  const named = namedMaster(known, now - FRESH_MS);
  const quorate = majority(plan.sentinels.length);
  if (named.answered < quorate)
    return doubt(`${named.answered} of ${plan.sentinels.length} Sentinels answer, ${quorate} must`);
  if (named.master === undefined) return doubt('the Sentinels name two masters');
  if (named.master !== plan.me) return certain(`the Sentinels name ${named.master}`);
  if (named.votes >= quorate) return undefined;
  return doubt(`${named.votes} of ${plan.sentinels.length} Sentinels name this server`);
}

/** It copies from the master that the Sentinels name: one that still follows the last master is behind for good. */
function replica(known: Known, now: number): NotReady | undefined {
  const { plan } = known;
  const info = known.servers.get(plan.me)?.info;
  if (info?.role !== 'replica') return certain('the server is the master');
  const named = namedMaster(known, now - FRESH_MS).master;
  return named === info.master ? undefined : doubt(`the replica follows ${info.master}, the Sentinels name ${named}`);
}

function certain(reason: string): NotReady {
  return { reason, certain: true };
}

function doubt(reason: string | undefined): NotReady | undefined {
  return reason === undefined ? undefined : { reason, certain: false };
}
