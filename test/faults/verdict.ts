import type { LostWrite } from '../cluster/load/checker.js';
import type { Judgement } from '../cluster/load/judge.js';
import type { TwoMasters } from '../cluster/load/masters.js';
import type { Promises } from './fault.js';

/** What the measure of a promise depends on. */
export interface Measure {
  /** Clients that write at once. */
  readonly writers: number;
  /** In ms; 0 where a master without replicas goes on. */
  readonly maxLag: number;
  /** How many times as long as promised an outage or a recovery may take. @default 1 */
  readonly slack?: number;
}

/**
 * How much longer than max-lag a master that is cut off may go on, in ms: it counts whole seconds since a replica's last
 * answer, and does so once a second (`refreshGoodSlavesCount` in Redis' and Valkey's replication.c). Seen: 1281.
 */
const LAG_GRANULARITY = 2000;
/** In ms: a round of the server's event loop or two. */
const RESUMPTION = 50;

/** Every promise that a run has broken, a sentence each. */
export function brokenPromises(found: Judgement, promises: Promises, measure: Measure): string[] {
  const broken: string[] = [];
  const { lost, lostConfirmed, twoMasters, wholeAfter, staleReads } = found;
  const { slack = 1 } = measure;
  if (found.acknowledged === 0) broken.push('no write was acknowledged: the run proves nothing');
  if (promises.lostConfirmed === 'none' && found.confirmed === 0) {
    broken.push('no write was confirmed by a replica: the run proves nothing about those');
  }
  if (promises.lostConfirmed === 'none' && lostConfirmed.length > 0) {
    broken.push(`${lostConfirmed.length} confirmed writes lost: ${some(lostConfirmed)}`);
  }
  broken.push(...lostTooMuch(lost, promises, measure));
  for (const [what, { ms }] of [['write', found.writeOutage] as const, ['read', found.readOutage] as const]) {
    if (ms > promises.outage * slack) {
      broken.push(`${Math.round(ms)} ms without an answered ${what}, at most ${promises.outage * slack} promised`);
    }
  }
  broken.push(...tooManyMasters(twoMasters, promises, measure));
  const masters = [...new Set(found.reigns.map(({ server }) => server))];
  if (promises.master === 'stays' && masters.length > 1) {
    broken.push(`the master had no fault, and was replaced: ${masters.join(', ')} were master`);
  }
  if (promises.twoMasters !== 'while-cut-off' && staleReads.length > 0) {
    const oldest = Math.max(...staleReads.map(({ ms }) => ms));
    broken.push(`${staleReads.length} stale reads from the master, the oldest by ${Math.round(oldest)} ms`);
  }
  if (promises.clingingClients === 'disconnected' && found.clingingDisconnected === false) {
    broken.push('a client that clings to the old master was never disconnected');
  }
  if (!wholeAfter) broken.push('the topology was not whole again');
  else if (wholeAfter.healed > promises.whole * 1000 * slack) {
    const most = promises.whole * 1000 * slack;
    broken.push(`whole again after ${Math.round(wholeAfter.healed)} ms, at most ${most} promised`);
  }
  return broken;
}

function tooManyMasters({ ms, writes }: TwoMasters, { twoMasters }: Promises, measure: Measure): string[] {
  const allowed = {
    never: { ms: 0, writes: 0 },
    'at-resumption': { ms: RESUMPTION, writes: measure.writers },
    'while-cut-off': { ms: Number.POSITIVE_INFINITY, writes: Number.POSITIVE_INFINITY },
  }[twoMasters];
  if (ms <= allowed.ms && writes <= allowed.writes) return [];
  return [`two servers accepted writes for ${Math.round(ms)} ms (${writes} writes amidst the other's)`];
}

function lostTooMuch(lost: readonly LostWrite[], promises: Promises, { writers, maxLag }: Measure): string[] {
  switch (promises.lost) {
    case 'any':
      return [];
    case 'none':
      return lost.length > 0 ? [`${lost.length} acknowledged writes lost: ${some(lost)}`] : [];
    case 'in-flight':
      return lost.length >= writers
        ? [`${lost.length} acknowledged writes lost, at most ${writers - 1} can have been in flight: ${some(lost)}`]
        : [];
    case 'cut-off': {
      const times = lost.map((write) => write.acknowledgedAt);
      const ms = times.length > 0 ? Math.max(...times) - Math.min(...times) : 0;
      return ms > maxLag + LAG_GRANULARITY
        ? [`writes of ${Math.round(ms)} ms lost, at most those of ${maxLag + LAG_GRANULARITY} ms promised`]
        : [];
    }
  }
}

function some(lost: readonly LostWrite[]): string {
  const shown = lost.slice(0, 5).map((write) => `w${write.writer}:${write.seq} of ${write.master}`);
  return lost.length > shown.length ? `${shown.join(', ')} …` : shown.join(', ');
}
