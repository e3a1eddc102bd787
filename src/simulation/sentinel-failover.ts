import { type Sentinel, slaveof } from './sentinel.js';
import type { Instance } from './sentinel-instance.js';
import type { Server } from './server.js';

export type FailoverState =
  | 'none'
  | 'wait-start'
  | 'select-replica'
  | 'send-slaveof-noone'
  | 'wait-promotion'
  | 'reconf-replicas'
  | 'update-config';

/** As the agents set it. */
const ELECTION_TIMEOUT = 1000;
const RECONF_TIMEOUT = 10_000;

/** One turn of the failover under way. */
export function stepFailover(sentinel: Sentinel): void {
  switch (sentinel.failover) {
    case 'wait-start':
      waitStart(sentinel);
      break;
    case 'select-replica':
      select(sentinel);
      break;
    case 'send-slaveof-noone':
      promote(sentinel);
      break;
    case 'wait-promotion':
      if (late(sentinel)) abort(sentinel, '-failover-abort-slave-timeout');
      break;
    case 'reconf-replicas':
      reconfigure(sentinel);
  }
}

function waitStart(sentinel: Sentinel): void {
  const elected = leaderOf(sentinel) === sentinel.id;
  if (!elected && !sentinel.forced) {
    const timeout = Math.min(ELECTION_TIMEOUT, sentinel.world.engine.failoverTimeout);
    if (sentinel.now - sentinel.failoverStartAt > timeout) abort(sentinel, '-failover-abort-not-elected');
    return;
  }
  sentinel.world.note(() => [sentinel.name, `+elected-leader in epoch ${sentinel.failoverEpoch}`]);
  go(sentinel, 'select-replica');
}

/** Who leads in the failover's epoch: whoever has a majority of all Sentinels and the quorum; this one votes too. */
function leaderOf(sentinel: Sentinel): string | undefined {
  const votes = new Map<string, number>();
  const add = (leader: string) => {
    const count = (votes.get(leader) ?? 0) + 1;
    votes.set(leader, count);
    return count;
  };
  for (const { leader, leaderEpoch } of sentinel.others) {
    // Not the failover's epoch: so it stands in sentinel.c.
    if (leader !== undefined && leaderEpoch === sentinel.currentEpoch) add(leader);
  }
  let winner: string | undefined;
  let most = 0;
  for (const [leader, count] of votes) {
    if (count <= most) continue;
    most = count;
    winner = leader;
  }
  const mine = sentinel.vote(sentinel.failoverEpoch, winner ?? sentinel.id);
  if (mine.leader !== undefined && mine.epoch === sentinel.failoverEpoch) {
    const count = add(mine.leader);
    if (count > most) {
      most = count;
      winner = mine.leader;
    }
  }
  const voters = sentinel.others.length + 1;
  const needed = Math.max(Math.floor(voters / 2) + 1, sentinel.world.engine.quorum);
  return most >= needed ? winner : undefined;
}

function select(sentinel: Sentinel): void {
  const replica = selectReplica(sentinel);
  if (replica === undefined) {
    abort(sentinel, '-failover-abort-no-good-slave');
    return;
  }
  replica.promoted = true;
  sentinel.promoted = replica;
  sentinel.world.note(() => [sentinel.name, `+selected-slave ${replica.address}`]);
  go(sentinel, 'send-slaveof-noone');
}

/** The one with the lowest priority number, of those the one that has read most. */
export function selectReplica(sentinel: Sentinel): Instance | undefined {
  const { now, master, world } = sentinel;
  const { infoPeriod, pingPeriod } = world.engine;
  let longest = 10 * sentinel.downAfter;
  if (master.subjectivelyDown) longest += now - master.subjectivelyDownSince;
  let best: Instance | undefined;
  for (const its of sentinel.replicas) {
    if (its.subjectivelyDown || its.disconnected || its.priority === 0) continue;
    if (now - its.availableAt > 5 * pingPeriod) continue;
    if (now - its.infoAt > (master.subjectivelyDown ? 5 * pingPeriod : 3 * infoPeriod)) continue;
    if (its.linkDownMs > longest) continue;
    if (
      best === undefined ||
      its.priority < best.priority ||
      (its.priority === best.priority &&
        (its.offset > best.offset || (its.offset === best.offset && its.runId < best.runId)))
    ) {
      best = its;
    }
  }
  return best;
}

function promote(sentinel: Sentinel): void {
  const replica = sentinel.promoted as Instance;
  if (replica.disconnected) {
    if (late(sentinel)) abort(sentinel, '-failover-abort-slave-timeout');
    return;
  }
  const { name, failoverEpoch, failoverStartAt, world, now } = sentinel;
  replica.command(() => {
    const server = replica.target as Server;
    world.promoting(server, name, failoverEpoch);
    world.checks.promotes(now, failoverStartAt);
    slaveof(server, undefined);
  });
  go(sentinel, 'wait-promotion');
}

function reconfigure(sentinel: Sentinel): void {
  const { now } = sentinel;
  const promoted = sentinel.promoted as Instance;
  let under = sentinel.replicas.filter(({ reconf }) => reconf === 'sent' || reconf === 'inprog').length;
  for (const its of sentinel.replicas) {
    if (under >= 1) break;
    if (its.promoted || its.reconf === 'done') continue;
    if (its.reconf === 'sent' && now - its.reconfSentAt > RECONF_TIMEOUT) its.reconf = 'done';
    if (its.reconf !== '' || its.disconnected) continue;
    its.command(() => slaveof(its.target as Server, promoted.target as Server));
    its.reconf = 'sent';
    its.reconfSentAt = now;
    under++;
  }
  if (promoted.subjectivelyDown) return;
  const timeout = late(sentinel);
  const left = sentinel.replicas.some((its) => !its.promoted && its.reconf !== 'done' && !its.subjectivelyDown);
  if (left && !timeout) return;
  if (timeout) {
    for (const its of sentinel.replicas) {
      if (its.promoted || its.reconf === 'done' || its.reconf === 'sent' || its.disconnected) continue;
      its.command(() => slaveof(its.target as Server, promoted.target as Server));
    }
  }
  go(sentinel, 'update-config');
}

function go(sentinel: Sentinel, state: FailoverState): void {
  sentinel.failover = state;
  sentinel.failoverChangedAt = sentinel.now;
}

function late(sentinel: Sentinel): boolean {
  return sentinel.now - sentinel.failoverChangedAt > sentinel.world.engine.failoverTimeout;
}

function abort(sentinel: Sentinel, reason: string): void {
  sentinel.clearFailover();
  if (sentinel.replicas.length > 0) for (const its of sentinel.replicas) its.promoted = false;
  sentinel.world.note(() => [sentinel.name, reason]);
}
