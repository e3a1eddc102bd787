// What a finished drill's history says. Pure, so that it can be tried with a history of any kind.
import { longestGap } from '../../client/outages.js';
import type { Ack, History } from './load.js';
import type { DrillFigures } from './report.js';
import type { DrillSettings } from './settings.js';

/** The story of a drill: what was done to the topology, or seen, and when. Times in ms of `performance.now()`. */
export interface Story {
  readonly from: string;
  /** Absent where no other master was named. */
  readonly to?: string;
  /** When writes began. */
  readonly began: number;
  /** When the switch was ordered; absent where nobody ordered it here. */
  readonly orderedAt?: number;
  readonly pausedMs?: number;
  /** When nothing was missing any more; absent where that never came. */
  readonly wholeAt?: number;
  /** When writes ended. */
  readonly ended: number;
}

/** A topology that still writes has an acknowledgement every few milliseconds. */
const OPEN_OUTAGE_MS = 2000;

export function measure(
  story: Story,
  history: History,
  found: ReadonlyMap<string, string | null>,
  writers: number,
): DrillFigures {
  const { acks } = history;
  const lost = lostOf(acks, found);
  // The beginning and the end of the load bound it too.
  const outage = longestGap(
    acks.map(({ at }) => at),
    { from: story.began, to: story.ended },
  );
  const { from, to = null, pausedMs = null, wholeAt } = story;
  return {
    from,
    to,
    outageMs: Math.round(outage.ms),
    wholeMs: wholeAt === undefined ? null : Math.round(wholeAt - (story.orderedAt ?? outage.from)),
    pausedMs: pausedMs === null ? null : Math.round(pausedMs),
    writers,
    acknowledged: acks.length,
    lost: lost.length,
    confirmed: acks.filter(({ confirmed }) => confirmed).length,
    lostConfirmed: lost.filter(({ confirmed }) => confirmed).length,
    refused: history.refused,
    unanswered: history.unanswered,
  };
}

/** One thing that is wrong, and what to do about it. */
export interface Fault {
  readonly found: string;
  readonly mend: string;
}

/** What must not be: writes lost that nothing excuses, or a topology that did not come back in the limit. */
export function judge(
  story: Story,
  { acks }: History,
  found: ReadonlyMap<string, string | null>,
  drill: DrillSettings,
): Fault[] {
  const faults: Fault[] = [];
  const lost = lostOf(acks, found);
  const lostConfirmed = lost.filter(({ confirmed }) => confirmed);
  // A crash may cost what was not confirmed; a planned switch nothing.
  if (lostConfirmed.length > 0 || (drill.mode === 'switchover' && lost.length > 0)) {
    faults.push({
      found: `${lost.length} acknowledged writes lost, ${lostConfirmed.length} of them confirmed by WAIT`,
      mend:
        'look in the logs of Sentinels and agents for two masters at once, or a FAILOVER that did not pause writes; where ' +
        'memory is full, an evicted key looks lost too',
    });
  }
  const silentMs = story.ended - acks.reduce((last, { at }) => Math.max(last, at), story.began);
  if (silentMs > OPEN_OUTAGE_MS) {
    const mend =
      "look who is master and what it answers to a SET; if it only took longer, give the drill a longer 'limit'";
    faults.push({ found: `no write acknowledged in the last ${seconds(silentMs)}`, mend });
  } else if (story.to !== undefined && story.wholeAt === undefined) {
    const mend = "run the verification, which says more; if it only took longer, give the drill a longer 'limit'";
    faults.push({ found: `the topology not whole again within ${drill.limitSeconds} s`, mend });
  }
  return faults;
}

/** The line for people. */
export function describe(figures: DrillFigures): string {
  const { from, to, outageMs, wholeMs, acknowledged, lost, confirmed, lostConfirmed } = figures;
  return [
    to === null ? `master ${from} stayed` : `from ${from} to ${to}`,
    `no write acknowledged for ${outageMs} ms`,
    ...(wholeMs === null ? [] : [`whole after ${seconds(wholeMs)}`]),
    `${acknowledged} writes acknowledged, ${lost} lost`,
    `${confirmed} confirmed by WAIT, ${lostConfirmed} of them lost`,
  ].join(', ');
}

function lostOf(acks: readonly Ack[], found: ReadonlyMap<string, string | null>): Ack[] {
  return acks.filter(({ key, value }) => found.get(key) !== value);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
