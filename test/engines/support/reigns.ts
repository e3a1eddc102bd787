import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';
import type { Ack } from '../../../src/rehearsal/writer.js';

/**
 * The servers that acknowledged writes, in the order of the answers: one that stands there twice has acknowledged after
 * another did, as two masters at once would.
 */
export function reigns(acks: readonly Ack[]): string[] {
  const servers = acks.map(({ server }) => server);
  return servers.filter((server, index) => server !== servers[index - 1]);
}

/**
 * The configuration epoch, as the Sentinel of that pod says: each promotion, by whomever, takes one. The first start is epoch
 * 1, and a Sentinel may be the last to hear of it.
 */
export async function epochOf(rehearsal: Rehearsal, pod: string): Promise<number> {
  let epoch = 0;
  await rehearsal.until(async () => {
    epoch = (await rehearsal.view.sentinelView(pod)).configEpoch;
    return epoch > 0;
  }, 'the first start is not noted');
  return epoch;
}

/** Waits until so many more writes have been acknowledged. */
export async function acknowledged(
  rehearsal: Rehearsal,
  writer: { readonly acks: readonly Ack[]; readonly lastError: string },
  more: number,
): Promise<void> {
  const enough = writer.acks.length + more;
  await rehearsal.until(
    () => writer.acks.length >= enough,
    () => `no writes: ${writer.lastError}`,
  );
}
