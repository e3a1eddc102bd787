import type { VolumeFact } from '../agent/program/decide/orders.js';
import { Branch, depthOf, type Place } from './history.js';
import type { Random } from './random.js';

/** An append-only file. */
export interface AppendOnlyFile {
  /** What was handed to the kernel: what the kill of a process leaves. */
  written: Place;
  /** What is on the disk: what a loss of power leaves. */
  synced: Place;
  /** So many entries are in its base, where no mark can be read. */
  base: number;
  /** A loss of power took something of it. */
  isCut?: boolean;
}

/** What a Sentinel's own file says. */
export interface SentinelFile {
  readonly master: number;
  readonly configEpoch: number;
  readonly leaderEpoch: number;
  readonly currentEpoch: number;
}

/** A pod's data volume; without persistence a directory that ends with the pod. */
export class Volume {
  aof?: AppendOnlyFile;
  /** Its append-only file cannot be read. */
  damaged = false;
  sentinel?: SentinelFile;
  readonly facts = new Set<VolumeFact>();
  /** The file that was there when it was noted as outdated. */
  private outdated?: AppendOnlyFile;

  note(fact: VolumeFact, holds: boolean): void {
    if (holds) this.facts.add(fact);
    else this.facts.delete(fact);
    if (fact === 'outdated') this.outdated = this.aof;
  }

  /** What its file is, where a full copy was taken. */
  get copied(): 'outdated' | 'written' | undefined {
    if (!this.facts.has('outdated')) return undefined;
    return this.outdated === this.aof ? 'outdated' : 'written';
  }

  /** The machine lost its power: what was not forced to disk is gone. */
  losePower(): void {
    const { aof } = this;
    if (aof === undefined) return;
    if (depthOf(aof.written) > depthOf(aof.synced)) aof.isCut = true;
    aof.written = aof.synced;
  }
}

/** A disk, and how slow it is just now. */
export class Disk {
  /** Added to each fsync, ms. */
  slowness = 0;
  /** Not a byte more can be written. */
  full = false;

  constructor(
    private readonly random: Random,
    private readonly fsyncMs: number,
  ) {}

  /** How long one fsync takes, ms. */
  fsync(): number {
    return this.fsyncMs * (0.5 + this.random.next()) + this.slowness * (0.8 + 0.4 * this.random.next());
  }
}

/** A place where nothing was ever written. */
export function emptyPlace(id: number): Place {
  return { branch: new Branch(id), count: 0 };
}

export function isEmpty(place: Place): boolean {
  return depthOf(place) === 0;
}
