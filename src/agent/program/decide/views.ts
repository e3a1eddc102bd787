import type { Address, Known, MasterView, SentinelSeen, ServerInfo, ServerSeen } from './known.js';

/** An answer later than this is as good as none to a decision that must be taken now, ms. */
export const PATIENCE_MS = 1000;

export function majority(count: number): number {
  return Math.floor(count / 2) + 1;
}

/** What the Sentinels say together. */
export interface Named {
  /** How many of them told, in an answer to a question that is not older than asked for. */
  readonly answered: number;
  /** The newest configuration epoch among them; -1 where none told. */
  readonly epoch: number;
  /** Whom it names; undefined where two are named in that epoch, or none. */
  readonly master?: Address;
  /** How many name it in that epoch. */
  readonly votes: number;
  readonly failoverInProgress: boolean;
}

/**
 * The newest configuration wins. Two masters in one epoch are no answer: one waits. But a Sentinel at a failover has the new
 * epoch before the new master (for long, where the one it has promoted is gone): in that epoch it is believed only alone.
 */
export function namedMaster(known: Known, since: number, except?: Address): Named {
  let answered = 0;
  let epoch = -1;
  let failoverInProgress = false;
  for (const [address, seen] of known.sentinels) {
    const view = address === except ? undefined : freshView(seen, since);
    if (!view) continue;
    answered++;
    failoverInProgress ||= view.failoverInProgress;
    if (view.epoch > epoch) epoch = view.epoch;
  }
  let master: Address | undefined;
  let isSettled = false;
  let tie = false;
  let votes = 0;
  for (const [address, seen] of known.sentinels) {
    const view = address === except ? undefined : freshView(seen, since);
    if (view?.epoch !== epoch) continue;
    if (!view.failoverInProgress && !isSettled) {
      isSettled = true;
      if (view.master !== master) votes = 0;
      master = view.master;
      tie = false;
    }
    master ??= view.master;
    if (view.master === master) votes++;
    else if (!isSettled || !view.failoverInProgress) tie = true;
  }
  return { answered, epoch, votes, failoverInProgress, master: tie ? undefined : master };
}

export function freshView(seen: SentinelSeen | undefined, since: number): MasterView | undefined {
  return seen?.view && seen.viewAt >= since ? seen.view : undefined;
}

/** Whether a Sentinel says, in an answer to a question that is not older, that it was elected for a failover. */
export function isSentinelElected(known: Known, since: number): boolean {
  for (const seen of known.sentinels.values()) if (freshView(seen, since)?.elected) return true;
  return false;
}

/** The server's own word, in an answer to a question that is not older than `since`. What has ended since has no word. */
export function freshInfo(seen: ServerSeen | undefined, since: number): ServerInfo | undefined {
  return seen?.info && seen.infoAt >= since && seen.contact !== 'refused' ? seen.info : undefined;
}

/** A link to a server that hangs, or is cut off, stays up for repl-timeout: what counts is when it was last heard of, ms. */
const HEARD_MS = 2000;

export function hearsMaster(info: ServerInfo): boolean {
  return info.linkUp && info.heardMs < HEARD_MS;
}

/**
 * A question is open for that long, or the last one was in vain: "no answer", which is never "no". One that was silent stays
 * so while it is asked again.
 */
export function isSilent(seen: ServerSeen | SentinelSeen | undefined, now: number, patience = PATIENCE_MS): boolean {
  if (!seen) return false;
  if (seen.pendingSince !== undefined && now - seen.pendingSince >= patience) return true;
  return seen.contact === 'silent';
}

/** It is alive, and keeps to itself what it is. */
export function isReserved(seen: ServerSeen | SentinelSeen | undefined): boolean {
  return seen?.contact === 'denied' || seen?.contact === 'untrusted' || seen?.contact === 'busy';
}

export function own(known: Known): ServerSeen | undefined {
  return known.servers.get(known.plan.me);
}

/** When the own server was asked for what it last said of itself; -Infinity where it has said nothing. */
export function infoAt(known: Known): number {
  return own(known)?.infoAt ?? Number.NEGATIVE_INFINITY;
}

/** What the running server of this pod says of itself; undefined where it has not said it yet, or nothing listens any more. */
export function runningInfo(known: Known): ServerInfo | undefined {
  return known.server.state === 'running' ? freshInfo(own(known), known.server.since) : undefined;
}

/** Nothing listens at the own server's port, as the newest look says. */
export function serverIsGone(known: Known): boolean {
  return own(known)?.contact === 'refused';
}

export function others(known: Known): Address[] {
  return known.plan.servers.filter((address) => address !== known.plan.me);
}
