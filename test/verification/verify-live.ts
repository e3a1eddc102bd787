import { type CheckReport, overall } from '../../src/verification/program/report.js';
import type { DrillSettings } from '../../src/verification/program/settings.js';
import { verify } from '../../src/verification/program/verification.js';
import type { LiveTopology } from './live-topology.js';

/**
 * Verifies in this process, and makes the fault, once, when the check of that name has been reported; that of the drill itself
 * when its writers are at work.
 */
export async function verifyLive(
  live: LiveTopology,
  when: string,
  fault: () => void,
  stop: AbortSignal = new AbortController().signal,
  drill?: DrillSettings,
) {
  const checks: CheckReport[] = [];
  const said: string[] = [];
  let made = false;
  const make = () => {
    if (!made) fault();
    made = true;
  };
  const listener = {
    waiting: (text: string, name?: string) => {
      said.push(text);
      if (name === when && text.includes('writers at work')) make();
    },
    checked: (check: CheckReport) => {
      checks.push(check);
      if (check.name === when) make();
    },
  };
  await verify({ ...live.settings, drill }, listener, stop);
  const of = (name: string) => checks.find((check) => check.name === name);
  return { verdict: overall(checks), of, checks, said };
}
