// What a drill waits for, in surveys taken one after the other.
import { setTimeout as sleep } from 'node:timers/promises';
import { formatAddress } from './address.js';
import { listed, Unknown } from './finding.js';
import { DRILL_LOOK_MS, DRILL_STEPS_MS } from './limits.js';
import type { Load } from './load.js';
import { before, missing, unsettled } from './readiness.js';
import type { ProgramSettings } from './settings.js';
import { type Survey, takeSurvey } from './survey.js';

const LAST_LOOK_MS = 1000;

/** What a survey lacks; nothing when it shows what is waited for. */
export type Lack = (survey: Survey) => string[];

/**
 * Every server and every Sentinel is there, as at readiness, and each replica may be promoted: so that the next loss is
 * survived too.
 */
export function wholeness(settings: ProgramSettings): Lack {
  return (survey) => {
    const lacking = missing(survey, settings);
    if (lacking.length > 0) return lacking;
    const barred = survey.sentinels.flatMap(({ address, view }) => {
      const replicas = view?.replicas.filter(({ priority }) => priority === 0) ?? [];
      return replicas.map((replica) => `Sentinel ${address}: may not promote ${formatAddress(replica)} (priority 0)`);
    });
    const alone = settings.servers < 2 ? ['a replica to switch to'] : [];
    return [...unsettled(survey, settings), ...barred, ...alone];
  };
}

/** A majority of the Sentinels names another master. */
export function moved(from: string): Lack {
  return (survey) => {
    const others = survey.sentinels.filter(({ view }) => view !== undefined && view.named !== from);
    return others.length > survey.sentinels.length / 2 ? [] : [`another master: the Sentinels name ${from}`];
  };
}

/** @returns the first survey that lacks nothing; what the last one lacked when the time is up */
export async function waitFor(
  settings: ProgramSettings,
  milliseconds: number,
  lack: Lack,
  stop: AbortSignal,
): Promise<Survey | string> {
  // At the end of the time there is one more look, so that there is something to tell.
  const deadline = Date.now() + Math.max(milliseconds, LAST_LOOK_MS);
  let lacking = ['the first answers'];
  for (;;) {
    const survey = await before(deadline, stop, takeSurvey(settings));
    if (survey !== undefined) lacking = lack(survey);
    if (survey !== undefined && lacking.length === 0) return survey;
    if (Date.now() >= deadline) return listed(lacking);
    await before(Math.min(deadline, Date.now() + DRILL_LOOK_MS), stop);
  }
}

/** @throws Unknown when not each writer has had an acknowledgement in time */
export async function flowing(load: Load, stop: AbortSignal): Promise<void> {
  const deadline = Date.now() + DRILL_STEPS_MS.flowing;
  while (!load.flowing) {
    if (Date.now() > deadline) {
      const seconds = DRILL_STEPS_MS.flowing / 1000;
      throw new Unknown(`not each writer had a write acknowledged within ${seconds} s: ${load.lastError}`);
    }
    await sleep(20, undefined, { signal: stop });
  }
}
