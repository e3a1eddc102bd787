/** `sound`: as it should be; `unsound`: seen to be wrong; `unknown`: it could not be told. */
export type Verdict = 'sound' | 'unsound' | 'unknown';

export interface CheckReport {
  /** Stable: `readiness`, `ping`, ... (see checks.ts), `drill`. */
  readonly name: string;
  readonly verdict: Verdict;
  readonly milliseconds: number;
  /** What was seen; for `unknown`, why it could not be told. */
  readonly found: string;
  /** Only when unsound. */
  readonly expected?: string;
  /** Only when unsound. */
  readonly mend?: string;
  /** Only of a drill that wrote. */
  readonly figures?: DrillFigures;
}

/** What a drill measured. Times in ms. */
export interface DrillFigures {
  /** `host:port` of the master before. */
  readonly from: string;
  /** `host:port` of the master after; null where no other was named. */
  readonly to: string | null;
  /** The longest time in which no writer had an acknowledgement. */
  readonly outageMs: number;
  /** From the order, or from the last acknowledgement before the outage, until nothing was missing; null: it never was. */
  readonly wholeMs: number | null;
  /** How long writes were paused on the old master; null where this program did not pause them. */
  readonly pausedMs: number | null;
  readonly writers: number;
  readonly acknowledged: number;
  /** Acknowledged, and not there when read back. */
  readonly lost: number;
  /** Acknowledged, and by WAIT on as many replicas as a write needs, one at least. */
  readonly confirmed: number;
  readonly lostConfirmed: number;
  /** Not written: refused, or there was no connection. */
  readonly refused: number;
  /** Sent, and not answered: written or not. */
  readonly unanswered: number;
}

/** The last line of the output: one line of JSON with these keys. Keys are only ever added; a change raises `version`. */
export interface Report {
  readonly report: 'redis-sentinel-verification';
  readonly version: 1;
  readonly topology: string;
  readonly mode: string;
  readonly verdict: Verdict;
  readonly exitCode: 0 | 1 | 2;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly milliseconds: number;
  /** `host:port` that the Sentinels named when the topology was ready, or null. */
  readonly master: string | null;
  readonly checks: readonly CheckReport[];
}

export const EXIT_CODES: Readonly<Record<Verdict, 0 | 1 | 2>> = { sound: 0, unsound: 1, unknown: 2 };

const MARKS: Readonly<Record<Verdict, string>> = { sound: 'ok   ', unsound: 'FAIL ', unknown: '?    ' };

/** The line for people. The mark and the check's name come first, in columns. */
export function formatCheck(check: CheckReport): string {
  const { name, verdict, found, expected, mend } = check;
  const text = verdict === 'unsound' ? `found ${found}; expected ${expected}; to mend: ${mend}` : found;
  return `${MARKS[verdict]} ${name.padEnd(NAME_WIDTH)} ${verdict === 'unknown' ? `could not tell: ${text}` : text}`;
}

/** @param name of the check that waits */
export function formatWaiting(text: string, name = 'readiness'): string {
  return `wait  ${name.padEnd(NAME_WIDTH)} ${text}`;
}

/** One fault that was seen outweighs any number of checks that could not tell. */
export function overall(checks: readonly CheckReport[]): Verdict {
  const has = (verdict: Verdict) => checks.some((check) => check.verdict === verdict);
  return has('unsound') ? 'unsound' : has('unknown') ? 'unknown' : 'sound';
}

const NAME_WIDTH = 'wrong-password'.length;
