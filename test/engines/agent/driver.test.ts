import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Agent } from '../../../src/agent/program/agent.js';
import { Waiting } from '../../../src/agent/program/log.js';
import { freshAddress } from '../../agent/support/addresses.js';
import { PASSWORD, PORT, startServer } from '../../agent/support/engine.js';
import { startSentinels } from '../../agent/support/sentinel.js';
import { surroundings } from '../../agent/support/surroundings.js';
import { sleep, until } from '../../agent/support/wait.js';

// The agent ends with the process of this file. What an idle one costs is what its decisions cost: beside them it only asks a few
// questions and reads the answers.
it('an idle agent does not decide at each answer, and decides at once when something happens', async () => {
  const server = await startServer();
  const host = freshAddress();
  const follow = ['--replicaof', server.host, String(PORT), '--masterauth', PASSWORD, '--replica-announce-ip', host];
  const replica = await startServer({ host }, ...follow);
  const hosts = [server.host, replica.host];
  const [sentinel] = await startSentinels(server.host, 2, { addresses: hosts });
  let decisions = 0;
  let repeats = 0;
  let agent: Agent | undefined;
  const around = {
    ...surroundings(hosts, { MIN_REPLICAS: '1', FENCE: 'yes' }),
    changed: () => agent?.changed(),
    unchanged: () => {
      repeats++;
      agent?.unchanged();
    },
  };
  for (const part of ['redis', 'sentinel']) writeFileSync(join(around.settings.runDir, `${part}.running`), 'a-token\n');
  agent = new Agent(around, new Waiting(() => around.clock.realNow()), () => {
    decisions++;
  });
  agent.start();
  await until(() => agent?.known.sentinels.get(server.host)?.view?.hasLinkedReplica === true, 'the replica is known');
  await sleep(2000);

  // One that decides at each answer never decides less often than answers come. On a slow machine some are news, as when a replica
  // reports late: then another four seconds tell.
  const isIdle = async () => {
    [decisions, repeats] = [0, 0];
    await sleep(4000);
    expect(decisions).toBeGreaterThanOrEqual(3);
    return decisions * 2 < repeats;
  };
  await until(isIdle, 'decides less often than it is answered');

  decisions = 0;
  await sentinel?.kill();
  await until(() => agent?.known.sentinels.get(server.host)?.contact === 'refused', 'its end is known');
  await until(() => decisions > 0, 'decides', 800);
});
