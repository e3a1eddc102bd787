import { closeSync, constants, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineProcess } from '../decide/known.js';
import { readText } from '../files.js';

export type PartName = 'redis' | 'sentinel';

/** One life of an engine's container: from its wait for an order to the end of its server. */
export interface Life {
  readonly token: string;
  /** The engine's `--version` line. */
  readonly version: string;
}

/** How a server ended. */
export interface Ended {
  readonly token: string;
  readonly status: number;
}

/**
 * An engine's container, as seen through the pod's memory volume: launch.sh tells there what it does, and takes orders from a
 * pipe. It counts as waiting only once `prepare` is done, which looks at what is on its volume.
 */
export class Container {
  readonly process: { -readonly [K in keyof EngineProcess]: EngineProcess[K] };
  private readonly at: string;
  private waiting?: Life;
  private running?: string;
  /** The life that was prepared for, or is being, and the one that it is done for. */
  private preparing?: string;
  private prepared?: string;
  private stamp = '';

  /** @param prepare called for each new life; it may take long */
  constructor(
    runDir: string,
    part: PartName,
    now: number,
    private readonly prepare: (life: Life) => Promise<void>,
    private readonly changed: () => void,
  ) {
    this.at = join(runDir, part);
    this.process = { state: 'absent', since: now };
  }

  /** The life that waits for an order, where all that must be known of it is known. */
  get waits(): Life | undefined {
    return this.process.state === 'waiting' ? this.waiting : undefined;
  }

  /** The token of the life whose server runs, as far as is known. */
  get runs(): string | undefined {
    return this.process.state === 'running' ? this.running : undefined;
  }

  ended(): Ended | undefined {
    const match = /^(\S+) (\d+)$/m.exec(readText(`${this.at}.ended`) ?? '');
    return match ? { token: match[1] as string, status: Number(match[2]) } : undefined;
  }

  /** Looks at its files. */
  look(now: number): void {
    // A file that launch.sh renamed keeps its inode; a new one has another.
    const stamp = `${stampOf(`${this.at}.waiting`)} ${stampOf(`${this.at}.running`)}`;
    if (stamp !== this.stamp) {
      this.stamp = stamp;
      this.waiting = readLife(`${this.at}.waiting`);
      this.running = readLife(`${this.at}.running`)?.token;
      const { waiting } = this;
      if (waiting && waiting.token !== this.preparing) {
        this.preparing = waiting.token;
        void this.prepareFor(waiting);
      }
    }
    this.settle(now);
  }

  /** An order, for that life only. It never waits: where nobody reads any more, nobody is there to carry it out. */
  order(what: 'start' | 'kill', token: string): void {
    const pipe = openSync(`${this.at}.orders`, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      writeSync(pipe, `${what} ${token}\n`);
    } finally {
      closeSync(pipe);
    }
  }

  private async prepareFor(life: Life): Promise<void> {
    await this.prepare(life);
    this.prepared = life.token;
    this.changed();
  }

  private settle(now: number): void {
    const state = this.waiting
      ? this.prepared === this.waiting.token
        ? 'waiting'
        : 'absent'
      : this.running
        ? 'running'
        : 'absent';
    if (state === this.process.state) return;
    this.process.state = state;
    this.process.since = now;
  }
}

function readLife(path: string): Life | undefined {
  const [token, version = ''] = (readText(path) ?? '').split('\n');
  return token ? { token, version } : undefined;
}

function stampOf(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false });
  return file ? `${file.ino}:${file.mtimeMs}` : '-';
}
