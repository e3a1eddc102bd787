import { randomBytes } from 'node:crypto';

/** Names the keys of one run, and remembers them, so that none is left behind. */
export class Keys {
  /** Random, so that two runs, or what an interrupted one left, cannot meet. */
  private readonly prefix = `redis-sentinel:verification:${randomBytes(8).toString('hex')}`;
  private readonly written = new Set<string>();

  /** A key that will not be written. */
  name(purpose: string): string {
    return `${this.prefix}:${purpose}`;
  }

  /** A key that is about to be written: to be deleted at the end whatever comes of it. */
  toWrite(purpose: string): string {
    const key = this.name(purpose);
    this.written.add(key);
    return key;
  }

  get toDelete(): readonly string[] {
    return [...this.written];
  }
}
