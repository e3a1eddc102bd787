import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { timesSaid } from './support/agent.js';
import { ALL, fill, kept } from './support/data.js';
import { rehearsed, wholeRehearsal } from './support/rehearsed.js';
import { acknowledged, reigns } from './support/reigns.js';
import { addToConfiguration } from './support/volume.js';

it('moves the master at most twice in a rolling restart, and loses nothing', async () => {
  const { rehearsal } = await wholeRehearsal({ profile: Profile.STRICT });
  const writer = rehearsal.writer();
  await acknowledged(rehearsal, writer, 100);
  // As a StatefulSet does: from the highest ordinal down, each when the one before is ready.
  for (const pod of [...rehearsal.servers].reverse()) {
    await rehearsal.replacePod(pod);
    await rehearsal.whole();
  }
  await acknowledged(rehearsal, writer, 100);
  expect(await writer.report()).toMatchObject({ lost: 0 });
  expect(reigns(writer.acks).length).toBeLessThanOrEqual(3);
}, 120_000);

it('hands over although the server takes no further client', async () => {
  const rehearsal = await rehearsed();
  rehearsal.start();
  // Clients of the pod's own, the replicas' and the Sentinels' connections; the rest is filled up.
  for (const pod of rehearsal.servers) addToConfiguration(rehearsal, pod, 'maxclients 60');
  const master = await rehearsal.whole();
  await fill(rehearsal, master);
  const fillers = await Promise.all(
    Array.from({ length: 80 }, () => filler(rehearsal.sites.addressOf(master), rehearsal.sites.redisPort)),
  );
  const refused = await rehearsal.view.redis(master, 'PING').catch((error: Error) => error.message);
  expect(refused).toContain('max number of clients');
  await rehearsal.replacePod(master);
  for (const socket of fillers) socket.destroy();
  const heir = await rehearsal.whole();
  expect(heir).not.toBe(master);
  expect(timesSaid(rehearsal, master, 'handed-over')).toBe(1);
  expect(await kept(rehearsal, heir)).toBe(ALL);
});

it('stops a replica as soon as it can that is just writing its first append-only file, and hands nothing over', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  await fill(rehearsal, master);
  const replica = rehearsal.servers.find((pod) => pod !== master) ?? '';
  // As after a full synchronisation, but 3 s long: 30 ms for each of the 100 keys. Redis refuses a SIGTERM meanwhile.
  await rehearsal.view.redis(replica, 'CONFIG', 'SET', 'rdb-key-save-delay', '30000');
  await rehearsal.view.redis(replica, 'CONFIG', 'SET', 'appendonly', 'no');
  await rehearsal.view.redis(replica, 'CONFIG', 'SET', 'appendonly', 'yes');
  const started = performance.now();
  await rehearsal.deletePod(replica);
  expect(rehearsal.log(replica, 'redis')).toContain("Writing initial AOF, can't exit");
  // Not the 60 s that the pod has to stop.
  expect(performance.now() - started).toBeLessThan(30_000);
  expect(await rehearsal.view.role(master)).toBe('master');
  expect(timesSaid(rehearsal, replica, 'hand-over from=')).toBe(0);
  rehearsal.start([replica]);
  expect(await rehearsal.whole()).toBe(master);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

it.each(['system', 'busybox'] as const)(
  'waits for replicas that lag, however often it is told to stop, and says so where there is no heir, in the %s shell',
  async (shell) => {
    const { rehearsal, master } = await wholeRehearsal({}, { shell });
    const replicas = rehearsal.servers.filter((pod) => pod !== master);
    for (const pod of replicas) rehearsal.killServer(pod, 'SIGSTOP');
    // Far more than the sockets hold: what the replicas have of it, they have from a master that lives.
    const size = 32_000_000;
    const script = "redis.call('SET', 'late', string.rep('x', ARGV[1]))";
    // A busy machine may take its time.
    await rehearsal.view.redis(master, 'EVAL', script, '0', String(size)).catch(() => undefined);
    await rehearsal.until(async () => (await rehearsal.view.redis(master, 'STRLEN', 'late')) === size, 'not written');
    // A slow machine's server does nothing else for more than 3 s while it makes such a value.
    const consideredDown = () =>
      rehearsal.servers.map((pod) => rehearsal.log(pod, 'sentinel').split('+sdown master').length - 1);
    const before = consideredDown();
    const gone = rehearsal.deletePod(master);
    await rehearsal.until(() => timesSaid(rehearsal, master, 'no-heir') > 0, 'it hands over');
    // It is told again each second; and Sentinels would consider it down after 3 s, for its paused writes hold their PUBLISH.
    await sleep(7000);
    expect(consideredDown()).toEqual(before);
    for (const pod of replicas) rehearsal.killServer(pod, 'SIGCONT');
    await gone;
    for (const pod of replicas) expect(await rehearsal.view.redis(pod, 'STRLEN', 'late')).toBe(size);
  },
);

/** A client that only takes a place. */
function filler(host: string, port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.on('error', () => {});
    socket.on('connect', () => resolve(socket));
  });
}
