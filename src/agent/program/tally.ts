/** Silences shorter than that are a busy node's or a slow disk's everyday, ms. */
const SILENCE_MS = 500;
/** Kinds of decisions: there are a few dozen; this is a limit on what a mistake may make of them. */
const MOST_KINDS = 100;

/** Lines that tell of a failover: by an agent, or by a Sentinel whose promotion was told to all. A hand-over is none. */
const FAILOVERS = ['switched', 'proclaimed'];

/** What is counted for /metrics. */
export class Tally {
  /** By the first word of their line in the log. */
  readonly decisions = new Map<string, number>();
  /** How often the own server did not answer for half a second, and the longest time, ms. */
  silences = 0;
  longestSilenceMs = 0;
  failovers = 0;
  /** When, in ms since 1970. */
  lastFailover?: { readonly at: number; readonly reason: string };
  /** Since when the own server was seen to be master, ms since 1970. */
  masterSince?: number;
  private counted = false;

  count(line: string): void {
    const kind = line.split(' ', 1)[0] ?? '';
    if (FAILOVERS.includes(kind)) {
      this.failovers++;
      this.lastFailover = { at: Date.now(), reason: /\breason=(\S+)/.exec(line)?.[1] ?? kind };
    }
    if (!this.decisions.has(kind) && this.decisions.size >= MOST_KINDS) return;
    this.decisions.set(kind, (this.decisions.get(kind) ?? 0) + 1);
  }

  silence(pendingSince: number | undefined, now: number): void {
    const ms = pendingSince === undefined ? 0 : now - pendingSince;
    if (ms < SILENCE_MS) {
      this.counted = false;
      return;
    }
    if (!this.counted) this.silences++;
    this.counted = true;
    this.longestSilenceMs = Math.max(this.longestSilenceMs, ms);
  }

  role(role: 'master' | 'replica' | undefined): void {
    if (role !== 'master') this.masterSince = undefined;
    else this.masterSince ??= Date.now();
  }
}
