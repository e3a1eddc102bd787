/** How often what goes on is said again, ms. */
const AGAIN_MS = 30_000;
/** Reasons that are remembered to have been said. */
const REMEMBERED = 32;

/** One line per decision, on standard error: `time agent decision detail key=value…`. */
export function say(line: string): void {
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  // What others sent may stand in a line, and is not to make a second one.
  process.stderr.write(`${time} agent ${line.replace(/[\r\n]+/g, ' ')}\n`);
}

export interface WaitingFor {
  readonly reason: string;
  /** Since when, for this reason or another before it; ms. */
  readonly since: number;
}

/** Says a new reason for waiting once, and one that lasts, or that comes again and again, every 30 s. */
export class Waiting {
  /** What of this pod waits (`server`, `sentinel`, `agent`), and for what. */
  readonly reasons = new Map<string, WaitingFor>();
  private readonly saidAt = new Map<string, number>();

  /** @param now ms, of a clock that never jumps */
  constructor(
    private readonly now: () => number,
    private readonly line: (text: string) => void = say,
  ) {}

  /** @param word with which the line begins: `error` where somebody has to do something about it */
  because(who: string, reason: string, word: 'waiting' | 'error' = 'waiting'): void {
    const now = this.now();
    const before = this.reasons.get(who);
    if (before?.reason !== reason) this.reasons.set(who, { reason, since: before?.since ?? now });
    if (now - (this.saidAt.get(reason) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return;
    this.saidAt.delete(reason);
    this.saidAt.set(reason, now);
    const [oldest] = this.saidAt.keys();
    if (this.saidAt.size > REMEMBERED && oldest !== undefined) this.saidAt.delete(oldest);
    this.line(`${word} ${reason}`);
  }

  over(who: string): void {
    this.reasons.delete(who);
  }

  /** By who waits. @param server for what the decisions have it wait: where its volume is at fault, that is why */
  all(server?: WaitingFor): Record<string, WaitingFor> {
    return { ...(server && { server }), ...Object.fromEntries(this.reasons) };
  }
}
