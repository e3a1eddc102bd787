import type { Pod } from '../simulation/pod.js';
import type { Sentinel } from '../simulation/sentinel.js';
import type { Server } from '../simulation/server.js';
import { type Losses, lossesOf, newestMaster } from './losses.js';
import { podsOnNode } from './places.js';
import type { Play } from './play.js';

/** How a process does, for colours; the text says the same. */
export type Health = 'well' | 'busy' | 'broken';

export interface PartView {
  readonly name: string;
  /** In words: all that there is to know. */
  readonly text: string;
  readonly health: Health;
}

export interface ServerView extends PartView {
  readonly role: 'master' | 'replica' | 'none';
  /** The number of the server that it follows, and whether it is in step with it. */
  readonly follows?: number;
  readonly inStep: boolean;
}

export interface PodView {
  readonly host: number;
  readonly name: string;
  readonly text: string;
  readonly server?: ServerView;
  readonly sentinel?: PartView;
  readonly agent: PartView;
  /** Why each of its agent's decisions does what it does, or nothing. */
  readonly reasons: readonly (readonly [decision: string, why: string])[];
}

export interface NodeView {
  readonly node: number;
  readonly zone: number;
  readonly text: string;
  readonly health: Health;
  readonly pods: readonly PodView[];
}

export interface View {
  readonly now: number;
  readonly clients: readonly PartView[];
  readonly nodes: readonly NodeView[];
  readonly master?: string;
  readonly broken: string;
}

/** All of it at this moment, in words. */
export function viewOf(play: Play): View {
  const { world, places, target } = play;
  const nodes = Array.from({ length: places.nodes }, (_, node): NodeView => {
    const isPowerless = target.isPowerless(node);
    const isCutOff = target.isIsolated(node);
    return {
      node,
      zone: places.zoneOf[node] as number,
      text: isPowerless ? 'without power' : isCutOff ? 'cut off' : 'up',
      health: isPowerless || isCutOff ? 'broken' : 'well',
      pods: podsOnNode(places, node).map((host) => podOf(play, world.pods[host] as Pod)),
    };
  });
  return { now: play.now, clients: clientsOf(play), nodes, master: newestMaster(world)?.name, broken: play.broken };
}

function clientsOf({ world, places }: Play): PartView[] {
  return world.writers.map(({ host, writesTo, stopped }, index) => {
    const where = host === world.clientHost ? '' : ` (on node ${(places.nodeOf[host] as number) + 1})`;
    const text = stopped ? 'is gone' : writesTo ? `writes to ${writesTo.name}` : 'seeks a master';
    return { name: `client ${index + 1}${where}`, text, health: writesTo ? 'well' : 'busy' };
  });
}

function podOf({ target, world }: Play, pod: Pod): PodView {
  const { host, server, sentinel, agent, state } = pod;
  const hangs = (part: 'server' | 'sentinel' | 'agent') => target.isHanging(part, host);
  return {
    host,
    name: `pod ${pod.name}`,
    text: state === 'running' ? 'runs' : state === 'deleting' ? 'is being deleted' : 'is gone',
    ...(server && { server: serverOf(server, pod, hangs('server') || server.stopped) }),
    ...(sentinel && { sentinel: sentinelOf(sentinel, pod) }),
    agent: {
      name: `agent ${pod.name}`,
      text: agent === undefined ? 'is down' : agent.stopped ? 'hangs' : 'watches',
      health: agent === undefined || agent.stopped ? 'broken' : 'well',
    },
    reasons: agent === undefined || world.pods.length === 0 ? [] : Object.entries(agent.why),
  };
}

function serverOf(server: Server, pod: Pod, isStopped: boolean): ServerView {
  const { name, link, role } = server;
  if (!server.alive) {
    const waits =
      pod.serverContainer.state === 'waiting' ? `waits: ${pod.agent?.why.start ?? 'for its agent'}` : 'is down';
    return {
      name,
      role: 'none',
      inStep: false,
      text: waits,
      health: pod.serverContainer.state === 'waiting' ? 'busy' : 'broken',
    };
  }
  const disk = server.disk.full ? ', its disk is full' : server.disk.slowness > 0 ? ', its disk is slow' : '';
  if (role === 'master') {
    const online = server.feed.slots.filter((slot) => slot.state === 'online').length;
    const state = isStopped
      ? 'hangs'
      : server.loading
        ? 'loads its file'
        : server.isPaused
          ? 'writes are paused'
          : `offset ${server.offset}`;
    const text = `master, ${state}, ${online} ${online === 1 ? 'replica' : 'replicas'} in step${disk}`;
    return {
      name,
      role,
      inStep: true,
      text,
      health: isStopped ? 'broken' : server.loading || server.isPaused ? 'busy' : 'well',
    };
  }
  const follows = link.master?.ordinal;
  const master = link.master?.name ?? 'nobody';
  const state = {
    none: 'follows nobody',
    idle: `seeks ${master}`,
    connecting: `connects to ${master}`,
    copying: `waits for a copy of ${master}`,
    loading: `loads a copy of ${master}`,
    up: `follows ${master}, offset ${server.offset}`,
  }[link.state];
  const inStep = link.state === 'up' && !isStopped;
  return {
    name,
    role,
    inStep,
    ...(follows !== undefined && { follows }),
    text: `replica, ${isStopped ? 'hangs' : state}${disk}`,
    health: isStopped ? 'broken' : inStep ? 'well' : 'busy',
  };
}

function sentinelOf(sentinel: Sentinel, { sentinelContainer, agent }: Pod): PartView {
  const name = sentinel.name;
  if (!sentinel.alive) {
    const isWaiting = sentinelContainer.state === 'waiting';
    const text = isWaiting ? `waits: ${agent?.why.sentinel ?? 'for its agent'}` : 'is down';
    return { name, text, health: isWaiting ? 'busy' : 'broken' };
  }
  if (sentinel.stopped) return { name, text: 'hangs', health: 'broken' };
  const { master, configEpoch, objectivelyDown, tiltSince } = sentinel;
  const down = objectivelyDown
    ? ', which most consider down'
    : master.subjectivelyDown
      ? ', which it considers down'
      : '';
  const tilt = tiltSince === undefined ? '' : '; distrusts its clock (TILT)';
  const failover = sentinel.failoverInProgress ? '; is at a failover' : '';
  const named = `redis-${(master.target as Server).ordinal}`;
  return {
    name,
    text: `names ${named} in epoch ${configEpoch}${down}${failover}${tilt}`,
    health: down !== '' || tilt !== '' ? 'busy' : 'well',
  };
}

export interface LedgerView {
  readonly acknowledged: number;
  readonly confirmed: number;
  readonly refused: number;
  /** Undefined while there is no master to hold them against. */
  readonly losses?: Losses;
  /** The longest time without an acknowledged write of the clients outside, since `from`, ms. */
  readonly gap: number;
}

export function ledgerOf({ world, now }: Play, from: number): LedgerView {
  const { acknowledged, confirmed, refused, entries } = world.ledger;
  const times: number[] = [];
  for (const { host, acknowledgedAt } of entries) {
    if (host === world.clientHost && acknowledgedAt !== undefined && acknowledgedAt >= from) times.push(acknowledgedAt);
  }
  times.sort((one, other) => one - other);
  let gap = 0;
  let before = Math.min(from, now);
  for (const time of [...times, now]) {
    gap = Math.max(gap, time - before);
    before = time;
  }
  return { acknowledged, confirmed, refused, losses: lossesOf(world), gap };
}
