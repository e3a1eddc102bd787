import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { sentinelPeers } from '../../src/client/sentinel.js';
import { Engine } from '../../src/engine/engine.js';
import { isAtLeast, versionIn } from '../../src/engine/version.js';
import { hasEngine } from '../../src/rehearsal/binaries.js';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { Profile } from '../../src/topology/profile.js';
import { timesSaid } from './support/agent.js';
import { wholeRehearsal } from './support/rehearsed.js';

/** Longer than the last of three Sentinels waits for its turn. */
const FORGOTTEN_MS = 400_000;

/** Whether the engine itself forgets them: 8.0.1 does, 9.1.2 does not; nothing is known of 9.0. */
function forgets(): boolean {
  const version = versionIn(execFileSync('valkey-server', ['--version'], { encoding: 'utf8' })) as string;
  return !isAtLeast(version, '9.0.0');
}

async function votesCounted({ sentinels, view }: Rehearsal): Promise<string[]> {
  const replies = await Promise.all(sentinels.map((pod) => view.sentinel(pod, 'SENTINEL', 'SENTINELS', 'mymaster')));
  return replies
    .flatMap((reply) => sentinelPeers(reply))
    .flatMap(({ id, flags }) => (flags.includes('master_down') ? id : []));
}

it.skipIf(!hasEngine('valkey', process.env.PATH ?? ''))(
  'no Sentinel goes on counting votes of a failover that is over, nor is one ended for those that it forgets',
  async () => {
    const { rehearsal, master } = await wholeRehearsal({ engine: Engine.valkey(), profile: Profile.CACHE });
    rehearsal.killServer(master, 'SIGSTOP');
    await rehearsal.masterOtherThan(master);
    rehearsal.killServer(master, 'SIGCONT');
    await rehearsal.whole();
    expect(await votesCounted(rehearsal)).not.toEqual([]);
    const isForgotten = async () => (await votesCounted(rehearsal)).length === 0;
    await rehearsal.until(isForgotten, 'votes are still counted', { timeoutMs: FORGOTTEN_MS });
    await rehearsal.whole();
    const ended = rehearsal.sentinels.map((pod) => timesSaid(rehearsal, pod, 'counts-votes-that-are-over'));
    if (forgets()) expect(ended).toEqual([0, 0, 0]);
    else expect(Math.max(...ended)).toBe(1);
  },
  FORGOTTEN_MS + 60_000,
);
