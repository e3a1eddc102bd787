import type { MasterView, ReplicaOfMaster, ServerInfo } from './known.js';
import type { Needs } from './orders.js';
import { hearsMaster } from './views.js';

/** What is wanted no more often than this is wanted for the case that something happens, ms. */
const AT_EASE_MS = 1000;
/** A replica reports to its master every second, and its master tells that to the second, ms. */
const REPORTED_MS = 1000;

/**
 * Whether nothing is going on: the decisions look out, and wait for nothing. Then an answer that says what the one before it
 * said (below) is no reason to decide anew before that is due: an idle agent would spend most of its processor time on it.
 *
 * @param again when the decisions want to be taken anew in any case, ms
 */
export function isAtEase(needs: Needs, again: number): boolean {
  if (again < AT_EASE_MS) return false;
  for (const kind in needs) {
    const age = needs[kind as keyof Needs];
    // That is asked more often also where nothing is going on; whether an answer to it is news, whoever asks it tells.
    if (age !== undefined && age < AT_EASE_MS && kind !== 'confirmed') return false;
  }
  return true;
}

/** Offsets that grow and seconds that pass are no news; all else that a server says of itself is. */
export function saysTheSame(info: ServerInfo, before: ServerInfo | undefined): boolean {
  return (
    before !== undefined &&
    info.role === before.role &&
    info.loading === before.loading &&
    info.priority === before.priority &&
    info.master === before.master &&
    info.linkUp === before.linkUp &&
    info.syncing === before.syncing &&
    info.rewriting === before.rewriting &&
    (info.role === 'master' || (hearsMaster(info) && hearsMaster(before))) &&
    info.replicas.length === before.replicas.length &&
    info.replicas.every((replica, index) => {
      const other = before.replicas[index] as ReplicaOfMaster;
      const reports = replica.lagMs <= REPORTED_MS === other.lagMs <= REPORTED_MS;
      return replica.address === other.address && replica.online === other.online && reports;
    })
  );
}

export function namesTheSame(view: MasterView, before: MasterView | undefined): boolean {
  return (
    before !== undefined &&
    view.master === before.master &&
    view.epoch === before.epoch &&
    view.subjectivelyDown === before.subjectivelyDown &&
    view.objectivelyDown === before.objectivelyDown &&
    view.failoverInProgress === before.failoverInProgress &&
    view.elected === before.elected &&
    view.met === before.met &&
    view.hasLinkedReplica === before.hasLinkedReplica
  );
}
