/** `sound`: as it should be; `unsound`: seen to be wrong; `unknown`: it could not be told. */
export type Verdict = 'sound' | 'unsound' | 'unknown';

export interface CheckReport {
  /** Stable: `readiness`, `ping`, ... (see checks.ts). */
  readonly name: string;
  readonly verdict: Verdict;
  readonly milliseconds: number;
  /** What was seen; for `unknown`, why it could not be told. */
  readonly found: string;
  /** Only when unsound. */
  readonly expected?: string;
  /** Only when unsound. */
  readonly mend?: string;
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

export function formatWaiting(text: string): string {
  return `wait  ${'readiness'.padEnd(NAME_WIDTH)} ${text}`;
}

/** One fault that was seen outweighs any number of checks that could not tell. */
export function overall(checks: readonly CheckReport[]): Verdict {
  const has = (verdict: Verdict) => checks.some((check) => check.verdict === verdict);
  return has('unsound') ? 'unsound' : has('unknown') ? 'unknown' : 'sound';
}

const NAME_WIDTH = 'wrong-password'.length;
