import { Duration } from 'cdk8s';
import { expect, it } from 'vitest';
import { wholeRehearsal } from './support/rehearsed.js';

it('fails over in the end although every Sentinel stalled just before the master died and saw its death too late', async () => {
  // Without the tilt period of this project a Sentinel only watches for 30 s after a stall, which is longer than ten times
  // this down-after: by then each replica's link has been down for too long to be promoted.
  const { rehearsal, master } = await wholeRehearsal(
    {
      failover: { downAfter: Duration.millis(1000), failoverTimeout: Duration.seconds(5) },
      writeSafety: { minReplicasToWrite: 0 },
    },
    { environment: { SENTINEL_DEBUG: 'INFO-PERIOD 1000' } },
  );
  for (const pod of rehearsal.sentinels) rehearsal.killServer(pod, 'SIGSTOP', 'sentinel');
  await new Promise((resolve) => setTimeout(resolve, 3000));
  for (const pod of rehearsal.sentinels) rehearsal.killServer(pod, 'SIGCONT', 'sentinel');
  await rehearsal.crashPod(master);
  const heir = await rehearsal.masterOtherThan(master, 100_000);
  const helper = rehearsal.servers.find((pod) => rehearsal.log(pod, 'keeper').includes('unstick'));
  expect(helper).toBeDefined();
  rehearsal.start([master]);
  expect(await rehearsal.whole(60_000)).toBe(heir);
  const settings = (await rehearsal.view.sentinel(heir, 'SENTINEL', 'MASTER', 'mymaster')) as string[];
  expect(settings[settings.indexOf('down-after-milliseconds') + 1]).toBe('1000');
}, 200_000);
