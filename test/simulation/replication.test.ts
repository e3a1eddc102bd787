import { expect, it } from 'vitest';
import { SimulatedTopology } from './support/simulated-topology.js';

const SEEDS = Array.from({ length: 5 }, (_, index) => index + 1);

it('what Sentinels and the cron send to the replicas does not overtake writes that wait for the disk', () => {
  for (const seed of SEEDS) {
    // The disk is nearly always busy, so that almost every hello message and ping comes while a write waits.
    const topology = SimulatedTopology.whole(seed, { profile: 'strict' }, { fsyncMs: 5, writeEveryMs: 6 });
    // A replica that was sent an offset twice ends the run.
    topology.run(20_000);
    expect(topology.violations).toEqual([]);
  }
});

/** Redis makes the connection in its cron, which counts the tenths of a second that it has loaded. */
it.each([
  ['a moment', 2, 900],
  ['0.25 s', 250, 700],
  ['just a second', 1000, 0],
])('a replica that has loaded its data for %s connects so late', (_, loadMs, later) => {
  const topology = SimulatedTopology.whole(1, { profile: 'default' });
  const replica = topology.server(2);
  topology.world.loadMs = () => loadMs;
  let readyAt = 0;
  const { link } = replica;
  const startFollowing = link.startFollowing.bind(link);
  link.startFollowing = (master) => {
    readyAt = topology.now;
    startFollowing(master);
  };
  topology.kill(2);
  topology.until('ready', () => readyAt > 0);
  while (link.state === 'idle') topology.run(1);
  expect(topology.now - readyAt).toBeGreaterThanOrEqual(later);
  expect(topology.now - readyAt).toBeLessThan(later + 60);
});

it('a write that waits while the only replica takes a copy is confirmed as soon as that one is in step', () => {
  for (const seed of SEEDS) {
    const topology = SimulatedTopology.whole(seed, { profile: 'cache' }, { copyMs: 400, loadMs: 100 });
    const [master, replica] = [topology.server(0), topology.server(1)];
    for (const ordinal of [1, 2]) topology.killPod(ordinal, 2000);
    topology.until('a copy', () => replica.link.state === 'copying');
    let confirmed = 0;
    const write = topology.world.ledger.next(topology.world.clientHost);
    // The clients of the topology would ask again and again.
    for (const writer of topology.world.writers) writer.stopped = true;
    master.write(master.clients, write, 1, 5000, (answer) => {
      if (answer.kind === 'ok') confirmed = answer.confirmed;
    });
    topology.until('in step', () => replica.link.state === 'up');
    topology.run(50);
    expect(confirmed, topology.lines.join('\n')).toBe(1);
  }
});
