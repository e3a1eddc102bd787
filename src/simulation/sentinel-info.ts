import { PUBLISH_PERIOD, type Sentinel, slaveof } from './sentinel.js';
import type { Instance } from './sentinel-instance.js';
import type { Server } from './server.js';

/** What an INFO tells a Sentinel of a server, and what it does about it (`sentinelRefreshInstanceInfo`). */
export function takeInfo(sentinel: Sentinel, its: Instance, server: Server): void {
  const { now } = sentinel;
  its.infoAt = now;
  its.runId = server.startedAt + 1;
  const role = server.role;
  if (role === 'replica') {
    const follows = server.link.master?.address ?? '';
    if (follows !== its.follows) {
      its.follows = follows;
      its.configChangedAt = now;
    }
    its.linkDownMs = server.link.downMs;
    its.linkUp = server.link.state === 'up';
    its.priority = server.priority;
    its.offset = server.replicaOffset;
  } else {
    its.linkDownMs = 0;
  }
  if (role !== its.roleReported) {
    its.roleReported = role;
    its.roleReportedAt = now;
    if (role === 'replica') its.configChangedAt = now;
  }
  if (sentinel.tiltSince !== undefined || its.kind === 'master') return;
  if (role === 'master') seenAsMaster(sentinel, its);
  else seenAsReplica(sentinel, its);
}

function seenAsMaster(sentinel: Sentinel, its: Instance): void {
  const { now } = sentinel;
  if (its.promoted && sentinel.failover === 'wait-promotion') {
    sentinel.configEpoch = sentinel.failoverEpoch;
    sentinel.failover = 'reconf-replicas';
    sentinel.failoverChangedAt = now;
    sentinel.flush();
    sentinel.world.configured(sentinel);
    sentinel.tell(`+promoted-slave ${its.address} in epoch ${sentinel.configEpoch}`);
    sentinel.helloSoon();
    return;
  }
  const wait = 4 * PUBLISH_PERIOD;
  if (!its.promoted && masterLooksSane(sentinel) && noDownFor(its, now, wait) && now - its.roleReportedAt > wait) {
    const { master } = sentinel;
    its.command(() => slaveof(its.target as Server, master.target as Server));
    sentinel.world.note(() => [sentinel.name, `+convert-to-slave ${its.address}`]);
  }
}

function seenAsReplica(sentinel: Sentinel, its: Instance): void {
  const { now } = sentinel;
  const { failoverTimeout } = sentinel.world.engine;
  const { master } = sentinel;
  if (
    its.follows !== master.address &&
    masterLooksSane(sentinel) &&
    noDownFor(its, now, failoverTimeout) &&
    now - its.configChangedAt > failoverTimeout
  ) {
    its.command(() => slaveof(its.target as Server, master.target as Server));
    sentinel.world.note(() => [sentinel.name, `+fix-slave-config ${its.address}`]);
  }
  if (its.reconf === 'sent' && its.follows === sentinel.promoted?.address) its.reconf = 'inprog';
  if (its.reconf === 'inprog' && its.linkUp) its.reconf = 'done';
}

function masterLooksSane(sentinel: Sentinel): boolean {
  const { master } = sentinel;
  return (
    master.roleReported === 'master' &&
    !master.subjectivelyDown &&
    !sentinel.objectivelyDown &&
    sentinel.now - master.infoAt < 2 * sentinel.world.engine.infoPeriod
  );
}

function noDownFor(its: Instance, now: number, ms: number): boolean {
  return its.subjectivelyDownSince === 0 || now - its.subjectivelyDownSince > ms;
}
