import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Sentinels } from '../../src/topology/sentinels.js';
import { rehearsed, wholeRehearsal } from './support/rehearsed.js';

it.each(['system', 'busybox'] as const)('starts with the first server as master, in the %s shell', async (shell) => {
  const rehearsal = await rehearsed({}, { shell });
  rehearsal.start();
  expect(await rehearsal.whole()).toBe('cache-0');
});

it('has no master before a majority of the Sentinels holds on disk that there is one', async () => {
  const rehearsal = await rehearsed();
  rehearsal.container('cache-2', 'sentinel').hold();
  rehearsal.start();
  await rehearsal.until(async () => (await rehearsal.view.role('cache-0')) === 'master', 'no master');
  const noted = ['cache-0', 'cache-1'].map((pod) =>
    readFileSync(join(rehearsal.folder, pod, 'volumes/data/sentinel/sentinel.conf'), 'utf8'),
  );
  expect(noted.map((state) => /^sentinel config-epoch mymaster (\d+)$/m.exec(state)?.[1])).toEqual(['1', '1']);
  rehearsal.container('cache-2', 'sentinel').release();
  await rehearsal.whole();
  expect((await rehearsal.view.sentinelView('cache-2')).configEpoch).toBe(1);
});

it('goes on with a first start that ended before the server had a file', async () => {
  const { rehearsal } = await wholeRehearsal();
  await Promise.all(rehearsal.servers.map((pod) => rehearsal.crashPod(pod)));
  const volume = (pod: string) => join(rehearsal.folder, pod, 'volumes/data');
  for (const pod of rehearsal.servers) rmSync(join(volume(pod), 'redis'), { recursive: true });
  rehearsal.start();
  // Without its own word of the first start, it would be a master that has lost its data.
  await rehearsal.until(
    () => rehearsal.log('cache-0', 'redis').includes('waiting this master has lost its data'),
    'it does not wait',
  );
  writeFileSync(join(volume('cache-0'), 'redis.first-start'), '');
  expect(await rehearsal.whole()).toBe('cache-0');
  await rehearsal.until(() => !existsSync(join(volume('cache-0'), 'redis.first-start')), 'its word outlives the start');
});

it('starts in any order, the first server last', async () => {
  const rehearsal = await rehearsed();
  rehearsal.start(['cache-2', 'cache-1']);
  await rehearsal.until(
    () => rehearsal.log('cache-2', 'redis').includes('waiting the last master'),
    'no word of waiting',
  );
  expect(await rehearsal.view.role('cache-1')).toBe('down');
  rehearsal.start(['cache-0']);
  expect(await rehearsal.whole()).toBe('cache-0');
});

it('starts no server while a majority of the Sentinels is away', async () => {
  const rehearsal = await rehearsed();
  rehearsal.container('cache-1', 'sentinel').hold();
  rehearsal.container('cache-2', 'sentinel').hold();
  rehearsal.start();
  await rehearsal.until(
    () =>
      rehearsal.servers.every((pod) => rehearsal.log(pod, 'redis').includes('waiting 1 of 3 Sentinels answer, 2 must')),
    'the servers do not say what they wait for',
  );
  expect(await Promise.all(rehearsal.servers.map((pod) => rehearsal.view.role(pod)))).toEqual(['down', 'down', 'down']);
  // A server that waits is alive: neither its startup nor its liveness probe has it killed.
  expect(await rehearsal.container('cache-0', 'redis').execute(probe('live'), 5000)).toMatchObject({ code: 0 });
  rehearsal.container('cache-1', 'sentinel').release();
  await rehearsal.until(
    async () => (await rehearsal.view.role('cache-0')) === 'master',
    'no master with two Sentinels',
  );
  rehearsal.container('cache-2', 'sentinel').release();
  await rehearsal.whole();
});

it('runs with Sentinels in pods of their own, and two servers', async () => {
  const rehearsal = await rehearsed({
    servers: 2,
    sentinels: Sentinels.separate({ count: 3 }),
    writeSafety: { minReplicasToWrite: 0 },
  });
  rehearsal.start();
  const master = await rehearsal.whole();
  rehearsal.killServer(master);
  expect(await rehearsal.masterOtherThan(master)).toBe('cache-1');
  await rehearsal.whole();
});

it('may not promote a replica before its first synchronisation', async () => {
  const rehearsal = await rehearsed();
  rehearsal.container('cache-2', 'keeper').hold();
  rehearsal.start();
  await rehearsal.until(
    async () => (await rehearsal.view.info('cache-1', 'replication')).slave_priority === '100',
    'no 100',
  );
  expect((await rehearsal.view.info('cache-2', 'replication')).slave_priority).toBe('0');
  rehearsal.container('cache-2', 'keeper').release();
  await rehearsal.whole();
});

function probe(kind: string): string[] {
  // The container's own shell and folder: what the manifest's probe runs.
  return ['/bin/sh', '-c', `exec sh "$CONFIG_DIR/redis-probe.sh" ${kind}`];
}
