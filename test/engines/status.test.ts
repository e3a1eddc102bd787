import { expect, it } from 'vitest';
import { judge } from '../../src/cli/status/judge.js';
import type { Judgement } from '../../src/cli/status/judgement.js';
import { type Observation, parseStatus } from '../../src/cli/status/observe.js';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { wholeRehearsal } from './support/rehearsed.js';

/** The same that `status` judges in a cluster, with what real agents say. */
async function judged(rehearsal: Rehearsal): Promise<Judgement> {
  const { sites, servers } = rehearsal;
  const pods = servers.map(async (name): Promise<Observation['pods'][number]> => {
    const url = `http://${sites.addressOf(name)}:${sites.agentPort}/status`;
    const text = await fetch(url, { signal: AbortSignal.timeout(5000) }).then((answer) => answer.text());
    return { name, component: 'server', ready: await sites.ready(name), agent: parseStatus(text) };
  });
  return judge({
    topology: 'cache',
    sets: [{ name: 'cache', component: 'server', replicas: servers.length }],
    pods: await Promise.all(pods),
  });
}

it('judges a topology by what its agents say: sound when it is whole, unsound while a replica hangs', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  const until = async (expected: Partial<Judgement>) => {
    let last: Judgement | undefined;
    await rehearsal.until(
      async () => {
        last = await judged(rehearsal);
        return Object.entries(expected).every(([key, value]) => last?.[key as keyof Judgement] === value);
      },
      () => `it is not judged ${JSON.stringify(expected)}, but ${JSON.stringify(last, undefined, 1)}`,
    );
    return last;
  };
  const sound = await until({ verdict: 'sound', master });
  expect(sound?.servers.map(({ role }) => role).sort()).toEqual(['master', 'replica', 'replica']);
  expect(sound?.sentinels.map(({ names }) => names)).toEqual([master, master, master]);

  const replica = rehearsal.servers.find((pod) => pod !== master) as string;
  rehearsal.killServer(replica, 'SIGSTOP');
  await until({ verdict: 'unsound', master });
  rehearsal.killServer(replica, 'SIGCONT');
  await until({ verdict: 'sound', master });
});
