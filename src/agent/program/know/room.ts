import { statfs } from 'node:fs/promises';

/** Of a volume, bytes. */
export interface Room {
  readonly size: number;
  /** For whoever is not root. */
  readonly available: number;
}

/**
 * How much room a volume has. It is looked at when somebody asks, and who asks is told of the look before: a disk that does
 * not answer holds nobody up.
 */
export class RoomGauge {
  private last?: Room;
  private isLooking = false;

  constructor(private readonly folder: string) {}

  /** Undefined before the first look has ended, and where the last one failed. */
  read(): Room | undefined {
    if (!this.isLooking) void this.look();
    return this.last;
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    try {
      const { bsize, blocks, bavail } = await statfs(this.folder);
      this.last = { size: bsize * blocks, available: bsize * bavail };
    } catch {
      this.last = undefined;
    }
    this.isLooking = false;
  }
}
