import type { ProfileName } from '../simulation/settings.js';
import type { TopologySettings } from '../topology/settings.js';
import { milliseconds } from '../topology/units.js';
import { type Places, placesOf } from './places.js';

/** What a simulated run knows of a topology: plain data, for threads and for a page's address. All times in ms. */
export interface Shape {
  readonly name: string;
  readonly profile: ProfileName;
  readonly servers: number;
  /** Sentinels with pods of their own; 0: each server's pod has one. */
  readonly separateSentinels: number;
  readonly quorum: number;
  readonly minReplicas: number;
  readonly maxLag: number;
  readonly fsync: 'always' | 'everysec' | 'none';
  readonly downAfter: number;
  readonly failoverTimeout: number;
  readonly tiltPeriod: number;
  readonly infoPeriod: number;
  readonly askPeriod: number;
  readonly pingPeriod: number;
  readonly whenEmpty: 'stay-down' | 'start';
  readonly whenEmptyAfter: number;
  readonly whenAbandoned: 'promote' | 'promote-if-certain';
  readonly whenAbandonedAfter: number;
  readonly grace: number;
  readonly places: Places;
}

/** Where the pods are put. */
export interface Room {
  /** @default - a node for each server, or for each Sentinel if those are more */
  readonly nodes?: number;
  /** @default 3, or as many as there are nodes if that is less */
  readonly zones?: number;
}

/** @throws where the topology does not fit on so many nodes */
export function shapeOf(settings: TopologySettings, room: Room = {}): Shape {
  const { servers, profile, pollPeriods, recovery } = settings;
  const separateSentinels = settings.hasSeparateSentinels ? settings.sentinels : 0;
  const needed = Math.max(servers, separateSentinels);
  if (room.nodes !== undefined && room.nodes < needed && settings.spread.nodes === 'required') {
    throw new Error(
      `--nodes must be at least ${needed}, since 'spread' is required and no two pods of a set share a node, got ${room.nodes}: give ${needed}, or 'spread: preferred'`,
    );
  }
  return {
    name: settings.name,
    profile: profile.values.name,
    servers,
    separateSentinels,
    quorum: settings.quorum,
    minReplicas: settings.minReplicasToWrite,
    maxLag: milliseconds(settings.maxLag),
    fsync: settings.fsync,
    downAfter: milliseconds(settings.downAfter),
    failoverTimeout: milliseconds(settings.failoverTimeout),
    tiltPeriod: milliseconds(settings.tiltPeriod),
    infoPeriod: milliseconds(pollPeriods.info),
    askPeriod: milliseconds(pollPeriods.ask),
    pingPeriod: milliseconds(pollPeriods.ping),
    whenEmpty: recovery.whenEmpty,
    whenEmptyAfter: milliseconds(recovery.whenEmptyAfter),
    whenAbandoned: recovery.whenAbandoned,
    whenAbandonedAfter: milliseconds(recovery.whenAbandonedAfter),
    grace: settings.grace * 1000,
    places: placesOf(servers, separateSentinels, room),
  };
}

/** In a line. */
export function describeShape(shape: Shape): string {
  const { profile, servers, separateSentinels, downAfter, minReplicas, maxLag, fsync, places } = shape;
  return [
    profile,
    `${servers} servers`,
    separateSentinels > 0 ? `${separateSentinels} separate Sentinels` : 'a Sentinel with each',
    `${places.nodes} nodes in ${places.zones} ${places.zones === 1 ? 'zone' : 'zones'}`,
    `downAfter ${downAfter / 1000} s`,
    minReplicas > 0 ? `writes need ${minReplicas} of the replicas within ${maxLag / 1000} s` : 'writes need no replica',
    fsync === 'none' ? 'no append-only file' : `fsync ${fsync}`,
  ].join(', ');
}
