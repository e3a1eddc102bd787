import { join } from 'node:path';
import type { Data } from './decide/known.js';
import type { Durable } from './decide/memory.js';
import { readText, replaceFile } from './files.js';
import type { LoadFailure } from './know/volume.js';

/** The server's present life, or the one that ended last. */
export interface ServerLife {
  /** Of its container (launch.sh). */
  readonly token: string;
  /** What lay on its volume when it was started. */
  readonly data: Data;
  /** It has read its file to the end. */
  readonly loaded: boolean;
  /** What lay there was put aside before. */
  readonly aside?: boolean;
}

/** What an agent that was restarted must know. */
export interface Remembered {
  readonly durable?: Partial<Durable>;
  readonly server?: ServerLife;
  /** A server could not read its file. */
  readonly failure?: LoadFailure;
  /** One ended without its files too, so they are not why; until one has started. */
  readonly blameless?: boolean;
  /** Of the Sentinel's container. */
  readonly sentinelToken?: string;
}

/** Kept in the pod's memory volume, in `agent.json`: it holds no password. */
export class Notebook {
  private readonly path: string;
  private text: string;

  constructor(runDir: string) {
    this.path = join(runDir, 'agent.json');
    this.text = readText(this.path) ?? '{}';
  }

  read(): Remembered {
    try {
      return JSON.parse(this.text) as Remembered;
    } catch {
      // Written by a rename, so this is nobody's half of a file; without it the agent finds out what it can.
      return {};
    }
  }

  write(remembered: Remembered): void {
    const text = JSON.stringify(remembered);
    if (text === this.text) return;
    replaceFile(this.path, text);
    this.text = text;
  }
}
