import type { Judgement } from '../cluster/load/judge.js';
import type { Facts } from './facts.js';
import type { Promises } from './fault.js';

/** One fault, once. Times in ms. Everything in it but the promises can be had again from the history. */
export interface Outcome {
  readonly topology: Pick<Facts, 'profile' | 'engine' | 'image'>;
  /** Between two writes of a writer; absent where it wrote 50 times a second. */
  readonly pause?: number;
  /** With TLS and users; absent where without. */
  readonly secured?: true;
  readonly fault: string;
  readonly promises: Promises;
  /** Place in a random order, and its seed; absent where each fault was tried by itself. */
  readonly order?: { readonly seed: number; readonly turn: number };
  readonly writeOutage: number;
  /** See `Judgement`. */
  readonly clientsIdle: number;
  readonly readOutage: number;
  readonly acknowledged: number;
  readonly confirmed: number;
  readonly unknown: number;
  readonly lost: number;
  readonly lostConfirmed: number;
  readonly twoMasters: Judgement['twoMasters'];
  readonly staleReads: number;
  readonly pinnedStaleReads: number;
  readonly masters: readonly string[];
  readonly wholeAfter?: Judgement['wholeAfter'];
  readonly broken: readonly string[];
  /** File name of the history. */
  readonly history: string;
}

export function outcomeOf(
  found: Judgement,
  about: Pick<Outcome, 'topology' | 'pause' | 'secured' | 'promises' | 'order' | 'broken' | 'history'>,
): Outcome {
  return {
    ...about,
    fault: found.fault,
    writeOutage: Math.round(found.writeOutage.ms),
    clientsIdle: Math.round(found.clientsIdle),
    readOutage: Math.round(found.readOutage.ms),
    acknowledged: found.acknowledged,
    confirmed: found.confirmed,
    unknown: found.unknown,
    lost: found.lost.length,
    lostConfirmed: found.lostConfirmed.length,
    twoMasters: { ms: Math.round(found.twoMasters.ms), writes: found.twoMasters.writes },
    staleReads: found.staleReads.length,
    pinnedStaleReads: found.pinnedStaleReads.length,
    masters: found.reigns.map(({ server }) => server),
    wholeAfter: found.wholeAfter && {
      fault: Math.round(found.wholeAfter.fault),
      healed: Math.round(found.wholeAfter.healed),
    },
  };
}
