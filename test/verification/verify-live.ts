import { type CheckReport, overall } from '../../src/verification/program/report.js';
import { verify } from '../../src/verification/program/verification.js';
import type { LiveTopology } from './live-topology.js';

/** Verifies in this process, and makes the fault when the check of that name has been reported. */
export async function verifyLive(
  live: LiveTopology,
  when: string,
  fault: () => void,
  stop: AbortSignal = new AbortController().signal,
) {
  const checks: CheckReport[] = [];
  const listener = {
    waiting: () => {},
    checked: (check: CheckReport) => {
      checks.push(check);
      if (check.name === when) fault();
    },
  };
  await verify(live.settings, listener, stop);
  const of = (name: string) => checks.find((check) => check.name === name);
  return { verdict: overall(checks), of, checks };
}
