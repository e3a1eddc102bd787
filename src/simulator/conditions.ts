import { Random } from '../simulation/random.js';
import type { Setting } from '../simulation/settings.js';
import type { Shape } from './shape.js';

/** How the clients write. */
export interface Load {
  /** Writes a second, of all clients. */
  readonly rate: number;
  /** Every write waits for half of the servers (`WAIT`); otherwise every other one does. */
  readonly confirmed: boolean;
}

export const USUAL_LOAD: Load = { rate: 200, confirmed: false };
const WRITERS = 4;

/**
 * The world of a seed: how quick its network, disks and processes are, within what a small cluster shows. Nothing in it
 * is a fault.
 */
export function settingOf(shape: Shape, seed: number, load: Load): Setting {
  const random = new Random(seed, 'conditions');
  const { servers, separateSentinels } = shape;
  return {
    seed,
    profile: shape.profile,
    // The faults are given, however many: what is promised is not judged here, but counted.
    severity: 'beyond',
    servers,
    separateSentinels,
    engine: {
      minReplicas: shape.minReplicas,
      maxLag: shape.maxLag,
      fsync: shape.fsync,
      backlogBytes: 64 * 2 ** 20,
      replTimeout: 20_000,
      shutdownTimeout: 20_000,
      quorum: shape.quorum,
      downAfter: shape.downAfter,
      failoverTimeout: shape.failoverTimeout,
      tiltPeriod: shape.tiltPeriod,
      infoPeriod: shape.infoPeriod,
      askPeriod: shape.askPeriod,
      pingPeriod: shape.pingPeriod,
    },
    whenEmpty: shape.whenEmpty,
    whenEmptyAfter: shape.whenEmptyAfter,
    whenAbandoned: shape.whenAbandoned,
    whenAbandonedAfter: shape.whenAbandonedAfter,
    grace: shape.grace,
    latency: {
      usual: random.between(0.1, 0.6),
      late: random.between(5, 40),
      lateShare: random.between(0, 0.001),
    },
    questionMs: 0,
    // As servers with nothing, and with 4 MB, do it on the cluster.
    copyMs: random.between(5, 60),
    loadMs: random.between(1, 50),
    rewriteMs: random.between(20, 60),
    fsyncMs: random.between(0.3, 3),
    launchMs: random.between(20, 120),
    writers: WRITERS,
    writeEveryMs: (1000 * WRITERS) / load.rate,
    waitShare: load.confirmed ? 1 : 0.5,
  };
}
