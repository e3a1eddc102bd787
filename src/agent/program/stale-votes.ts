import { sentinelPeers, viewOf } from '../../client/sentinel.js';
import { decideStaleVotes, STALE_VOTES_LOOK_MS, type StaleVotesKnown } from './decide/stale-votes.js';
import { Rhythm } from './know/rhythm.js';
import type { Sentinels } from './know/sentinels.js';
import type { Surroundings } from './surroundings.js';

const ASK_MS = 1000;

/** Asks the own Sentinel whose votes it counts, and carries out what is decided (decide/stale-votes.ts). */
export class StaleVotes {
  private memory = {};
  private readonly looks = new Rhythm(STALE_VOTES_LOOK_MS);

  /** @param sentinelRuns whether that of this pod does */
  constructor(
    private readonly around: Surroundings,
    private readonly sentinels: Sentinels,
    private readonly sentinelRuns: () => boolean,
    private readonly endSentinel: () => void,
  ) {}

  /** @returns when to look at it again */
  tend(now: number): number {
    if (this.looks.isUp(now) && this.sentinelRuns()) this.look();
    return this.looks.due;
  }

  private look(): void {
    const { plan, settings } = this.around;
    const link = this.sentinels.target(plan.nearest)?.link;
    let isCalm = false;
    link?.ask(
      ['SENTINEL', 'MASTER', settings.masterName],
      (outcome) => {
        isCalm = outcome.kind === 'reply' && viewOf(outcome.reply).master.flags.join(',') === 'master';
      },
      ASK_MS,
    );
    link?.ask(
      ['SENTINEL', 'SENTINELS', settings.masterName],
      (outcome) => {
        const peers = outcome.kind === 'reply' ? sentinelPeers(outcome.reply) : [];
        this.decide({ isCalm, others: peers.map(({ flags }) => flags) });
      },
      ASK_MS,
    );
  }

  private decide(seen: Pick<StaleVotesKnown, 'isCalm' | 'others'>): void {
    const { plan, clock, say } = this.around;
    const place = plan.sentinels.indexOf(plan.nearest);
    const { memory, end, say: lines } = decideStaleVotes({ now: clock.now(), place, ...seen }, this.memory);
    this.memory = memory;
    for (const line of lines) say(line);
    if (end) this.endSentinel();
  }
}
