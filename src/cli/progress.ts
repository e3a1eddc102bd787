import { print, printBytes } from './print.js';
import { onTerminal } from './terminal.js';

/** To the beginning of the line, which is then empty. */
const CLEAR_LINE = '\r\x1b[K';
const SECOND_MS = 1000;

/** What is written, and to whom. */
export interface ProgressOptions {
  /** Somebody reads along on a terminal. @default onTerminal() */
  readonly live?: boolean;
  /** @default - standard output */
  readonly write?: (text: string) => void;
}

/**
 * The lines of long work. On a terminal the last one is followed by another that says for how long nothing has come, and
 * which the next line takes the place of; elsewhere there are only the lines.
 */
export class Progress {
  private readonly live: boolean;
  private readonly write: (text: string) => void;
  private since = Date.now();
  private shown = false;
  private readonly timer?: NodeJS.Timeout;

  constructor({ live = onTerminal(), write }: ProgressOptions = {}) {
    this.live = live;
    this.write = write ?? ((text) => printBytes(Buffer.from(text)));
    if (!live) return;
    this.timer = setInterval(() => this.show(), SECOND_MS);
    // It waits for nothing itself.
    this.timer.unref();
  }

  readonly print = (line: string): void => {
    this.clear();
    this.since = Date.now();
    if (this.live) this.write(`${line}\n`);
    else print(line);
  };

  /** Before anything else is written. */
  end(): void {
    clearInterval(this.timer);
    this.clear();
  }

  private show(): void {
    const seconds = Math.round((Date.now() - this.since) / SECOND_MS);
    if (seconds < 2) return;
    this.write(`${CLEAR_LINE}… ${seconds} s`);
    this.shown = true;
  }

  private clear(): void {
    if (this.shown) this.write(CLEAR_LINE);
    this.shown = false;
  }
}
