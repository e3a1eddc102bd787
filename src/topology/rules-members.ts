import { majority, type Settings } from './settings.js';
import type { Violation } from './violation.js';

/** How many servers and Sentinels, and how many of them must agree. */
export function* memberRules(settings: Settings): Generator<Violation> {
  const { servers, sentinels, quorum } = settings;
  if (!Number.isInteger(servers) || servers < 2) {
    yield {
      path: ['servers'],
      message: `'servers' must be a whole number of at least 2 so that there is a replica to promote, got ${servers}: give 3, or 2 with separate Sentinels`,
    };
  } else if (!settings.separateSentinels && !isOddFrom3(servers)) {
    yield {
      path: ['servers'],
      message: `'servers' must be an odd number of at least 3 while each has a Sentinel in its pod, so that a majority of Sentinels survives one loss, got ${servers}: give ${servers < 3 ? 3 : servers + 1} servers${settings.profile.values.name === 'strict' ? '' : ', or separate Sentinels with a count of 3'}`,
    };
  }
  if (settings.separateSentinels && !isOddFrom3(sentinels)) {
    yield {
      path: ['sentinels', 'separate', 'count'],
      message: `'sentinels' must be an odd number of at least 3 so that a majority survives one loss, got ${sentinels}: give ${Math.max(3, Math.floor(sentinels / 2) * 2 + 1)}, as an even number outlives no more losses than the odd one below it`,
    };
  }
  if (isOddFrom3(sentinels) && (!Number.isInteger(quorum) || quorum < majority(sentinels) || quorum > sentinels)) {
    yield {
      path: ['quorum'],
      message: `'quorum' must be a majority of the ${sentinels} Sentinels, ${majority(sentinels)} to ${sentinels}, so that the smaller side of a partition never calls the master dead, got ${quorum}: leave it out for ${majority(sentinels)}`,
    };
  }
}

function isOddFrom3(count: number): boolean {
  return Number.isInteger(count) && count >= 3 && count % 2 === 1;
}
