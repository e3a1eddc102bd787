// A planned switch, ordered from outside the pods, that loses nothing.
//
// Sentinel's own FAILOVER lets the old master acknowledge writes until it is demoted, and those are lost. So, as the
// hand-over in the pods does: writes are paused, every replica gets all of them, only then a Sentinel is asked, and the old
// master follows the new one before the pause ends. Which replica it is, Sentinel chooses: all have everything.
//
// A pause also holds Sentinel's own PUBLISH, so one longer than down-after would be a reason to fail over by itself. Until
// the failover is asked for it is given up in good time; from then on it lasts until a replica is promoted or the Sentinel
// has given up, for a write that is acknowledged in between would be lost.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, formatAddress } from './address.js';
import { messageOf, Unknown, Unsound } from './finding.js';
import type { ProgramSettings } from './settings.js';
import type { Survey } from './survey.js';
import { Participants } from './switchover-participants.js';

export interface Switched {
  readonly to: string;
  /** When writes were paused, in ms of `performance.now()`. */
  readonly orderedAt: number;
  readonly pausedMs: number;
}

/** For the replicas to catch up, a matter of milliseconds, and for the Sentinel to accept the order. */
const PREPARED_MS = 1500;
const ATTEMPTS = 3;
const RETRY_MS = 1000;

/**
 * Moves the master.
 * @param survey of a topology that is whole
 * @param deadline in ms of `performance.now()`; like `stop` it is heeded between attempts only: a switch that has begun is
 * brought to its end
 * @throws Unsound when no Sentinel would, or a replica lags; all is then as before
 */
export async function switchOver(
  settings: ProgramSettings,
  survey: Survey,
  deadline: number,
  stop: AbortSignal,
): Promise<Switched> {
  const participants = new Participants(settings, survey);
  const failures: string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS && (attempt === 0 || performance.now() < deadline); attempt++) {
    if (attempt > 0) await sleep(RETRY_MS, undefined, { signal: stop });
    const sentinel = settings.sentinels[attempt % settings.sentinels.length] as Address;
    // Whoever is gone by now was there a moment ago: without it there would be one less after the switch.
    await participants.everyoneAnswers();
    const outcome = await attemptSwitch(participants, sentinel).catch((error) => {
      throw new Unknown(`the master was not moved: ${messageOf(error)}`);
    });
    if (typeof outcome !== 'string') return outcome;
    failures.push(`Sentinel ${formatAddress(sentinel)}: ${outcome}`);
  }
  throw new Unsound(
    `no switch of the master in ${failures.length} attempts (${failures.join('; ')}); writes go on as before`,
    'a Sentinel that promotes a replica with all writes',
    'look at the logs of this Sentinel and of the replicas: their links, their priority, a failover shortly before',
  );
}

/** @returns why it came to nothing, with writes going on as before */
async function attemptSwitch(participants: Participants, sentinel: Address): Promise<Switched | string> {
  const downAfter = await participants.downAfter(sentinel);
  const orderedAt = performance.now();
  const since = () => performance.now() - orderedAt;
  const inTime = () => since() < Math.min(PREPARED_MS, 0.4 * downAfter);
  let mayUnpause = true;
  try {
    await participants.pause(0.9 * downAfter);
    const behind = await participants.caughtUp(inTime);
    if (behind) return behind;
    const refusal = await participants.order(sentinel, inTime);
    if (refusal) return refusal;
    mayUnpause = false;
    const heir = await participants.promoted(sentinel, downAfter);
    mayUnpause = heir === undefined || (await participants.retire(heir));
    if (!heir) return 'gave up without promoting a replica';
    return { to: formatAddress(heir), orderedAt, pausedMs: since() };
  } finally {
    // A master that could not be told to follow another stays paused for its time: better than to lose what it acknowledges.
    if (mayUnpause) await participants.unpause();
  }
}
