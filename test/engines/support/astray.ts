import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';

/**
 * Has the Sentinel of that pod name a replica in an epoch in which all others name the master: then none takes another's word.
 * All are told at the same time, each in the name of another, since none takes a message from itself.
 */
export async function leadAstray(rehearsal: Rehearsal, pod: string, master: string, replica: string): Promise<void> {
  const { sites, view, sentinels } = rehearsal;
  const ids = await Promise.all(sentinels.map((name) => view.sentinel(name, 'SENTINEL', 'MYID')));
  // Newer than that of each: just after a start, not all have been told of the first.
  const known = await Promise.all(sentinels.map((name) => view.sentinelView(name)));
  const epoch = Math.max(...known.map(({ configEpoch }) => configEpoch)) + 1;
  await Promise.all(
    sentinels.map((name, place) => {
      const sender = (place + 1) % sentinels.length;
      const from = [sites.addressOf(sentinels[sender] ?? ''), sites.sentinelPort, ids[sender], epoch];
      const named = [sites.addressOf(name === pod ? replica : master), sites.redisPort, epoch];
      return view.sentinel(name, 'PUBLISH', '__sentinel__:hello', [...from, 'mymaster', ...named].join(','));
    }),
  );
}
