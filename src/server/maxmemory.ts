import type { Size } from 'cdk8s';
import { bytes } from '../kube/bytes.js';

/** How much Redis counts as its own: data, replication backlog and clients' buffers. */
export class Maxmemory {
  /** Of the memory of the server's container, whole percents. */
  static percent(share: number): Maxmemory {
    return new Maxmemory(share, undefined);
  }

  /** A size of one's own, less than the container's memory. */
  static of(size: Size): Maxmemory {
    return new Maxmemory(undefined, size);
  }

  private constructor(
    readonly share: number | undefined,
    readonly size: Size | undefined,
  ) {}

  /**
   * The limit that the servers get, in bytes.
   * @param memory of the container, in bytes
   */
  bytesOf(memory: number): number {
    return this.size ? bytes(this.size) : Math.floor((memory * (this.share ?? 0)) / 100);
  }

  /** As it stands in a topology file. */
  toString(): string {
    return this.size?.asString() ?? `${this.share}%`;
  }
}
